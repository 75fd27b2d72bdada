from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import run, runner

from analyzer.call import Call
from analyzer.cli import app
from analyzer.corpus import LabelledCall
from analyzer.report import CallReport
from analyzer.version import __version__
from analyzer.writers import read_reports


@pytest.mark.parametrize(
    ("what", "unneeded"),
    [
        (
            "from analyzer.cli import app; app(['--help'], standalone_mode=False)",
            {"torch", "spacy", "transformers", "pandas"},
        ),
        (  # the process that hands out the work
            "import analyzer.batch.publishing; from analyzer.engines import LocalEngine;"
            "from analyzer.engines.scorers import Stored; LocalEngine(Stored()).identity",
            {"torch", "spacy", "transformers"},
        ),
        (  # a worker
            "from analyzer import Analyzer; Analyzer.load()",
            {"sklearn", "crepes", "pandas"},
        ),
    ],
)
def test_nothing_is_loaded_that_is_not_needed(what: str, unneeded: set[str]) -> None:
    code = f"import sys; {what}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert "analyzer" in loaded
    assert not unneeded & set(loaded)


def commands_of(group: Any, *before: str) -> dict[str, Any]:
    """The commands of an app as they are typed, those of its groups too."""
    found = {}
    for name, command in group.commands.items():
        typed = [*before, name]
        is_group = hasattr(command, "commands")
        found |= commands_of(command, *typed) if is_group else {" ".join(typed): command}
    return found


COMMANDS = commands_of(typer.main.get_command(app))


def test_commands_and_those_of_groups_are_found() -> None:
    assert {"score", "benchmark", "scripts learn"} < set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    shown = runner.invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    told = " ".join(re.sub(r"\x1b\[[\d;]*m", "", shown.output).split())
    assert f"Usage: analyzer {command} [OPTIONS]" in told
    assert " ".join(COMMANDS[command].help.split()[:4]) in told


def test_the_version_is_told() -> None:
    assert runner.invoke(app, ["--version"]).output.strip() == f"analyzer {__version__}"


