"""What became of the chances to turn a call round."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analyzer import codebook, uncertainty
from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

_ORDER = ("missed", "partial", "seized")


def opportunity_outcomes_table(source: sources.Source) -> pd.DataFrame:
    """For each kind of opportunity: how many were missed, half-taken and seized.

    Columns: kind, opportunities, missed, partial, seized (counts), share, low, high (percent
    missed, with a Wilson interval). Most missed first; kinds that never opened are left out.
    """
    frame = sources.opportunities(source)
    rows = []
    for kind in codebook.KIND_NAMES:
        outcomes = frame.loc[frame["kind"] == kind, "outcome"]
        counts = {name: int((outcomes == name).sum()) for name in _ORDER}
        total = sum(counts.values())
        if total == 0:
            continue
        estimate = uncertainty.share(counts["missed"], total)
        rows.append(
            {
                "kind": kind,
                "opportunities": total,
                **counts,
                "share": 100 * estimate.estimate,
                "low": 100 * estimate.low,
                "high": 100 * estimate.high,
            }
        )
    columns = ["kind", "opportunities", *_ORDER, "share", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["missed", "opportunities"], ascending=False, ignore_index=True)


def opportunity_outcomes(
    source: sources.Source,
    *,
    theme: Theme = LIGHT,
    width: int = 560,
    link: sources.Link | None = None,
) -> Drawing:
    """Counts of each outcome by kind, and the share missed with its 95 % interval."""
    table = opportunity_outcomes_table(source)
    long = table.melt(["kind"], list(_ORDER), var_name="outcome", value_name="count")
    long["rank"] = long["outcome"].map({name: rank for rank, name in enumerate(_ORDER)})
    long = sources.with_links(long[long["count"] > 0], link)
    order = list(table["kind"])
    beside = width >= 480
    height = 26 * max(len(table), 1)
    y = alt.Y("kind:N", sort=order, title=None)
    base = alt.Chart(long).encode(y=y)
    counts = (
        base.mark_bar(height=16, stroke=theme.surface, strokeWidth=1)
        .encode(
            x=alt.X("count:Q", title="opportunities").axis(tickMinStep=1, format="d", tickCount=5),
            color=alt.Color("outcome:N", title=None)
            .scale(domain=list(_ORDER), range=[theme.missed, theme.partial, theme.seized])
            .legend(orient="top"),
            order="rank:Q",
            href="href:N",
        )
        .properties(width=(width - 90) * 0.5 if beside else width - 90, height=height)
    )
    shares = alt.Chart(table).encode(
        y=alt.Y("kind:N", sort=order, title=None).axis(labels=not beside, ticks=False)
    )
    rule = shares.mark_rule(color=theme.missed, strokeWidth=3, opacity=0.45).encode(
        x=alt.X("low:Q", title="share missed, % (95 % interval)")
        .scale(domain=[0, 100])
        .axis(values=[0, 25, 50, 75, 100] if not beside else [0, 50, 100]),
        x2="high:Q",
    )
    dot = shares.mark_point(filled=True, size=70, color=theme.missed, opacity=1).encode(x="share:Q")
    missed = (rule + dot).properties(
        width=(width - 90) * 0.4 if beside else width - 90, height=height
    )
    both = alt.hconcat(counts, missed, spacing=20) if beside else alt.vconcat(counts, missed)
    return finish(both, theme)
