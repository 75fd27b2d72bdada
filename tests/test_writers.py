from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analyzer import codebook
from analyzer.errors import OutputError, ReadError
from analyzer.report import CallReport
from analyzer.rows import COLUMNS, row_of
from analyzer.writers import Failure, Results, read_reports

TABLES = ["calls.parquet", "findings.parquet", "opportunities.parquet", "turns.parquet"]


def write(
    out: Path, reports: Iterable[CallReport], failures: Iterable[Failure] = (), **options: Any
) -> None:
    with Results(out, **options) as results:
        for failure in failures:
            results.fail(failure)
        for report in reports:
            results.write(report)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_reports_come_back_from_calls_jsonl_in_order(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    write(tmp_path / "new" / "folder", gold_reports[:10])
    assert list(read_reports(tmp_path / "new" / "folder" / "calls.jsonl")) == gold_reports[:10]


def test_a_file_of_something_else_is_no_file_of_reports(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(f'{gold_reports[0].model_dump_json()}\n{{"id": "c-1"}}\n')
    with pytest.raises(ReadError, match="is not a report") as caught:
        list(read_reports(path))
    assert caught.value.place == "line 2"
    with pytest.raises(ReadError, match="cannot be read"):
        list(read_reports(tmp_path / "gone.jsonl"))


def test_the_table_has_a_row_a_call_in_order(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    write(tmp_path, gold_reports)
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["call"] for row in rows] == [report.id for report in gold_reports]
    assert list(rows[0]) == list(COLUMNS)
    assert float(rows[3]["empathy"]) == gold_reports[3].scores.empathy
    assert int(rows[3]["opportunities_missed"]) == len(gold_reports[3].missed)


def test_csv_and_parquet_hold_the_same_table(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    write(tmp_path, gold_reports, formats=("csv", "parquet"))
    assert names(tmp_path) == ["calls.csv", *TABLES]
    parquet = pd.read_parquet(tmp_path / "calls.parquet")
    table = pd.read_csv(tmp_path / "calls.csv")
    assert list(parquet.columns) == list(table.columns) == list(COLUMNS)
    figures = [name for name, kind in COLUMNS.items() if kind != "text"]
    pd.testing.assert_frame_equal(parquet[figures], table[figures], check_dtype=False)
    assert parquet["agent"].tolist() == table["agent"].tolist()


def test_parquet_of_many_row_groups_loses_nothing(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    many = [
        report.model_copy(update={"id": f"{report.id}-{n}"})
        for n in range(3)
        for report in gold_reports
    ]
    write(tmp_path, many, formats=("parquet",))
    assert pd.read_parquet(tmp_path / "calls.parquet")["call"].tolist() == [r.id for r in many]


QUERIES = (
    "SELECT agent, count(*) AS missed FROM '{0}/opportunities.parquet' "
    "JOIN '{0}/calls.parquet' USING (call) "
    "WHERE opportunities.outcome = 'missed' AND kind = 'hardship' "
    "GROUP BY agent ORDER BY missed DESC",
    "SELECT label, count(DISTINCT call) AS calls, round(avg(csat), 2) AS csat "
    "FROM '{0}/findings.parquet' JOIN '{0}/calls.parquet' USING (call) "
    "WHERE harmful GROUP BY label ORDER BY csat",
    "SELECT call, turn, quote, suggestion FROM '{0}/opportunities.parquet' "
    "WHERE outcome = 'missed' ORDER BY confidence DESC LIMIT 20",
)


def test_the_tables_answer_questions_in_duckdb(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    duckdb = pytest.importorskip("duckdb")
    write(tmp_path, gold_reports[:100], formats=("parquet",))
    by_agent, by_label, unanswered = (
        duckdb.sql(query.format(tmp_path)).fetchall() for query in QUERIES
    )
    missed = [
        chance for one in gold_reports[:100] for chance in one.missed if chance.kind == "hardship"
    ]
    assert sum(count for _, count in by_agent) == len(missed)
    harmful = {flag.label for one in gold_reports[:100] for flag in one.flags} & set(
        codebook.HARMFUL
    )
    assert {label for label, *_ in by_label} == harmful
    assert len(unanswered) == 20


def test_the_four_tables_hold_what_the_reports_hold(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    write(tmp_path, gold_reports[:50], formats=("parquet",))
    calls, findings, chances, turns = (pd.read_parquet(tmp_path / name) for name in TABLES)
    some = gold_reports[:50]
    assert len(calls) == 50
    assert len(findings) == sum(len(one.flags) + len(one.cues) + len(one.care) for one in some)
    assert chances["quote"].tolist() == [
        chance.quote for one in some for chance in one.opportunities
    ]
    assert turns["text"].tolist() == [turn.text for one in some for turn in one.turns]
    assert set(findings["call"]) | set(chances["call"]) <= set(calls["call"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_text_cannot_run_as_a_formula_in_a_spreadsheet(
    tmp_path: Path, gold_reports: list[CallReport], start: str
) -> None:
    evil = f'{start}HYPERLINK("x")'
    report = gold_reports[0].model_copy(
        update={"id": evil, "metadata": {"agent": evil, "team": 5, "mood": evil}}
    )
    write(tmp_path, [report])
    with (tmp_path / "calls.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["call"] == row["agent"] == "'" + evil.replace("\r", "\n")
    assert row["team"] == "5"
    assert json.loads(row["metadata"]) == {"mood": evil}
    assert next(read_reports(tmp_path / "calls.jsonl")).id == evil


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_an_end_of_line_in_a_name_splits_no_row(
    tmp_path: Path, gold_reports: list[CallReport], end: str
) -> None:
    report = gold_reports[0].model_copy(update={"metadata": {"agent": f"Dana{end}Reed"}})
    write(tmp_path, [report])
    table = pd.read_csv(tmp_path / "calls.csv")
    assert table["agent"].tolist() == ["Dana\nReed"]
    assert table["call"].tolist() == [report.id]


def test_numbers_below_zero_stay_numbers(tmp_path: Path, gold_reports: list[CallReport]) -> None:
    falling = next(report for report in gold_reports if (report.sentiment.trend or 0) < 0)
    write(tmp_path, [falling])
    assert pd.read_csv(tmp_path / "calls.csv")["sentiment_trend"][0] == falling.sentiment.trend


def test_without_text_nothing_that_was_said_is_written(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    page: list[CallReport] = []
    write(
        tmp_path,
        gold_reports[:30],
        text=False,
        formats=("jsonl", "csv"),
        page=lambda reports, path: (page.extend(reports), path.write_text("<html>")),
    )
    written = (tmp_path / "calls.jsonl").read_text("utf-8") + (tmp_path / "calls.csv").read_text()
    for report in gold_reports[:30]:
        for turn in report.turns:
            assert turn.text
            assert len(turn.text) < 20 or turn.text not in written
        for chance in report.opportunities:
            assert not chance.suggestion or chance.suggestion not in written
    kept = list(read_reports(tmp_path / "calls.jsonl"))
    assert [r.scores for r in kept] == [r.scores for r in gold_reports[:30]]
    assert [len(r.flags) for r in kept] == [len(r.flags) for r in gold_reports[:30]]
    assert page == kept


def test_without_text_no_table_holds_what_was_said(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    some = gold_reports[:30]
    write(tmp_path, some, text=False, formats=("parquet",))
    tables = {name: pd.read_parquet(tmp_path / name) for name in TABLES}
    assert len(tables["turns.parquet"]) == sum(len(report.turns) for report in some)
    assert tables["turns.parquet"]["text"].isna().all()
    written = "\n".join(
        str(cell) for table in tables.values() for cell in table.to_numpy().ravel().tolist()
    )
    for report in some:
        said = [turn.text for turn in report.turns if turn.text and len(turn.text) >= 20]
        found = [*report.flags, *report.cues, *report.care, *report.opportunities]
        said += [one.quote for one in found if len(one.quote) >= 20]
        said += [chance.suggestion for chance in report.opportunities if chance.suggestion]
        assert said
        assert not [words for words in said if words in written]


def test_failures_are_written_a_line_each(tmp_path: Path) -> None:
    error = ReadError("is empty.", source="a.json", place="line 3", remedy="Export it again.")
    with Results(tmp_path) as results:
        results.fail(Failure.of(error, call="c-1"))
    (line,) = (tmp_path / "failures.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "source": "a.json",
        "place": "line 3",
        "problem": "is empty.",
        "remedy": "Export it again.",
        "call": "c-1",
    }


def test_failures_of_an_earlier_run_do_not_stay_behind(tmp_path: Path) -> None:
    (tmp_path / "failures.jsonl").write_text("{}\n")
    write(tmp_path, [])
    assert names(tmp_path) == ["calls.csv", "calls.jsonl"]


def test_a_run_that_breaks_off_leaves_earlier_results_as_they_were(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    write(tmp_path, gold_reports[:2])
    before = (tmp_path / "calls.csv").read_bytes()

    def stopped() -> Iterator[CallReport]:
        yield gold_reports[5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, stopped())
    assert names(tmp_path) == ["calls.csv", "calls.jsonl"]
    assert (tmp_path / "calls.csv").read_bytes() == before


def test_nothing_half_written_stands_under_its_own_name(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    with Results(tmp_path, ("jsonl", "csv", "parquet")) as results:
        results.write(gold_reports[0])
        assert all(name.endswith(".partial") for name in names(tmp_path))
    assert names(tmp_path) == ["calls.csv", "calls.jsonl", *TABLES]


def test_the_page_is_made_from_every_report(tmp_path: Path, gold_reports: list[CallReport]) -> None:
    def page(reports, path: Path) -> None:
        path.write_text(" ".join(report.id for report in reports))

    write(tmp_path, gold_reports[:3], formats=("csv",), page=page)
    assert names(tmp_path) == ["calls.csv", "report.html"]
    assert (tmp_path / "report.html").read_text() == "a1-001 a1-002 a1-003"


def page_with_a_folder(reports: Iterable[CallReport], path: Path) -> None:
    path.write_text(f'<a href="{path.stem}_files">')
    folder = path.with_name(f"{path.stem}_files")
    folder.mkdir()
    (folder / "calls-0.js").write_text(str(sum(1 for _ in reports)))


def test_a_page_may_keep_a_folder_beside_it(tmp_path: Path, gold_reports: list[CallReport]) -> None:
    for count in (3, 5):
        write(tmp_path, gold_reports[:count], page=page_with_a_folder)
        assert names(tmp_path) == ["calls.csv", "calls.jsonl", "report.html", "report_files"]
        assert (tmp_path / "report_files" / "calls-0.js").read_text() == str(count)


def test_a_folder_of_somebody_else_is_not_replaced_by_that_of_the_page(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    theirs = tmp_path / "report_files" / "mine.txt"
    theirs.parent.mkdir()
    theirs.write_text("of somebody else")
    with pytest.raises(OutputError, match="Move it away") as caught:
        write(tmp_path, gold_reports[:3], page=page_with_a_folder)
    assert caught.value.source == str(theirs.parent)
    assert theirs.read_text() == "of somebody else"
    assert names(tmp_path) == ["calls.csv", "calls.jsonl", "report_files"]
    assert len(list(read_reports(tmp_path / "calls.jsonl"))) == 3


def test_a_fault_in_drawing_the_page_costs_no_scores(
    tmp_path: Path, gold_reports: list[CallReport]
) -> None:
    def page(reports, path: Path) -> None:
        path.write_text("<html>")
        raise RuntimeError("drawing")

    with pytest.raises(RuntimeError, match="drawing"):
        write(tmp_path, gold_reports[:3], page=page)
    assert names(tmp_path) == ["calls.csv", "calls.jsonl"]


def test_an_output_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError, match="Give a folder, not a file") as caught:
        write(tmp_path / "out", [])
    assert caught.value.source == str(tmp_path / "out")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_folder_that_may_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="may write to"):
            write(tmp_path, [])
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("name", ["calls.jsonl", "calls.csv", "calls.parquet", "failures.jsonl"])
def test_a_full_disk_is_a_clear_error_and_nothing_is_left(
    tmp_path: Path, gold_reports: list[CallReport], name: str
) -> None:
    (tmp_path / f"{name}.partial").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"[Nn]o space left.*Free some space"):
        write(
            tmp_path,
            gold_reports,
            formats=("jsonl", "csv", "parquet"),
            failures=[Failure(problem="is empty.")],
        )
    assert names(tmp_path) == []


def test_a_call_without_a_given_duration_lasts_until_its_last_word(
    gold_reports: list[CallReport],
) -> None:
    turns = [turn.model_copy(update={"end_ms": 100 * turn.turn}) for turn in gold_reports[0].turns]
    report = gold_reports[0].model_copy(update={"turns": turns})
    assert row_of(report)["duration_ms"] == 100 * len(turns)
    report.metadata["duration_ms"] = 7
    assert row_of(report)["duration_ms"] == 7
    del report.metadata["duration_ms"]
