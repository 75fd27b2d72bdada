"""Charts as SVG, drawn on this machine: no browser, no network."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from analyzer.errors import OutputError
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
    try:
        target.write_text(svg(chart), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"the chart cannot be written ({error.strerror}).",
            source=str(target),
            remedy="Choose a folder that exists and can be written to.",
        ) from error
    return target


def show_as_svg() -> None:
    """Let notebooks show charts as still images, which need no scripts from the network."""
    alt.renderers.enable("svg")
