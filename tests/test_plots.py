"""Charts draw the figures of their tables, with intervals, as SVG made on this machine."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from reports_for_pages import varied_reports

from analyzer import plots
from analyzer.errors import OutputError
from analyzer.frames import calls_frame, findings_frame, opportunities_frame
from analyzer.plots.svg import svg
from analyzer.report import CallReport, Reason
from analyzer.standards import HouseTally, Rubric


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return list(varied_reports(60))


def test_every_chart_draws_its_axes_titles_and_takes_reports(reports: list[CallReport]) -> None:
    drawn = {
        "score": plots.score_distributions(reports),
        "share of calls, %": plots.language_shares(reports),
        "share missed, %": plots.opportunity_outcomes(reports),
        "how the customer left": plots.sentiment_journey(reports),
        "part of the call, %": plots.sentiment_path(reports),
        "period starting": plots.trend(reports),
        "95 % interval": plots.group_comparison(reports),
        "beyond 99.8 %": plots.funnel(reports, minimum=2),
        "sentiment, −2 to 2": plots.call_sentiment(reports[0]),
        "points of empathy": plots.reasons(reports[0]),
    }
    for title, chart in drawn.items():
        assert title in svg(chart)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_calls_or_none_are_drawn_too(count: int, reports: list[CallReport]) -> None:
    few = reports[:count]
    for draw in (
        plots.score_distributions,
        plots.language_shares,
        plots.opportunity_outcomes,
        plots.sentiment_path,
        plots.trend,
    ):
        assert svg(draw(few)).startswith("<svg")


def test_frames_give_the_same_tables_as_reports(reports: list[CallReport]) -> None:
    calls, findings = calls_frame(reports), findings_frame(reports)
    assert plots.score_distributions_table(calls).equals(plots.score_distributions_table(reports))
    assert plots.language_shares_table(findings, len(reports)).equals(
        plots.language_shares_table(reports)
    )
    assert plots.opportunity_outcomes_table(opportunities_frame(reports)).equals(
        plots.opportunity_outcomes_table(reports)
    )


def test_boilerplate_does_not_count_as_scripted_language(reports: list[CallReport]) -> None:
    table = plots.language_shares_table(reports).set_index(["family", "label"])
    scripted = sum(
        any(flag.family == "scripted" and flag.label != "boilerplate" for flag in report.flags)
        for report in reports
    )
    assert table.loc[("scripted", "any"), "calls"] == scripted
    assert ("scripted", "boilerplate") not in table.index


def test_each_share_lies_inside_its_interval(reports: list[CallReport]) -> None:
    for table in (plots.language_shares_table(reports), plots.opportunity_outcomes_table(reports)):
        assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()


def test_the_fewer_the_calls_the_wider_the_interval() -> None:
    few, many = plots.wilson(2, 4), plots.wilson(200, 400)
    assert few.estimate == many.estimate
    assert few.high - few.low > 3 * (many.high - many.low)


def test_nothing_observed_leaves_everything_possible() -> None:
    assert plots.wilson(0, 0)[1:3] == (0.0, 1.0)


def test_one_call_says_nothing_of_an_agent(reports: list[CallReport]) -> None:
    frame = calls_frame(reports[:1])
    table = plots.group_comparison_table(frame, "agent", compare=plots.simple_means)
    assert table.loc[0, ["low", "high", "calls"]].tolist() == [0.0, 100.0, 1]


def test_groups_stand_by_their_number_of_calls_not_by_their_score(
    reports: list[CallReport],
) -> None:
    for compare in (plots.simple_means, plots.fair_means):
        table = plots.group_comparison_table(reports, "agent", compare=compare)
        assert table["calls"].is_monotonic_decreasing
        assert table["calls"].sum() == len(reports)


def test_the_fair_comparison_draws_small_groups_towards_the_mean(
    reports: list[CallReport],
) -> None:
    simple = plots.group_comparison_table(reports, compare=plots.simple_means)
    fair = plots.group_comparison_table(reports, compare=plots.fair_means)
    assert fair["estimate"].std() < simple["estimate"].std()


def test_the_funnel_names_whoever_chance_does_not_explain(reports: list[CallReport]) -> None:
    rows = [
        {"agent": agent, "empathy": (90 if agent == "star" else 40) + 3 * (number % 5)}
        for agent in ("star", "a", "b", "c", "d", "e")
        for number in range(20)
    ]
    table = plots.funnel_table(pd.DataFrame([*rows, {"agent": "newcomer", "empathy": 99}]))
    assert table.set_index("group").loc["star", "place"] == "beyond 99.8 %"
    assert "newcomer" not in set(table["group"])
    drawn = svg(plots.funnel(pd.DataFrame(rows)))
    assert ">star<" in drawn


def test_standards_are_drawn_by_point(reports: list[CallReport]) -> None:
    rubric = Rubric.model_validate(
        {"standards": [{"name": "house", "targets": {"empathy": 50, "csat": 3}}]}
    )
    tally = HouseTally(rubric)
    for report in reports:
        tally.add(report)
    table = plots.standards_met_table(tally.summary()).set_index("point")
    met = sum(report.scores.csat >= 3 for report in reports)
    assert table.loc["csat", "share"] == pytest.approx(100 * met / len(reports))
    assert "of those asked" in svg(plots.standards_met(tally.summary()))


def test_arrivals_and_departures_account_for_every_call(reports: list[CallReport]) -> None:
    table = plots.sentiment_journey_table(reports)
    assert len(table) == 9
    assert table["calls"].sum() == len(reports)
    assert table["share"].sum() == pytest.approx(100)


def test_a_trend_needs_dates(reports: list[CallReport]) -> None:
    undated = [report.model_copy(update={"metadata": {}}) for report in reports]
    assert plots.trend_table(undated).empty
    dated = plots.trend_table(reports)
    assert dated["calls"].sum() == len(reports)
    assert dated["period"].is_monotonic_increasing


def test_a_trend_of_what_is_no_score_has_the_scale_that_was_observed(
    reports: list[CallReport],
) -> None:
    calls = calls_frame(reports)
    assert calls["sentiment_start"].mean() < 0
    table = plots.trend_table(calls, "sentiment_start")
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()
    assert table["high"].max() <= calls["sentiment_start"].max()
    drawn = svg(plots.trend(calls, "sentiment_start"))
    assert "sentiment_start" in drawn
    assert "points of 100" not in drawn
    unknown = calls.assign(sentiment_start=float("nan"))
    assert svg(plots.trend(unknown, "sentiment_start")).startswith("<svg")


def test_the_average_and_the_parts_of_a_score_add_up(reports: list[CallReport]) -> None:
    parts = [Reason(points=50.0, what="where the average call stands")]
    parts += [Reason(points=float(n), what=f"part {n}") for n in range(-8, 9)]
    report = reports[0].model_copy(update={"reasons": {"empathy": parts}})
    table = plots.reasons_table(report, most=5)
    assert len(table) == 6
    assert 50.0 + table["points"].sum() == pytest.approx(sum(part.points for part in parts))


def test_a_chart_is_saved_as_an_image(reports: list[CallReport], tmp_path: Path) -> None:
    target = plots.save_svg(plots.call_sentiment(reports[0]), tmp_path / "call.svg")
    assert target.read_text().startswith("<svg")
    with pytest.raises(OutputError, match="Choose a folder"):
        plots.save_svg(plots.call_sentiment(reports[0]), tmp_path / "nowhere" / "call.svg")


def test_light_and_dark_charts_differ_in_colour_only(reports: list[CallReport]) -> None:
    light = svg(plots.call_sentiment(reports[0], theme=plots.LIGHT))
    dark = svg(plots.call_sentiment(reports[0], theme=plots.DARK))
    assert plots.DARK.surface in dark
    assert plots.DARK.surface not in light
    assert len(light) == len(dark)


def test_tables_are_frames(reports: list[CallReport]) -> None:
    assert isinstance(plots.trend_table(reports), pd.DataFrame)
