"""How a score moves over days, weeks or months."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analyzer import codebook, uncertainty
from analyzer.plots import sources
from analyzer.plots.groups import scale_of
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

_PERIODS = (("D", 21), ("W-MON", 7 * 60), ("MS", 10**9))
"""Pandas' name of each period, and up to how many days of data it is used."""


_MOST_TICKS = 7


def period_of(days: float) -> str:
    """Days up to three weeks of data, weeks up to about a year, months beyond."""
    return next(name for name, most in _PERIODS if days <= most)


def trend_table(
    source: sources.Source, measure: str = "empathy", *, start: str = "started_at"
) -> pd.DataFrame:
    """The mean of a score in each period that holds calls.

    Args:
        source: Reports, or the frame of calls.
        measure: A numeric column of the frame of calls.
        start: The column that says when the call started.

    Columns: period (its first day, UTC), estimate, low, high, calls. Empty where no call has a
    date.
    """
    frame = sources.calls(source)
    columns = ["period", "estimate", "low", "high", "calls"]
    if start not in frame or frame[start].notna().sum() == 0:
        return pd.DataFrame(columns=columns)
    dated = frame.loc[frame[start].notna(), [start, measure]]
    when = dated[start].dt.tz_localize(None) if dated[start].dt.tz is not None else dated[start]
    span = (when.max() - when.min()).total_seconds() / 86400
    low, high = scale_of(measure, frame.dropna(subset=[measure]))
    grouper = pd.Grouper(freq=period_of(span), label="left", closed="left")
    rows = []
    for period, values in dated.set_index(when)[measure].groupby(grouper):
        if len(values):
            found = uncertainty.mean(values.tolist(), low, high)
            rows.append([period, *found])
    return pd.DataFrame(rows, columns=columns)


def _ticks(table: pd.DataFrame) -> list[alt.DateTime]:
    """The first days of a few periods, evenly apart, so that ticks and points agree."""
    step = max(1, -(-len(table) // _MOST_TICKS))
    return [
        alt.DateTime(year=day.year, month=day.month, date=day.day)
        for day in table["period"].iloc[::step]
    ]


def _titled(measure: str) -> str:
    """The measure and, of a score, its unit."""
    if measure == "csat":
        return "csat, 1 to 5"
    return f"{measure}, points of 100" if measure in codebook.SCORE_NAMES else measure


def trend(
    source: sources.Source,
    measure: str = "empathy",
    *,
    theme: Theme = LIGHT,
    width: int = 560,
) -> Drawing:
    """The score over time with its 95 % interval, and the number of calls below."""
    frame = sources.calls(source)
    table = trend_table(frame, measure)
    table["period"] = pd.to_datetime(table["period"])
    low, high = scale_of(measure, frame.dropna(subset=[measure]))
    axis = alt.Axis(labelOverlap="greedy", labelSeparation=12, format="%d %b", values=_ticks(table))
    x = alt.X("period:T", title=None, axis=axis)
    base = alt.Chart(table).encode(x=x)
    lines = alt.layer(
        base.mark_rule(strokeWidth=4, opacity=0.3, color=theme.accent).encode(
            y=alt.Y("low:Q", title=_titled(measure)).scale(domain=[low, high]), y2="high:Q"
        ),
        base.mark_line(
            strokeWidth=2, color=theme.accent, point=alt.OverlayMarkDef(size=45, color=theme.accent)
        ).encode(y="estimate:Q"),
    ).properties(width=width - 70, height=190)
    calls = (
        base.mark_bar(color=theme.muted, opacity=0.55, width={"band": 0.6})
        .encode(
            x=alt.X("period:T", title="period starting", axis=axis),
            y=alt.Y("calls:Q", title="calls").axis(tickCount=2, format="d"),
        )
        .properties(width=width - 70, height=44)
    )
    return finish(alt.vconcat(lines, calls, spacing=8).resolve_scale(x="shared"), theme)
