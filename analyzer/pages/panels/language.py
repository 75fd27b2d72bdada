"""The share of calls with scripted, uncaring and dismissive language."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import language_shares, language_shares_table
from analyzer.plots.language import ANY


def draw(batch: Batch) -> Markup | None:
    """Shares of calls by family and flag."""
    if not len(batch):
        return None
    return figure(
        partial(
            language_shares,
            batch.findings,
            len(batch),
            link=lambda row: f"#calls&flag={row['family' if row['label'] == ANY else 'label']}",
        ),
        title="Calls with scripted, uncaring and dismissive language",
        says="Share of calls with at least one such turn; lines are 95 % intervals. "
        "Routine stock lines are not counted.",
        table=language_shares_table(batch.findings, len(batch)),
        headings=("family", "flag", "calls", "share, %", "from, %", "to, %"),
    )


PANEL = Panel("language", "Language that hurts", draw)
