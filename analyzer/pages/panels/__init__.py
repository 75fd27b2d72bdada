"""The panels of the report, one file each.

How to add a panel: write a file beside this one with a function that takes the
:class:`~analyzer.pages.batch.Batch` and gives a piece of HTML, or None where it has nothing to
show, and a `PANEL` that names it; add that to `DEFAULT_PANELS`, or hand it to
`write_report(reports, path, panels=(*DEFAULT_PANELS, mine))`. A panel that needs more than the
batch closes over it:

    def targets(of: dict[str, float]) -> Panel:
        return Panel("targets", "Targets", lambda batch: Markup(render(...)), tab="Targets")

Panels with the same `tab` stand together, in their order; a new name makes a new tab. Charts come
from `analyzer.plots` through :func:`analyzer.pages.figure.figure`. HTML must come from a template
(which escapes) or be marked as safe by hand.
"""

from __future__ import annotations

from analyzer.pages.panels import (
    groups,
    headline,
    highlights,
    house_scripts,
    language,
    opportunities,
    scores,
    sentiment,
    standards,
    trend,
)
from analyzer.pages.panels.panel import Panel

DEFAULT_PANELS: tuple[Panel, ...] = (
    headline.PANEL,
    opportunities.PANEL,
    language.PANEL,
    highlights.LISTEN,
    scores.PANEL,
    sentiment.JOURNEY,
    sentiment.PATH,
    trend.PANEL,
    highlights.LEARN,
    groups.AGENTS,
    groups.TEAMS,
    standards.POINTS,
    standards.MISSES,
    standards.GROUPS,
    house_scripts.SOUR,
    house_scripts.SOOTHE,
    house_scripts.MOST_SAID,
)

__all__ = ["DEFAULT_PANELS", "Panel"]
