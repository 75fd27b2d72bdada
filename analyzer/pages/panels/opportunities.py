"""Missed recovery opportunities by kind."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import opportunity_outcomes, opportunity_outcomes_table


def draw(batch: Batch) -> Markup | None:
    """What became of each kind of opportunity."""
    if batch.opportunities.empty:
        return None
    return figure(
        partial(
            opportunity_outcomes,
            batch.opportunities,
            link=lambda row: f"#calls&chance={row['kind']}&became={row['outcome']}",
        ),
        title="Opportunities by kind and outcome",
        says="How often each kind opened and what became of it. Choose a bar to see its calls.",
        table=opportunity_outcomes_table(batch.opportunities),
        headings=(
            "kind",
            "opened",
            "missed",
            "partial",
            "seized",
            "missed, %",
            "from, %",
            "to, %",
        ),
    )


PANEL = Panel("opportunities", "Chances to turn a call round", draw)
