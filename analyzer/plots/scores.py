"""How the scores of the calls are spread."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from analyzer import codebook
from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

BIN = 10
_NAMES = {name: name for name in codebook.SCORE_NAMES} | {"csat": "csat (1–5)"}


def score_distributions_table(source: sources.Source) -> pd.DataFrame:
    """For each score and each tenth of its scale: the number and share of calls in it.

    Columns: score, low, high (ends of the bin, 0 to 100; csat 1 to 5 is stretched over it), calls,
    share (percent), median (of the score, 0 to 100).
    """
    frame = sources.calls(source)
    rows = []
    edges = np.arange(0, 100 + BIN, BIN)
    for name in codebook.SCORE_NAMES:
        values = frame[name].to_numpy(dtype=float)
        values = (values - 1) * 25 if name == "csat" else values
        counts, _ = np.histogram(values, bins=edges)
        median = float(np.median(values)) if len(values) else float("nan")
        rows += [
            {
                "score": _NAMES[name],
                "low": int(low),
                "high": int(low) + BIN,
                "calls": int(count),
                "share": 100 * count / max(len(values), 1),
                "median": median,
            }
            for low, count in zip(edges[:-1], counts, strict=True)
        ]
    return pd.DataFrame(rows)


def score_distributions(
    source: sources.Source,
    *,
    theme: Theme = LIGHT,
    width: int = 480,
    link: sources.Link | None = None,
) -> Drawing:
    """Histograms of all scores above one another, on one axis, with the median of each."""
    table = sources.with_links(score_distributions_table(source), link)
    base = alt.Chart(table)
    bars = base.mark_bar(color=theme.accent, opacity=0.8).encode(
        x=alt.X("low:Q", title="score, points of 100 (csat: 1 to 5 over the same width)").scale(
            domain=[0, 100]
        ),
        x2="high:Q",
        y2=alt.datum(0),
        y=alt.Y("share:Q", title=None).axis(
            orient="right", tickCount=2, grid=False, labelExpr="datum.value + ' %'"
        ),
        href="href:N",
    )
    median = base.mark_rule(color=theme.ink, strokeWidth=2, strokeDash=[3, 2]).encode(
        x=alt.X("mean(median):Q")
    )
    layered = (bars + median).properties(width=width - 130, height=34)
    faceted = layered.facet(
        row=alt.Row("score:N", sort=list(_NAMES.values()), title=None).header(
            labelAngle=0, labelAlign="right", labelOrient="left", labelPadding=14
        ),
        spacing=10,
    )
    return finish(faceted, theme)
