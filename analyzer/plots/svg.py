"""Charts as SVG, drawn on this machine: no browser, no network."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from analyzer.files import write_text
from analyzer.plots.theme import Drawing


def svg(chart: Drawing) -> str:
    """The chart as the text of an SVG image."""
    drawn: str = vl_convert.vegalite_to_svg(chart.to_json(validate=False))
    return drawn


def save_svg(chart: Drawing, path: str | Path) -> Path:
    """Write the chart as an SVG image.

    Raises:
        OutputError: If the file cannot be written.
    """
    target = Path(path)
    write_text(target, svg(chart), what="the chart")
    return target


def show_as_svg() -> None:
    """Let notebooks show charts as still images, which need no scripts from the network."""
    alt.renderers.enable("svg")
