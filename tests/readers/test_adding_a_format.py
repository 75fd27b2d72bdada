"""`analyzer/readers/README.md`, followed to the letter."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import analyzer.readers as package
from analyzer.errors import UnknownFormatError
from analyzer.readers import Export, formats, read_calls, recognise, register, registry

GUIDE = Path(package.__file__).with_name("README.md")
REGISTER, TEST = 1, 2


@pytest.fixture(scope="module")
def blocks() -> dict[str, list[str]]:
    """The guide's blocks of code, by language."""
    found: dict[str, list[str]] = {}
    for language, code in re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL):
        found.setdefault(language, []).append(code)
    return found


@pytest.fixture
def folder(tmp_path: Path, blocks: dict[str, list[str]]) -> Path:
    (tmp_path / "sample.json").write_text(blocks["json"][0], "utf-8")
    (tmp_path / "acme_dialler.py").write_text(blocks["python"][0], "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_steps_of_the_guide_work(folder: Path, blocks: dict[str, list[str]]) -> None:
    run(folder, "-c", blocks["python"][REGISTER] + blocks["python"][TEST])


def test_a_package_s_entry_point_makes_its_format_known(folder: Path, blocks) -> None:
    group, line = re.search(r'entry-points\."(.+)"\]\n(.+ = .+)\n', blocks["toml"][0]).groups()
    metadata = folder / "acme_dialler-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-dialler\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{group}]\n{line}\n".replace('"', ""))
    read = 'from analyzer.readers import read_calls; calls = list(read_calls("sample.json"))\n'
    run(folder, "-c", read + blocks["python"][TEST])
    assert "Acme dialler" in run(folder, "-m", "analyzer.cli", "formats")


def test_the_line_for_this_repository_names_a_built_in_format_as_the_others_do(blocks) -> None:
    (line,) = re.findall(r'`"(analyzer\.readers\.acme_dialler:\w+)"`', GUIDE.read_text("utf-8"))
    assert all(re.fullmatch(r"analyzer\.readers\.\w+:\w+", one) for one in registry.BUILT_IN)
    assert line.endswith(re.search(r"class (\w+)", blocks["python"][0])[1])


@pytest.fixture
def added(folder: Path, blocks, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_added", [])
    names: dict[str, type] = {}
    exec(blocks["python"][0], names)
    return names["AcmeDiallerReader"]


def test_an_added_format_is_asked_first_and_listed(added: type, blocks) -> None:
    sample = blocks["json"][0]
    with pytest.raises(UnknownFormatError):
        recognise(Export.of(sample))
    register(added)
    register(added)
    assert recognise(Export.of(sample)).name == "acme-dialler"
    assert [reader.name for reader in formats()].count("acme-dialler") == 1


def test_an_added_format_may_replace_a_built_in_one(added: type, folder: Path) -> None:
    register(type("Other", (added,), {"name": "neutral"}))
    assert [reader.name for reader in formats()].count("neutral") == 1
    assert next(read_calls(folder / "sample.json", format="neutral")).id == "A-1007"


def test_a_reader_that_fails_on_some_content_raises_an_error_of_ours(added: type, blocks) -> None:
    class Careless(added):
        def calls(self, document, name):
            yield from super().calls(document, name)
            raise KeyError("more")

    register(Careless)
    calls, failures = [], []
    stream = io.StringIO(blocks["json"][0])
    calls += read_calls(stream, on_failure=failures.append)
    assert [call.id for call in calls] == ["A-1007"]
    assert [str(error) for error in failures] == [
        "stream: is not what Acme dialler promises (KeyError). "
        "Export it again, or convert it to the neutral format."
    ]


def test_a_companion_of_another_file_may_hold_no_call(added: type, blocks) -> None:
    class Companion(added):
        def is_companion(self, export) -> bool:
            return True

        def calls(self, document, name):
            yield from ()

    register(Companion)
    assert list(read_calls(io.StringIO(blocks["json"][0]))) == []
