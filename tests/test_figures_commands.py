"""The commands that read scored results: compare, change and standards."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from reports_for_pages import varied_reports
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.report import CallReport

STANDARDS = Path(__file__).parent.parent / "data" / "standards.example.yaml"
runner = CliRunner()


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return list(varied_reports(120))


@pytest.fixture(scope="module")
def scored(reports: list[CallReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(reports, tmp_path_factory.mktemp("scored"))


def written(reports: list[CallReport], folder: Path) -> Path:
    path = folder / "calls.jsonl"
    path.write_text("".join(f"{report.model_dump_json()}\n" for report in reports))
    return path


def of(reports: list[CallReport], agent: str) -> int:
    return sum(report.metadata["agent"] == agent for report in reports)


def test_compare_names_those_with_enough_calls_alone(
    scored: Path, reports: list[CallReport], tmp_path: Path
) -> None:
    told = tmp_path / "figures.json"
    done = runner.invoke(app, ["compare", str(scored), "--minimum", "12", "--json", str(told)])
    assert done.exit_code == 0, done.output
    named = {agent for agent in ("dana", "ola", "per", "kim", "li") if of(reports, agent) >= 12}
    withheld = {"dana", "ola", "per", "kim", "li"} - named
    shown = {line.split()[0] for line in done.output.splitlines() if line.split()}
    assert named <= shown
    assert not withheld & shown
    figures = json.loads(told.read_text())
    assert figures["withheld"] + len(figures["standings"]) == 10
    assert max(map(len, done.output.splitlines()[:6])) <= 80


def test_compare_writes_a_table_that_holds_no_formula(
    reports: list[CallReport], tmp_path: Path
) -> None:
    named = [
        report.model_copy(update={"metadata": {"agent": f"=1+{number % 3}"}})
        for number, report in enumerate(reports)
    ]
    table = tmp_path / "table.csv"
    done = runner.invoke(
        app, ["compare", str(written(named, tmp_path)), "--csv", str(table), "--score", "csat"]
    )
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(table.open()))
    assert {row["name"] for row in rows} == {"'=1+0", "'=1+1", "'=1+2"}
    assert all(float(row["low"]) < float(row["estimate"]) < float(row["high"]) for row in rows)


def test_compare_writes_names_whole_and_the_header_also_of_no_rows(
    reports: list[CallReport], tmp_path: Path
) -> None:
    name = "Dana\u2028Reyes\x0bJr"
    named = [report.model_copy(update={"metadata": {"agent": name}}) for report in reports]
    source, table = written(named, tmp_path), tmp_path / "table.csv"
    headers = []
    for minimum, expected in (("1", [name]), ("500", [])):
        arguments = ["compare", str(source), "--csv", str(table), "--minimum", minimum]
        assert runner.invoke(app, arguments).exit_code == 0
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            assert [row["name"] for row in rows] == expected
            headers.append(rows.fieldnames)
    assert headers[0] == headers[1]


def test_compare_says_so_where_nobody_has_enough_calls(scored: Path) -> None:
    done = runner.invoke(app, ["compare", str(scored), "--minimum", "500"])
    assert done.exit_code == 0
    assert "No agent has 500 calls" in done.output
    assert "dana" not in done.output


def test_compare_says_what_is_missing_where_calls_name_nobody(
    reports: list[CallReport], tmp_path: Path
) -> None:
    bare = [report.model_copy(update={"metadata": {}}) for report in reports[:5]]
    done = runner.invoke(app, ["compare", str(written(bare, tmp_path)), "--by", "team"])
    assert done.exit_code == 2
    assert "metadata names the team" in done.stderr


def test_change_tells_before_and_after_with_a_test(scored: Path, tmp_path: Path) -> None:
    told = tmp_path / "change.json"
    arguments = ["change", str(scored), "--team", "billing", "--at", "2026-04-13"]
    done = runner.invoke(app, [*arguments, "--json", str(told)])
    assert done.exit_code == 0, done.output
    figures = json.loads(told.read_text())
    assert f"p = {figures['p_value']:.3f}" in done.output
    assert figures["verdict"] in done.output
    assert figures["calls_before"] + figures["calls_after"] > 30


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--at", "2026-04-13"], "either --agent or --team"),
        (["--agent", "dana", "--team", "sales", "--at", "2026-04-13"], "either --agent or --team"),
        (["--agent", "dana", "--at", "coaching day"], "no date"),
        (["--agent", "zoe", "--at", "2026-04-13"], "'zoe'"),
    ],
)
def test_change_says_what_it_cannot_understand(
    arguments: list[str], says: str, scored: Path
) -> None:
    done = runner.invoke(app, ["change", str(scored), *arguments])
    assert done.exit_code == 2
    assert says in done.stderr


def test_change_of_few_calls_is_none(scored: Path) -> None:
    done = runner.invoke(app, ["change", str(scored), "--agent", "dana", "--at", "2026-03-03"])
    assert done.exit_code == 0
    assert "too few calls" in done.output


def test_standards_are_held_against_every_call(
    scored: Path, reports: list[CallReport], tmp_path: Path
) -> None:
    out, table, told = (tmp_path / name for name in ("out.jsonl", "table.csv", "told.json"))
    files = ["--out", str(out), "--csv", str(table), "--json", str(told)]
    done = runner.invoke(app, ["standards", str(scored), "--standards", str(STANDARDS), *files])
    assert done.exit_code == 0, done.output
    met = sum(report.scores.empathy >= 60 for report in reports)
    empathy = next(p for p in json.loads(told.read_text())["points"] if p["name"] == "empathy")
    assert (empathy["met"]["met"], empathy["met"]["calls"]) == (met, len(reports))
    assert f"{met / len(reports):.0%}" in done.output
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["call"] for line in lines] == [report.id for report in reports]
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == sum(len(line["items"]) for line in lines)


def test_standards_that_fit_no_call_say_so(scored: Path, tmp_path: Path) -> None:
    rules = tmp_path / "standards.yaml"
    rules.write_text("standards:\n  - name: a\n    applies_to: {company: nobody}\n")
    table = tmp_path / "table.csv"
    arguments = ["standards", str(scored), "--standards", str(rules), "--csv", str(table)]
    done = runner.invoke(app, arguments)
    assert done.exit_code == 0
    assert "No standard applies" in done.output
    assert table.read_text().startswith("call,standard,passed,")
