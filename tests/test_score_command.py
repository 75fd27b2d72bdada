"""`analyzer score`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from command_line import run, runner
from killing import Cheap, write_input

from analyzer.call import Call
from analyzer.cli import app
from analyzer.engines import LocalEngine
from analyzer.summary import Summary
from analyzer.writers import read_reports


def test_score_writes_results_and_a_summary(tmp_path: Path, export: Path) -> None:
    done = run("score", export, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "4 calls scored" in done.stdout
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["calls.csv", "calls.jsonl", "report.html"]
    reports = list(read_reports(tmp_path / "out" / "calls.jsonl"))
    assert [len(report.turns) for report in reports] == [
        len(Call.model_validate_json(line).turns) for line in export.read_text().splitlines()
    ]


@pytest.mark.usefixtures("loaded")
def test_score_reads_standard_input_and_writes_only_what_is_asked(
    tmp_path: Path, export: Path
) -> None:
    done = runner.invoke(
        app,
        ["score", "-", "--out", str(tmp_path / "out"), "--format", "parquet", "--no-report"],
        input=export.read_bytes(),
    )
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "calls.parquet",
        "findings.parquet",
        "opportunities.parquet",
        "turns.parquet",
    ]


@pytest.mark.usefixtures("loaded")
def test_score_leaves_the_words_out_on_request(tmp_path: Path, export: Path) -> None:
    out = tmp_path / "out"
    assert runner.invoke(app, ["score", str(export), "--out", str(out), "--no-text"]).exit_code == 0
    turns = [
        turn.text
        for line in export.read_text().splitlines()
        for turn in Call.model_validate_json(line).turns
        if len(turn.text) > 25
    ]
    for path in out.iterdir():
        written = path.read_text("utf-8")
        assert not [text for text in turns if text in written]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What `score` asks the library for, which does nothing here."""
    asked = SimpleNamespace()

    def score_files(engine: LocalEngine, inputs: list[str], out: Path, **options: Any) -> Summary:
        asked.engine, asked.inputs, asked.out, asked.options = engine, inputs, out, options
        return Summary()

    monkeypatch.setattr("analyzer.batch.score_files", score_files)
    return asked


def test_the_options_of_score_reach_the_run(asked: SimpleNamespace) -> None:
    command = (
        "score a.csv b.csv --out results --workers 3 --restart --map text=Utterance "
        "--map speaker=Who --roles spk_0=agent --standards house.yaml --input-format csv "
        "--format parquet --no-text --no-report"
    )
    assert runner.invoke(app, command.split()).exit_code == 0
    assert (asked.inputs, asked.out) == (["a.csv", "b.csv"], Path("results"))
    assert isinstance(asked.engine, LocalEngine)
    assert asked.engine.workers == 3
    del asked.options["watch"]
    assert asked.options == {
        "formats": ["parquet"],
        "text": False,
        "report": False,
        "input_format": "csv",
        "columns": {"text": "Utterance", "speaker": "Who"},
        "roles": {"spk_0": "agent"},
        "standards": Path("house.yaml"),
        "restart": True,
    }


def test_without_options_nothing_is_begun_anew_or_left_out(asked: SimpleNamespace) -> None:
    assert runner.invoke(app, ["score", "a.csv", "--out", "results"]).exit_code == 0
    assert not asked.options["restart"]
    assert asked.options["text"]
    assert asked.options["report"]
    assert asked.options["standards"] is None
    assert asked.options["formats"] == ["jsonl", "csv"]


def test_an_address_without_ray_is_wrong_usage(asked: SimpleNamespace) -> None:
    done = runner.invoke(app, ["score", "x", "--out", "o", "--address", "head:6379"])
    assert done.exit_code == 2
    assert "--engine ray" in done.stderr
    assert not vars(asked)


class Interrupted(Cheap):
    """Somebody presses Ctrl-C while the last of some chunks is scored."""

    left = 0

    def analyze_many(self, calls, on_failure=None):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        return super().analyze_many(calls, on_failure)


def test_ctrl_c_ends_score_with_status_130_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, out = tmp_path / "in.jsonl", tmp_path / "out"
    write_input(export, 200)
    command = ["score", str(export), "--out", str(out), "--workers", "1", "--no-report"]
    scorer = Interrupted()
    monkeypatch.setattr("analyzer.engines.scorers.Stored.__call__", lambda self: scorer)
    for at, told in [(1, "Nothing was written"), (3, "the same command goes on from there")]:
        scorer.left = at
        stopped = runner.invoke(app, command)
        assert stopped.exit_code == 130
        assert told in stopped.stderr
        assert not (out / "calls.jsonl").exists()
    ended = runner.invoke(app, command)
    assert "calls scored" in ended.output
    reports = list(read_reports(out / "calls.jsonl"))
    failures = (out / "failures.jsonl").read_text().splitlines()
    assert len(reports) + sum("ValueError" in line for line in failures) == 200


@pytest.mark.usefixtures("loaded")
def test_bad_input_never_stops_the_batch(tmp_path: Path, export: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    good = export.read_text().splitlines()
    turns = json.loads(good[0])["turns"]
    agent_only = [turn for turn in turns if turn["speaker"] == "agent"]
    calls = {
        "empty.jsonl": b"",
        "binary.bin": bytes(range(256)) * 20,
        "truncated.json": good[0][:200].encode(),
        "latin.txt": "Agent: Grüß Gott, café.\nCustomer: Très bien, señor.".encode("latin-1"),
        "no-turns.jsonl": b'{"id": "none", "turns": []}',
        "roles.jsonl": json.dumps(
            {"id": "roles", "turns": [{"speaker": "wizard", "text": "Hello."}]}
        ).encode(),
        "one-speaker.jsonl": json.dumps({"id": "alone", "turns": agent_only}).encode(),
        "long-turn.jsonl": json.dumps(
            {"id": "long", "turns": [*turns, {"speaker": "agent", "text": "and so on " * 6_700}]}
        ).encode(),
        "many-turns.jsonl": json.dumps(
            {"id": "many", "turns": turns * (2_000 // len(turns) + 1)}
        ).encode(),
        "twice.jsonl": "\n".join([good[1], good[1]]).encode(),
        "good.jsonl": export.read_bytes(),
    }
    for name, content in calls.items():
        (folder / name).write_bytes(content)
    out = tmp_path / "out"
    done = runner.invoke(app, ["score", str(folder), "--out", str(out), "--no-report"])
    assert done.exit_code == 1, done.output
    failures = [json.loads(line) for line in (out / "failures.jsonl").read_text().splitlines()]
    failed = {Path(failure["source"]).name for failure in failures}
    assert {"empty.jsonl", "binary.bin", "truncated.json", "no-turns.jsonl"} <= failed
    assert {"roles.jsonl", "one-speaker.jsonl"} <= failed
    assert "good.jsonl" not in failed
    assert all(failure["problem"] and failure["remedy"] for failure in failures)
    scored = {report.id: report for report in read_reports(out / "calls.jsonl")}
    assert {json.loads(line)["id"] for line in good} <= scored.keys()
    assert len(scored["long"].turns) == len(turns) + 1
    assert len(scored["many"].turns) >= 2_000
