"""What probabilities promise, and what comes true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import altair as alt
import pandas as pd

from analyzer.plots.theme import LIGHT, Drawing, Theme, finish


class Band(Protocol):
    """Probabilities of one band: their mean, what share came true, and how many there are."""

    @property
    def promised(self) -> float:
        """Mean of the probabilities, 0 to 1."""
        ...

    @property
    def came_true(self) -> float:
        """Share of them that came true, 0 to 1."""
        ...

    @property
    def count(self) -> int:
        """How many there are."""
        ...


def reliability_table(bands: Mapping[str, Sequence[Band]]) -> pd.DataFrame:
    """A row a band. Columns: labels, promised, came_true (percent), turns."""
    return pd.DataFrame(
        [
            {
                "labels": labels,
                "promised": 100 * band.promised,
                "came_true": 100 * band.came_true,
                "turns": band.count,
            }
            for labels, some in bands.items()
            for band in some
        ]
    )


def reliability_diagram(
    bands: Mapping[str, Sequence[Band]], *, theme: Theme = LIGHT, width: int = 320
) -> Drawing:
    """For each group of labels a line that lies on the diagonal where probabilities are true."""
    table = reliability_table(bands)
    scale = alt.Scale(domain=[0, 100])
    diagonal = (
        alt.Chart(pd.DataFrame({"promised": [0, 100], "came_true": [0, 100]}))
        .mark_line(color=theme.muted, strokeDash=[3, 3])
        .encode(x=alt.X("promised:Q").scale(scale), y=alt.Y("came_true:Q").scale(scale))
    )
    names = list(bands)
    colours = [theme.accent, theme.seized, theme.dismissive][: len(names)]
    lines = (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=40, filled=True))
        .encode(
            x=alt.X("promised:Q", title="promised probability, %").scale(scale),
            y=alt.Y("came_true:Q", title="turns that carry the label, %").scale(scale),
            color=alt.Color("labels:N", title=None, sort=names).scale(domain=names, range=colours),
            shape=alt.Shape("labels:N", title=None, sort=names),
        )
    )
    return finish((diagonal + lines).properties(width=width, height=width), theme)
