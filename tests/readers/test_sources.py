"""Where calls are read from: files, folders, globs, streams."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from neutral_lines import document, lines

from analyzer.errors import (
    ReadError,
    UsageError,
)
from analyzer.readers import read_calls, readings


class TestSources:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "2.jsonl").write_text(lines(document("two")))
        (tmp_path / "a.txt").write_text("Agent: Hello.\nCustomer: Hi.\n")
        (tmp_path / "c.csv").write_text("call,speaker,text\nx,agent,Hello.\nx,caller,Hi.\n")
        (tmp_path / ".hidden").write_text("nothing")
        (tmp_path / "README.md").write_text("Calls of May.")
        return tmp_path

    def test_a_folder_is_read_through_in_sorted_order(self, folder: Path) -> None:
        assert [call.id for call in read_calls(folder)] == ["a", "x", "two"]

    def test_a_glob_is_read_in_sorted_order(self, folder: Path) -> None:
        assert [call.id for call in read_calls(f"{folder}/**/*.[jc]s*")] == ["two", "x"]

    def test_a_list_may_mix_everything_and_reads_a_file_once(self, folder: Path) -> None:
        stream = io.StringIO(lines(document("streamed")))
        sources = [folder / "b" / "2.jsonl", stream, str(folder)]
        assert [call.id for call in read_calls(sources)] == ["two", "streamed", "a", "x"]

    def test_a_dash_is_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = io.TextIOWrapper(io.BytesIO(lines(document("piped")).encode()))
        monkeypatch.setattr(sys, "stdin", data)
        assert [call.id for call in read_calls("-")] == ["piped"]

    def test_reading_is_lazy(self, folder: Path) -> None:
        (folder / "d.jsonl").write_text("{broken")
        calls = read_calls(folder)
        assert [next(calls).id for _ in range(2)] == ["a", "x"]

    def test_names_with_colons_and_spaces_are_no_obstacle(self, tmp_path: Path) -> None:
        path = tmp_path / "12:30 call [a] *.jsonl"
        path.write_text(lines(document()))
        assert [call.id for call in read_calls(str(path))] == ["c-17"]

    @pytest.mark.parametrize(
        ("source", "problem"),
        [("nowhere.jsonl", "does not exist"), ("no*where", "matches no file"), ("", "does not")],
    )
    def test_what_is_not_there_is_told(self, source: str, problem: str) -> None:
        with pytest.raises(ReadError, match=problem):
            list(read_calls(source))

    def test_a_broken_link_is_told_and_a_pipe_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl").write_text(lines(document("a")))
        (tmp_path / "b.jsonl").symlink_to(tmp_path / "gone.jsonl")
        os.mkfifo(tmp_path / "c.jsonl")
        failures: list[ReadError] = []
        calls = read_calls(tmp_path, on_failure=failures.append)
        assert [call.id for call in calls] == ["a"]
        assert ["cannot be opened" in error.problem for error in failures] == [True]

    def test_an_empty_folder_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ReadError, match="without files"):
            list(read_calls(tmp_path))

    def test_what_is_written_is_left_out_of_folders_and_globs(self, folder: Path) -> None:
        (folder / "c.csv.partial").write_text("half")
        out, left = folder / "c.csv", []
        for source in (folder, f"{folder}/*.[ct]*"):
            calls = read_calls(source, leave_out=[out], on_left_out=left.append)
            assert "x" not in [call.id for call in calls]
        assert left == [str(out)] * 2
        assert [call.id for call in read_calls(out, leave_out=[out])] == ["x"]

    def test_a_file_that_is_not_complete_is_passed_over(self, folder: Path) -> None:
        (folder / "d.jsonl.partial").write_text(lines(document("half")) + "{")
        assert [call.id for call in read_calls(folder)] == ["a", "x", "two"]

    def test_something_else_is_a_wrong_usage(self) -> None:
        with pytest.raises(UsageError, match="int"):
            list(read_calls(17))  # type: ignore[arg-type]

    def test_every_call_comes_with_its_place(self, folder: Path) -> None:
        (folder / "b" / "2.jsonl").write_text(lines(document("two")) + "{broken\n")
        told = [(Path(one.source).name, one.place, one.error is None) for one in readings(folder)]
        assert told == [
            ("a.txt", None, True),
            ("c.csv", "row 2", True),
            ("2.jsonl", "line 1", True),
            ("2.jsonl", "line 2", False),
        ]
