from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.call import Call, Turn
from analyzer.cli import app
from analyzer.convert import StoredReports, convert_calls
from analyzer.corpus import LabelledCall
from analyzer.errors import OutputError, ReadError
from analyzer.readers import read_calls
from analyzer.report import CallReport

CALL = Call(
    id="c-17",
    turns=[
        Turn(speaker="customer", text="Nobody came.", start_ms=1_500, end_ms=3_000),
        Turn(speaker="agent", text="Oh no. I'm on it.", start_ms=3_100, end_ms=4_000),
    ],
    metadata={"agent": "dana", "started_at": "2026-03-01T10:00:00Z", "queue": "faults"},
)


def test_neutral_lines_read_back_as_the_same_calls(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    calls = [call.call() for call in corpus[:20]]
    assert convert_calls(calls, tmp_path / "calls.jsonl") == 20
    assert list(read_calls(tmp_path / "calls.jsonl")) == calls


def test_vcon_documents_read_back_with_their_turns_roles_and_times(tmp_path: Path) -> None:
    assert convert_calls([CALL], tmp_path / "calls.jsonl", "vcon") == 1
    (call,) = read_calls(tmp_path / "calls.jsonl")
    assert (call.id, call.turns) == (CALL.id, CALL.turns)
    assert call.metadata["queue"] == "faults"


def test_a_folder_that_does_not_exist_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        convert_calls([CALL], tmp_path / "no" / "calls.jsonl")


@pytest.fixture
def scored(tmp_path: Path, corpus: list[LabelledCall]) -> tuple[list[Call], Path]:
    """Two calls, and the results of scoring the second of them and another."""
    results = tmp_path / "calls.jsonl"
    reports = [corpus[n].gold_report() for n in (5, 1)]
    results.write_text("".join(report.model_dump_json() + "\n" for report in reports), "utf-8")
    return [corpus[n].call() for n in (0, 1)], results


def test_a_vcon_carries_the_report_of_its_call(
    tmp_path: Path, scored: tuple[list[Call], Path], corpus: list[LabelledCall]
) -> None:
    calls, results = scored
    stored = StoredReports(results)
    convert_calls(calls, tmp_path / "vcons.jsonl", "vcon", report_of=stored.of)
    without, with_one = map(json.loads, (tmp_path / "vcons.jsonl").read_text("utf-8").splitlines())
    assert without["analysis"] == []
    (analysis,) = with_one["analysis"]
    assert CallReport.model_validate(analysis["body"]) == corpus[1].gold_report()
    assert stored.found == 1


def test_a_report_of_other_turns_is_left_out(scored: tuple[list[Call], Path]) -> None:
    (_, call), results = scored
    shorter = call.model_copy(update={"turns": call.turns[:-1]})
    assert StoredReports(results).of(shorter) is None


def test_a_file_that_holds_no_reports_is_a_clear_error(tmp_path: Path) -> None:
    convert_calls([CALL], tmp_path / "calls.jsonl")
    with pytest.raises(ReadError, match=r"line 1.*analyzer score"):
        StoredReports(tmp_path / "calls.jsonl")
    with pytest.raises(ReadError, match="cannot be read"):
        StoredReports(tmp_path / "none.jsonl")


def test_the_command_puts_reports_into_vcons(
    tmp_path: Path, scored: tuple[list[Call], Path]
) -> None:
    calls, results = scored
    source, out = tmp_path / "export.jsonl", tmp_path / "vcons.jsonl"
    convert_calls(calls, source)
    arguments = ["convert", str(source), "--out", str(out), "--reports", str(results)]
    done = CliRunner().invoke(app, [*arguments, "--to", "vcon"])
    assert done.exit_code == 0
    assert "2 calls are in" in done.output
    assert "1 with their reports" in done.output
    assert [len(json.loads(line)["analysis"]) for line in out.read_text("utf-8").splitlines()] == [
        0,
        1,
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_the_command_converts_calls_of_any_language(tmp_path: Path) -> None:
    source, out = tmp_path / "es.txt", tmp_path / "out.jsonl"
    source.write_text(
        "Agente: Buenos días, le atiende Lucía, ¿en qué le puedo ayudar con su factura?\n"
        "Cliente: Hola, me han cobrado dos veces este mes y nadie me devuelve el dinero.\n",
        "utf-8",
    )
    roles = ["--roles", "Agente=agent", "--roles", "Cliente=customer"]
    done = CliRunner().invoke(app, ["convert", str(source), "--out", str(out), *roles])
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text("utf-8"))["turns"][1]["speaker"] == "customer"


@pytest.mark.parametrize("pattern", ["", "*"])
def test_the_command_never_reads_what_it_writes(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "a.jsonl").write_text(CALL.model_dump_json(), "utf-8")
    out = tmp_path / "z.jsonl"
    arguments = ["convert", str(tmp_path / pattern), "--out", str(out)]
    first = CliRunner().invoke(app, arguments)
    assert (first.exit_code, first.stderr) == (0, "")
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, list(read_calls(out))) == (0, [CALL])
    assert again.stderr.count("z.jsonl is left out") == 1


def test_the_command_never_replaces_the_only_export_by_nothing(tmp_path: Path) -> None:
    only = tmp_path / "calls.jsonl"
    only.write_text(CALL.model_dump_json(), "utf-8")
    done = CliRunner().invoke(app, ["convert", str(tmp_path), "--out", str(only)])
    assert done.exit_code == 2
    assert list(read_calls(only)) == [CALL]


def test_the_command_converts_a_file_in_its_place(tmp_path: Path) -> None:
    only = tmp_path / "calls.jsonl"
    only.write_text(f"[{CALL.model_dump_json()}]", "utf-8")
    done = CliRunner().invoke(app, ["convert", str(only), "--out", str(only)])
    assert done.exit_code == 0, done.output
    assert only.read_text("utf-8") == CALL.model_dump_json(exclude_none=True) + "\n"
