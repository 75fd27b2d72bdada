"""The funnel plot: which agents or teams differ by more than their number of calls explains."""

from __future__ import annotations

from math import sqrt

import altair as alt
import pandas as pd

from analyzer.plots import sources
from analyzer.plots.groups import ENOUGH_CALLS, scale_of
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

INSIDE, BEYOND_95, BEYOND_998 = "within chance", "beyond 95 %", "beyond 99.8 %"


def funnel_table(
    source: sources.Source,
    by: str = "agent",
    measure: str = "empathy",
    minimum: int = ENOUGH_CALLS,
) -> pd.DataFrame:
    """Each group with enough calls, beside what chance alone would bring.

    Columns: group, calls, mean (as if all had served the same customers), low, high (between which
    95 % of groups of this size fall by chance), place (within chance, beyond 95 %, beyond 99.8 %).
    Empty where no group has `minimum` calls.

    Raises:
        UsageError: If no call names a group.
    """
    return _tables(sources.calls(source), by, measure, minimum)[0]


def funnel(
    source: sources.Source,
    by: str = "agent",
    measure: str = "empathy",
    minimum: int = ENOUGH_CALLS,
    *,
    theme: Theme = LIGHT,
    width: int = 560,
    link: sources.Link | None = None,
) -> Drawing:
    """Groups by their number of calls, between the limits of chance; those beyond are named."""
    frame = sources.calls(source)
    points, limits = _tables(frame, by, measure, minimum)
    points = sources.with_links(points, link)
    low, high = scale_of(measure, frame)
    limits[["low", "high", "far_low", "far_high"]] = limits[
        ["low", "high", "far_low", "far_high"]
    ].clip(low, high)
    unit = "1 to 5" if measure == "csat" else "points of 100"
    y = alt.Y("mean:Q", title=f"{measure}, {unit}").scale(domain=[low, high], nice=False)
    most = int(limits["calls"].max())
    x = (
        alt.X("calls:Q", title="calls")
        .scale(domain=[0, most * 1.04], nice=False)
        .axis(tickMinStep=1, tickCount=8, grid=False)
    )
    lines = alt.Chart(limits).encode(x=x)
    beyond = points[points["place"] != INSIDE]
    colour = alt.Color("place:N", title=None).scale(
        domain=[INSIDE, BEYOND_95, BEYOND_998], range=[theme.accent, theme.partial, theme.missed]
    )
    layered = alt.layer(
        lines.mark_area(color=theme.accent, opacity=0.08).encode(y="far_low:Q", y2="far_high:Q"),
        lines.mark_area(color=theme.accent, opacity=0.12).encode(
            y=alt.Y("low:Q", title=f"{measure}, {unit}"), y2="high:Q"
        ),
        lines.mark_line(color=theme.muted, strokeDash=[4, 3], strokeWidth=1).encode(y="centre:Q"),
        alt.Chart(points)
        .mark_point(size=70, filled=True, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=alt.Shape("place:N", title=None).scale(
                domain=[INSIDE, BEYOND_95, BEYOND_998], range=["circle", "diamond", "triangle-up"]
            ),
            href="href:N",
        ),
        alt.Chart(beyond)
        .mark_text(align="right", dx=-9, color=theme.ink, fontSize=12)
        .encode(x=x, y=y, text="group:N"),
    ).properties(width=width - 70, height=260)
    return finish(layered, theme)


def _tables(
    frame: pd.DataFrame, by: str, measure: str, minimum: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    from analyzer.cohort import compare

    found = compare(frame, measure, by, minimum_calls=minimum)
    centre, known = found.funnel.centre, found.funnel.limits[-1]
    of_one = [(side - centre) * sqrt(known.calls) for side in (known.high_95, known.high_998)]
    rows = []
    for one in found.standings:
        near, far = (half / sqrt(one.calls) for half in of_one)
        away = abs(one.adjusted - centre)
        place = INSIDE if away <= near else BEYOND_95 if away <= far else BEYOND_998
        rows.append([one.name, one.calls, one.adjusted, centre - near, centre + near, place])
    points = pd.DataFrame(rows, columns=["group", "calls", "mean", "low", "high", "place"])
    limits = pd.DataFrame(
        [
            [one.calls, one.low_95, one.high_95, one.low_998, one.high_998, centre]
            for one in found.funnel.limits
        ],
        columns=["calls", "low", "high", "far_low", "far_high", "centre"],
    )
    return points.sort_values(["calls", "group"], ascending=[False, True], ignore_index=True), (
        limits
    )
