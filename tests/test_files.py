"""Single files: whole or not at all, with plain words where one cannot be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.errors import OutputError
from analyzer.files import write_lines, write_text
from analyzer.scripts import ScriptBook


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_lines_appear_under_their_name_when_all_are_written(tmp_path: Path) -> None:
    def lines():
        yield "one"
        assert not (tmp_path / "out.jsonl").exists()
        yield "two"

    write_lines(tmp_path / "out.jsonl", lines())
    assert (tmp_path / "out.jsonl").read_text() == "one\ntwo\n"
    assert names(tmp_path) == ["out.jsonl"]


def test_a_fault_half_way_leaves_the_earlier_file_as_it_was(tmp_path: Path) -> None:
    def lines():
        yield "new"
        raise RuntimeError("half-way")

    (tmp_path / "out.jsonl").write_text("old\n")
    with pytest.raises(RuntimeError, match="half-way"):
        write_lines(tmp_path / "out.jsonl", lines())
    assert (tmp_path / "out.jsonl").read_text() == "old\n"
    assert names(tmp_path) == ["out.jsonl"]


def test_a_full_disk_leaves_the_earlier_scripts_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "scripts.json"
    ScriptBook().save(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"the scripts cannot.*no space left.*Free some space"):
        ScriptBook(learnt_from="AAAAAA==").save(path)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["scripts.json"]


def test_what_a_link_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "latest.txt").symlink_to(tmp_path / "kept" / "may.txt")
    write_text(tmp_path / "latest.txt", "May")
    write_text(tmp_path / "latest.txt", "late May")
    assert (tmp_path / "latest.txt").is_symlink()
    assert (tmp_path / "kept" / "may.txt").read_text() == "late May"
    assert names(tmp_path / "kept") == ["may.txt"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as said:
        write_lines(f"/dev/fd/{writing}", ["one", "two"])
        os.close(writing)
        assert said.read() == "one\ntwo\n"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere/out.txt", "Choose a folder that exists"),
        ("file/out.txt", "Give a folder, not a file"),
        ("folder", "Give a file, not a folder"),
    ],
)
def test_what_cannot_be_written_is_told_with_a_remedy(
    tmp_path: Path, name: str, problem: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=problem) as caught:
        write_text(tmp_path / name, "text", what="the chart")
    assert caught.value.problem.startswith("the chart cannot be written: ")
    assert caught.value.source == str(tmp_path / name)
