"""How often each point of the house's standards is met."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish
from analyzer.standards import HouseSummary

_WIDEST_LETTER = 7.5  # pixels


def standards_met_table(summary: HouseSummary) -> pd.DataFrame:
    """For each point: standard, point, critical, met, calls, share, low, high (percent)."""
    rows = [
        [
            point.standard,
            point.name,
            point.critical,
            point.met.met,
            point.met.calls,
            100 * point.met.share if point.met.share is not None else float("nan"),
            100 * point.met.low,
            100 * point.met.high,
        ]
        for point in summary.points
    ]
    columns = ["standard", "point", "critical", "met", "calls", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def standards_met(
    summary: HouseSummary,
    *,
    theme: Theme = LIGHT,
    width: int = 560,
    link: sources.Link | None = None,
) -> Drawing:
    """The share of calls that meet each point, with its 95 % interval, by standard."""
    table = standards_met_table(summary).dropna(subset=["share"])
    table["name"] = [
        f"{name} (critical)" if critical else name
        for name, critical in zip(table["point"], table["critical"], strict=True)
    ]
    table["shown"] = [
        f"{share:.0f} % of {calls:,}"
        for share, calls in zip(table["share"], table["calls"], strict=True)
    ]
    table = sources.with_links(table, link)
    many = table["standard"].nunique() > 1
    beside = min(240, width * 2 // 5)
    # Browsers' own fonts may be wider than the one that the chart is laid out with.
    longest = table["name"].str.len().max() if len(table) else 0
    room = min(beside - 10, _WIDEST_LETTER * longest)
    axis = alt.Axis(labelLimit=beside - 10, minExtent=room)
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=None, title=None, axis=axis))
    layered = (
        base.mark_bar(height=12, color=theme.accent, opacity=0.75).encode(
            x=alt.X("share:Q", title="calls that meet it, % of those asked")
            .scale(domain=[0, 100])
            .axis(values=[0, 20, 40, 60, 80, 100]),
            href="href:N",
        )
        + base.mark_rule(color=theme.ink, strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
        + base.mark_text(align="left", dx=6, color=theme.ink, fontSize=12).encode(
            x="high:Q", text="shown:N"
        )
    ).properties(width=width - beside - 90)
    header = alt.Header(labelOrient="top", labelAnchor="start", labelFontWeight=600)
    row = alt.Row("standard:N", sort=None, title=None, header=header if many else None)
    return finish(layered.facet(row=row, spacing=14).resolve_scale(y="independent"), theme)
