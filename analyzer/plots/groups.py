"""Agents and teams beside one another, with how sure each figure is."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

import altair as alt
import pandas as pd

from analyzer import codebook, uncertainty
from analyzer.errors import AnalyzerError
from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

ENOUGH_CALLS = 10
"""Groups with fewer calls are drawn hollow, if at all: too few to compare."""

Compare = Callable[[pd.DataFrame, str, str], pd.DataFrame]
"""Estimates of a measure for each group of calls.

Takes the frame of calls, the column that names the group, and the measure (a numeric column).
Gives a frame with the columns group, estimate, low, high, calls: any fairer comparison, such as
one with partial pooling, can take the place of :func:`simple_means`.
"""


def simple_means(calls: pd.DataFrame, by: str, measure: str) -> pd.DataFrame:
    """The mean of each group with its own 95 % interval, most calls first."""
    low, high = scale_of(measure, calls)
    rows = [
        [str(name), *uncertainty.mean(values.tolist(), low, high)]
        for name, values in calls.dropna(subset=[by]).groupby(by, observed=True)[measure]
    ]
    table = pd.DataFrame(rows, columns=["group", "estimate", "low", "high", "calls"])
    return table.sort_values(["calls", "group"], ascending=[False, True], ignore_index=True)


def fair_means(calls: pd.DataFrame, by: str, measure: str) -> pd.DataFrame:
    """Each group as if it had served the average customer, drawn to the common mean where calls
    are few (see `analyzer.cohort.compare`); most calls first.

    Where a fair comparison cannot be made, the simple means.
    """
    from analyzer.cohort import compare

    try:
        comparison = compare(calls, measure, by, minimum_calls=1, level=uncertainty.LEVEL)
    except AnalyzerError:
        return simple_means(calls, by, measure)
    low, high = scale_of(measure, calls)
    rows = [
        [
            standing.name,
            standing.pooled,
            max(low, standing.interval[0]),
            min(high, standing.interval[1]),
            standing.calls,
        ]
        for standing in comparison.standings
    ]
    table = pd.DataFrame(rows, columns=["group", "estimate", "low", "high", "calls"])
    return table.sort_values(["calls", "group"], ascending=[False, True], ignore_index=True)


def _window(table: pd.DataFrame, low: float, high: float) -> list[float]:
    """The part of the scale that holds all intervals, in whole tenths of it."""
    step = (high - low) / 10
    if table.empty or step <= 0:
        return [low, high]
    first = low + step * floor((float(table["low"].min()) - low) / step)
    last = low + step * ceil((float(table["high"].max()) - low) / step)
    return [max(low, first), min(high, max(last, first + step))]


def scale_of(measure: str, calls: pd.DataFrame) -> tuple[float, float]:
    """The ends of a measure's scale: 1 to 5 for csat, 0 to 100 for scores, else as observed."""
    if measure == "csat":
        return 1.0, 5.0
    if measure in codebook.SCORE_NAMES or calls.empty:
        return 0.0, 100.0
    return min(0.0, float(calls[measure].min())), float(calls[measure].max())


def group_comparison_table(
    source: sources.Source,
    by: str = "agent",
    measure: str = "empathy",
    compare: Compare = simple_means,
) -> pd.DataFrame:
    """Estimates of a measure for each group: group, estimate, low, high, calls."""
    return compare(sources.calls(source), by, measure)


def group_comparison(
    source: sources.Source,
    by: str = "agent",
    measure: str = "empathy",
    compare: Compare = simple_means,
    *,
    minimum: int = 1,
    most: int = 25,
    theme: Theme = LIGHT,
    width: int = 560,
    link: sources.Link | None = None,
) -> Drawing:
    """Each group's estimate with its interval, around the mean of all calls.

    Groups stand in the order of their number of calls, not of their score; at most `most`, and
    only those with `minimum` calls or more.
    """
    frame = sources.calls(source)
    table = compare(frame, by, measure)
    table = sources.with_links(table[table["calls"] >= minimum].head(most), link)
    table["enough"] = table["calls"] >= ENOUGH_CALLS
    table["shown"] = [f"{n:,} {'call' if n == 1 else 'calls'}" for n in table["calls"]]
    order = list(table["group"])
    unit = "1 to 5" if measure == "csat" else "points of 100"
    domain = _window(table, *scale_of(measure, frame))
    y = alt.Y("group:N", sort=order, title=None)
    base = alt.Chart(table).encode(y=y)
    x_scale = alt.Scale(domain=domain, nice=False, zero=False)
    overall = pd.DataFrame({"mean": [frame.loc[frame[by].notna(), measure].mean()]})
    strength = alt.condition("datum.enough", alt.value(0.55), alt.value(0.25))
    layered = alt.layer(
        alt.Chart(overall)
        .mark_rule(color=theme.muted, strokeDash=[4, 3])
        .encode(x=alt.X("mean:Q").scale(x_scale)),
        base.mark_rule(color=theme.accent, strokeWidth=3).encode(
            x=alt.X("low:Q", title=f"{measure}, {unit} (95 % interval; dashed: all calls)")
            .scale(x_scale)
            .axis(tickCount=6),
            x2="high:Q",
            opacity=strength,
        ),
        base.mark_point(size=75, color=theme.accent, opacity=1, strokeWidth=2).encode(
            x="estimate:Q",
            fill=alt.condition("datum.enough", alt.value(theme.accent), alt.value(theme.surface)),
            href="href:N",
        ),
        base.mark_text(align="left", dx=10, color=theme.muted, fontSize=12).encode(
            x=alt.value(width - 160), text="shown:N"
        ),
    ).properties(width=width - 160, height=22 * max(len(table), 1))
    return finish(layered, theme)
