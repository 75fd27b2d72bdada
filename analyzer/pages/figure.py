"""A chart on a page: drawn for wide and narrow screens, with its numbers as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from analyzer.pages import assets
from analyzer.plots.svg import svg
from analyzer.plots.theme import PAGE, Drawing

Draw = Callable[..., Drawing]
"""A chart function of `analyzer.plots` with its data filled in: takes `theme` and `width`."""

WIDE, NARROW = 560, 324
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_LINK = re.compile(r'<a xlink:href="[^"#]*(#[^"]*)?"[^>]*>')


def figure(
    draw: Draw,
    *,
    title: str,
    says: str,
    table: pd.DataFrame,
    headings: Sequence[str],
    wide: int = WIDE,
) -> Markup:
    """The chart with its caption, and the same numbers as a table one click away.

    Args:
        draw: Draws the chart at a width.
        title: What the chart shows.
        says: One sentence on how to read it, or what it says.
        table: The numbers, one row a mark.
        headings: The table's headings, one a column, units included.
        wide: Width of the chart on a wide screen, in pixels.
    """
    return Markup(
        assets.render(
            "figure.html",
            title=title,
            says=unbroken(says),
            wide=_drawn(draw, wide, title),
            narrow=_drawn(draw, NARROW, title),
            headings=headings,
            rows=[[cell(value) for value in row] for row in table.itertuples(index=False)],
        )
    )


def unbroken(text: str) -> str:
    """The text with each number kept on a line with its per cent sign."""
    return text.replace(" %", "\u00a0%")


def cell(value: Any) -> str:
    """A table cell: numbers rounded for reading, nothing where nothing is known."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _drawn(draw: Draw, width: int, title: str) -> Markup:
    """The chart as an image with a name; marks that lead somewhere say where in `data-go`."""
    text = svg(draw(theme=PAGE, width=width))
    text = _LINK.sub(lambda found: f'<g data-go="{found[1] or ""}">', text).replace("</a>", "</g>")
    text = _ROLES.sub("", text)
    name = Markup.escape(title)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="Chart: {name}" ', 1))
