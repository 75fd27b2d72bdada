"""Colours and type of every chart, for light, dark, and pages that switch between the two."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import altair as alt

Drawing = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart
"""What every chart function gives: an Altair chart of one of these kinds."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours a chart draws with: CSS colours, or CSS variables of the page around it."""

    ink: str
    muted: str
    grid: str
    surface: str
    accent: str
    accent_soft: str
    scripted: str
    uncaring: str
    dismissive: str
    missed: str
    partial: str
    seized: str


LIGHT = Theme(
    ink="#1c2330",
    muted="#596273",
    grid="#e4e5ea",
    surface="#ffffff",
    accent="#3f4fb8",
    accent_soft="#c3c9f0",
    scripted="#8a5a00",
    uncaring="#8a3ea8",
    dismissive="#b42318",
    missed="#a8392b",
    partial="#e0ac4e",
    seized="#7fbfa5",
)
DARK = Theme(
    ink="#e8eaf0",
    muted="#a4acbb",
    grid="#343b48",
    surface="#1b202a",
    accent="#9aa6ff",
    accent_soft="#3d478c",
    scripted="#e3b04b",
    uncaring="#d09be6",
    dismissive="#ff8a7d",
    missed="#ef7c6c",
    partial="#b98a35",
    seized="#3f7f67",
)
PAGE = Theme(
    **{field.name: f"var(--chart-{field.name.replace('_', '-')})" for field in fields(Theme)}
)


def variables(theme: Theme) -> dict[str, str]:
    """The CSS variables that `PAGE` draws with, in this theme's colours."""
    return {
        f"--chart-{field.name.replace('_', '-')}": getattr(theme, field.name)
        for field in fields(Theme)
    }


def finish(chart: Any, theme: Theme) -> Drawing:
    """The chart with the house type, quiet axes and no frame."""
    axis = alt.AxisConfig(
        labelColor=theme.muted,
        titleColor=theme.muted,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        titlePadding=8,
        gridColor=theme.grid,
        domain=False,
        tickColor=theme.grid,
        labelLimit=200,
    )
    header = alt.HeaderConfig(
        labelColor=theme.ink, labelFontSize=12, labelPadding=6, titleColor=theme.muted
    )
    legend = alt.LegendConfig(
        labelColor=theme.ink,
        titleColor=theme.muted,
        titleFontWeight="normal",
        labelFontSize=12,
        titleFontSize=12,
        orient="top",
        symbolType="square",
        columnPadding=14,
    )
    finished: Drawing = chart.configure(
        aria=False,
        font=FONT,
        background="transparent" if theme is PAGE else theme.surface,
        axis=axis,
        header=header,
        legend=legend,
        view=alt.ViewConfig(stroke=None),
        padding={"left": 14, "right": 14, "top": 6, "bottom": 6},
    )
    return finished
