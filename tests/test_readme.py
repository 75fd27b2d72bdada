from __future__ import annotations

import re
from pathlib import Path

import pytest
from readme_excerpt import TURNS, sample_report, written_excerpt
from typer.main import get_command

from analyzer.cli import app
from analyzer.evaluation import Figures

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_checks_are_those_of_the_readme() -> None:
    (command,) = [block.strip() for block in blocks() if "pytest" in block]
    checks = command.split(" && ", 3)[3]
    assert checks.startswith("pytest && ")
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("\n" + checks)


def test_every_command_is_in_the_readme() -> None:
    commands = get_command(app).list_commands(None)  # type: ignore[attr-defined]
    assert set(re.findall(r"^\| `analyzer (\w+)", README, re.MULTILINE)) == set(commands)


def test_every_place_that_the_readme_names_exists() -> None:
    tree = README.split("## The tree")[1].split("## Contributing")[0]
    for cell in re.findall(r"^\| (`.*?) \|", tree, re.MULTILINE):
        folder = ""
        for place in re.findall(r"`([^`]+)`", cell):
            folder = str(Path(place).parent) if "/" in place.rstrip("/") else folder
            assert (ROOT / place).exists() or (ROOT / folder / place).exists(), place


def test_the_code_of_the_readme_runs(
    analyzer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("analyzer.pipeline.Analyzer.load", lambda model=None: analyzer)
    for block in blocks("python"):
        exec(block, {})  # the reader of the README runs it too
    shown = capsys.readouterr().out
    assert "nl-0415" in shown
    assert "indifferent" in shown


def test_the_excerpt_shows_what_the_bundled_model_finds(analyzer) -> None:
    report = sample_report(analyzer)
    told = written_excerpt()
    said = " ".join(re.sub(r"\[\S+ [^\]]*%\]", "", told).split())
    for turn in report.turns:
        if turn.turn in TURNS and turn.text:
            assert turn.text in said
    found = {finding.label for finding in (*report.flags, *report.cues, *report.care)}
    sure = re.findall(r"\[\S+ ([a-z ]+) ([6-9]\d|100)%\]", told)
    assert len(sure) >= 3
    assert {label.replace(" ", "_") for label, _ in sure} <= found


def test_the_two_commands_use_files_that_are_there() -> None:
    assert (ROOT / "constraints.txt").exists()
    assert "data/samples --out results" in README
    assert (ROOT / "data" / "samples").is_dir()


def test_constraints_fit_any_build_of_torch() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    (torch,) = [line for line in lines if line.startswith("torch==")]
    assert "+" not in torch


def test_the_figures_are_those_that_were_measured() -> None:
    figures = Figures.load(ROOT / "models")
    assert figures.markdown() in README
    assert figures.markdown() in (ROOT / "models" / "README.md").read_text("utf-8")
