"""The customers' sentiment from start to end."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import (
    sentiment_journey,
    sentiment_journey_table,
    sentiment_path,
    sentiment_path_table,
)


def draw_journey(batch: Batch) -> Markup | None:
    """Who arrived how, and left how."""
    if batch.sentiments.empty:
        return None
    return figure(
        partial(
            sentiment_journey,
            batch.calls,
            link=lambda row: f"#calls&start={row['start']}&end={row['end']}",
        ),
        title="How customers arrived and how they left",
        says="Number and share of calls. Choose a field to see its calls.",
        table=sentiment_journey_table(batch.calls),
        headings=("arrived", "left", "calls", "share, %"),
    )


def draw_path(batch: Batch) -> Markup | None:
    """The mean sentiment from start to end."""
    if batch.sentiments.empty:
        return None
    return figure(
        partial(sentiment_path, batch.sentiments),
        title="Mean sentiment through the call",
        says="The mean of all calls, with its 95 % interval.",
        table=sentiment_path_table(batch.sentiments),
        headings=("calls of", "part of the call, %", "sentiment", "from", "to", "calls"),
    )


JOURNEY = Panel("journey", "How customers came and went", draw_journey)
PATH = Panel("path", "The mood through the call", draw_path)