@pytest.mark.parametrize(
    "wrong",
    [
        ["score"],
        ["score", "x"],
        ["score", "x", "--out", "o", "--format", "docx"],
        ["score", "x", "--out", "o", "--map", "text"],
        ["score", "x", "--out", "o", "--roles", "spk_0=boss"],
        ["show", "x", "--input-format", "fax"],
        ["convert", "x", "--out", "o", "--to", "docx"],
        ["sing"],
    ],
)
def test_wrong_usage_ends_with_status_2_and_no_traceback(
    wrong: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = runner.invoke(app, wrong)
    assert done.exit_code == 2
    assert done.output
    assert isinstance(done.exception, SystemExit)


def test_schema_prints_the_json_schemas() -> None:
    both = json.loads(runner.invoke(app, ["schema"]).output)
    assert set(both) == {"Call", "CallReport"}
    assert both["Call"] == Call.model_json_schema()
    assert json.loads(runner.invoke(app, ["schema", "report"]).output) == (
        CallReport.model_json_schema(mode="serialization")
    )


def test_formats_lists_what_can_be_read() -> None:
    shown = runner.invoke(app, ["formats"]).output
    assert "neutral" in shown


def test_convert_writes_the_neutral_format(tmp_path: Path, export: Path) -> None:
    done = runner.invoke(app, ["convert", str(export), "--out", str(tmp_path / "calls.jsonl")])
    assert done.exit_code == 0
    calls = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert [Call.model_validate_json(line) for line in calls] == [
        Call.model_validate_json(line) for line in export.read_text().splitlines()
    ]


def test_convert_tells_what_it_could_not_read(tmp_path: Path, export: Path) -> None:
    export.write_text(export.read_text() + "{broken\n")
    done = runner.invoke(app, ["convert", str(export), "--out", str(tmp_path / "calls.jsonl")])
    assert done.exit_code == 1
    assert "4 calls" in done.output
    assert "export.jsonl" in done.stderr


def test_show_prints_the_call_plainly_in_a_pipe(export: Path) -> None:
    wanted = Call.model_validate_json(export.read_text().splitlines()[2])
    done = run("show", export, "--call", wanted.id)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert wanted.id in done.stdout
    assert "empathy" in done.stdout


def test_show_runs_where_the_output_is_no_utf_8(export: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run("show", export, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_show_says_which_call_is_not_there(export: Path) -> None:
    done = runner.invoke(app, ["show", str(export), "--call", "nobody"])
    assert done.exit_code == 1
    assert "nobody" in done.stderr
    assert "export.jsonl" in done.stderr


class Gold:
    """Gives one report whatever is asked of it."""

    def __init__(self, report: CallReport) -> None:
        self._report = report

    def analyze(self, call: Call) -> CallReport:
        return self._report


def test_show_goes_on_after_what_cannot_be_read(
    export: Path, gold_reports: list[CallReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.pipeline.Analyzer.load", lambda model: Gold(gold_reports[0]))
    export.write_text("{broken\n" + export.read_text())
    wanted = Call.model_validate_json(export.read_text().splitlines()[2])
    for chosen in ([], ["--call", wanted.id]):
        done = runner.invoke(app, ["show", str(export), *chosen])
        assert (done.exit_code, done.stderr) == (0, "")
        assert gold_reports[0].id in done.stdout


def test_show_says_what_cannot_be_read_where_no_call_is_found(export: Path) -> None:
    export.write_text("{broken\n" + export.read_text() + "{cut")
    done = runner.invoke(app, ["show", str(export), "--call", "nobody"])
    assert done.exit_code == 1
    told = done.stderr.splitlines()
    assert ["line 1" in told[0], "line 6" in told[1], "no call nobody" in told[2]] == [True] * 3
    gone = runner.invoke(app, ["show", str(export.parent / "gone.jsonl")])
    assert "does not exist" in gone.stderr
    assert len(gone.stderr.splitlines()) == 1


@pytest.mark.usefixtures("analyzer")
def test_evaluate_prints_the_measures_and_writes_them(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    labelled = tmp_path / "corpus.jsonl"
    labelled.write_text("".join(f"{call.model_dump_json()}\n" for call in corpus[:8]))
    done = runner.invoke(
        app, ["evaluate", str(labelled), "--no-baselines", "--json", str(tmp_path / "f.json")]
    )
    assert done.exit_code == 0, done.output
    assert "empathy" in done.output
    figures = json.loads((tmp_path / "f.json").read_text())
    assert figures["calls"] == 8
    assert 0 <= figures["measures"]["harmful_f1"] <= 1


def test_evaluate_says_what_is_wrong_with_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"id": "x"}\n')
    done = runner.invoke(app, ["evaluate", str(tmp_path / "corpus.jsonl")])
    assert done.exit_code == 1
    assert "line 1" in done.stderr


def test_a_missing_model_is_a_clear_error(tmp_path: Path, export: Path) -> None:
    done = runner.invoke(
        app, ["score", str(export), "--out", str(tmp_path / "out"), "--model", str(tmp_path)]
    )
    assert done.exit_code == 1
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "the scripts cannot be read"), ("{}]", "is no file of house scripts")],
)
def test_scripts_that_cannot_be_read_are_a_clear_error(
    tmp_path: Path, export: Path, content: str | None, why: str
) -> None:
    book, out = tmp_path / "scripts.json", tmp_path / "out"
    if content is not None:
        book.write_text(content, encoding="utf-8")
    done = runner.invoke(app, ["score", str(export), "--out", str(out), "--scripts", str(book)])
    assert done.exit_code == 1
    assert f"{book}: {why}" in done.stderr
    assert "analyzer scripts learn" in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert not out.exists()


def test_scripts_that_were_learnt_tell_how_scripted_a_turn_is(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    house = [call.call() for call in corpus if call.metadata["company"] == "merrow_air"]
    export = tmp_path / "calls.jsonl"
    export.write_text("\n".join(call.model_dump_json() for call in house), encoding="utf-8")
    book = tmp_path / "scripts.json"
    learnt = runner.invoke(app, ["scripts", "learn", str(export), "--out", str(book)])
    assert learnt.exit_code == 0
    assert "where every journey matters" in learnt.stdout
    # Told apart from a line that the page would find in these calls by itself.
    renamed = book.read_text("utf-8").replace("every journey matters", "every journey shines")
    book.write_text(renamed, "utf-8")
    out = tmp_path / "results"
    scored = runner.invoke(app, ["score", str(export), "--scripts", str(book), "--out", str(out)])
    assert scored.exit_code == 0
    assert "every journey shines" in (out / "report.html").read_text("utf-8")
    first = next(read_reports(out / "calls.jsonl"))
    scripts = [turn.script for turn in first.turns if turn.speaker == "agent"]
    assert max(scripts) > 0.8
    assert all(turn.script is None for turn in first.turns if turn.speaker == "customer")


def test_scripts_are_not_learnt_from_the_file_that_is_written(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    (tmp_path / "a.jsonl").write_text(corpus[0].call().model_dump_json(), encoding="utf-8")
    arguments = ["scripts", "learn", str(tmp_path), "--out", str(tmp_path / "scripts.json")]
    for _ in range(2):
        done = runner.invoke(app, arguments)
        assert done.exit_code == 0, done.output


def test_the_only_export_is_not_replaced_by_scripts_of_nothing(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    export = tmp_path / "calls.jsonl"
    export.write_text(corpus[0].call().model_dump_json(), encoding="utf-8")
    before = export.read_text("utf-8")
    given = str(tmp_path / "*.jsonl")
    done = runner.invoke(app, ["scripts", "learn", given, "--out", str(export)])
    assert done.exit_code == 2
    assert "the only file here with calls" in done.stderr
    assert export.read_text("utf-8") == before


def test_a_page_is_written_of_results_scored_before(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    results = tmp_path / "calls.jsonl"
    results.write_text("\n".join(one.model_dump_json() for one in gold_reports[:3]), "utf-8")
    page = tmp_path / "page.html"
    done = runner.invoke(app, ["report", str(results), "--out", str(page)])
    assert done.exit_code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
