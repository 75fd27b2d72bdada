from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from analyzer.batch import Progress
from analyzer.batch.progress import Tally
from analyzer.progress import scoring_progress, show_summary
from analyzer.report import CallReport
from analyzer.summary import Summary


@pytest.fixture(scope="module")
def summary(gold_reports: list[CallReport]) -> Summary:
    summary = Summary()
    for report in gold_reports:
        summary.add(report)
    summary.add_failure()
    return summary


def shown(summary: Summary, width: int = 80) -> str:
    out = io.StringIO()
    show_summary(summary, Console(file=out, width=width))
    return out.getvalue()


def test_means_and_shares_are_those_of_the_calls(
    summary: Summary, gold_reports: list[CallReport]
) -> None:
    mean = sum(report.scores.empathy for report in gold_reports) / len(gold_reports)
    assert summary.mean_scores["empathy"] == pytest.approx(mean)
    cold = sum(
        any(flag.family == "uncaring" for flag in report.flags) for report in gold_reports
    ) / len(gold_reports)
    assert summary.share_with["uncaring"] == pytest.approx(cold)
    assert sum(counts["missed"] for counts in summary.opportunities.values()) == sum(
        len(report.missed) for report in gold_reports
    )


def test_boilerplate_alone_does_not_make_a_call_scripted(gold_reports: list[CallReport]) -> None:
    routine = next(
        r for r in gold_reports if r.flags and {f.label for f in r.flags} == {"boilerplate"}
    )
    summary = Summary()
    summary.add(routine)
    assert summary.share_with["scripted"] == 0


def test_calls_that_hurt_are_worth_a_listen_before_calls_that_went_well(
    summary: Summary, gold_reports: list[CallReport]
) -> None:
    first = [listen.call for listen in summary.listen_first]
    by_id = {report.id: report for report in gold_reports}
    assert len(first) == 5
    assert all(by_id[call].scores.empathy <= 25 and by_id[call].missed for call in first)


def test_a_call_worth_a_listen_says_why(summary: Summary, gold_reports: list[CallReport]) -> None:
    first = summary.listen_first[0]
    report = next(report for report in gold_reports if report.id == first.call)
    assert report.missed[0].kind in first.why


def test_a_batch_of_good_calls_names_none_as_worth_a_listen(
    gold_reports: list[CallReport],
) -> None:
    summary = Summary()
    summary.add(max(gold_reports, key=lambda report: sum(report.scores.model_dump().values())))
    assert summary.listen_first == []
    assert "No call stands out" in shown(summary)


@pytest.mark.parametrize("width", [80, 120])
def test_the_summary_fits_the_terminal_and_names_what_matters(summary: Summary, width: int) -> None:
    text = shown(summary, width)
    assert max(map(len, text.splitlines())) <= width
    for what in ("474 calls", "1 failure", "calls/s", "empathy", "dismissive", "missed", "listen"):
        assert what in text
    assert summary.listen_first[0].call in text


def test_an_empty_summary_can_be_shown() -> None:
    assert "0 calls scored" in shown(Summary())


def progress(seconds: float) -> Progress:
    progress = Progress()
    progress.add(Tally(number=0, readings=64, calls=63, turns=900, failures=1))
    progress.total, progress.seconds = 640, seconds
    return progress


def told(**options: Any) -> str:
    out = io.StringIO()
    with scoring_progress(Console(file=out, width=100, **options)) as watch:
        watch(progress(seconds=10))
    return out.getvalue()


def test_a_short_run_is_silent_where_nobody_watches() -> None:
    assert told() == ""


def test_a_long_run_tells_a_plain_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 61.0])
    monkeypatch.setattr("analyzer.progress.time.monotonic", lambda: next(clock))
    assert told() == "63 of 640 calls, 6.3 calls/s, 0:01:31 left, 1 failure\n"


def test_progress_tells_calls_rate_time_left_and_failures_on_a_terminal() -> None:
    shown = told(force_terminal=True)
    for what in ("63 of 640 calls", "6.3 calls/s", "0:01:31 left", "1 failures"):
        assert what in shown


def test_the_rate_leaves_out_what_an_interrupted_run_had_scored() -> None:
    run = progress(seconds=10)
    run.add(Tally(number=1, readings=64, calls=64, turns=900, failures=0), kept=True)
    run.seconds = 10
    assert (run.calls, run.rate) == (127, 6.3)
