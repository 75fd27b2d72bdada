"""What a panel is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from analyzer.pages.batch import Batch

Draw = Callable[[Batch], Markup | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of the report.

    Attributes:
        name: Its anchor in the page: letters and hyphens.
        title: Its heading; empty where the panel brings its own.
        draw: Gives its HTML, or None where the batch has nothing for it.
        tab: The tab it stands in.
        wide: Whether it takes the full width rather than half of it.
    """

    name: str
    title: str
    draw: Draw
    tab: str = "Overview"
    wide: bool = False
