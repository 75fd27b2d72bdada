"""How the scores are spread."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import score_distributions, score_distributions_table


def draw(batch: Batch) -> Markup | None:
    """Histograms of the scores."""
    if not len(batch):
        return None
    table = score_distributions_table(batch.calls)
    return figure(
        partial(
            score_distributions,
            batch.calls,
            link=lambda row: (
                f"#calls&score={str(row['score']).split()[0]}&min={row['low']}&max={row['high']}"
            ),
        ),
        title="Distribution of the scores",
        says="Share of calls in each tenth of the scale; the dashed line is the median.",
        table=table[table["calls"] > 0],
        headings=("score", "from", "to", "calls", "share, %", "median"),
    )


PANEL = Panel("scores", "Scores", draw)
