"""Empathy over time, where the calls have dates."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import trend, trend_table


def draw(batch: Batch) -> Markup | None:
    """Mean empathy in each period; nothing where fewer than two periods hold calls."""
    table = trend_table(batch.calls)
    if len(table) < 2:
        return None
    return figure(
        partial(trend, batch.calls),
        title="Mean empathy over time",
        says="Each bar is the 95 % interval of its period; calls are counted below.",
        table=table,
        headings=("period from", "empathy", "from", "to", "calls"),
    )


PANEL = Panel("trend", "Over time", draw)
