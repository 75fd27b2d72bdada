from __future__ import annotations

import io

import pytest
from rich.console import Console

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


def test_progress_is_silent_where_nobody_watches(summary: Summary) -> None:
    out = io.StringIO()
    with scoring_progress(Console(file=out)) as watch:
        watch(summary)
    assert out.getvalue() == ""


def test_progress_tells_calls_rate_and_failures_on_a_terminal(summary: Summary) -> None:
    out = io.StringIO()
    with scoring_progress(Console(file=out, force_terminal=True, width=80)) as watch:
        watch(summary)
    assert "474 calls" in out.getvalue()
    assert "calls/s" in out.getvalue()
    assert "1 failures" in out.getvalue()
