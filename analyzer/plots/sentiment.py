"""How customers felt about the service, from the start of the call to its end."""

from __future__ import annotations

from typing import cast

import altair as alt
import numpy as np
import pandas as pd

from analyzer import uncertainty
from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

MOODS: tuple[str, ...] = ("upset", "neutral", "content")
PARTS = 10


def mood(sentiment: float) -> str:
    """A sentiment from -2 to 2 in a word: upset at -0.5 and below, content at 0.5 and above."""
    if sentiment <= -0.5:
        return "upset"
    return "content" if sentiment >= 0.5 else "neutral"


def sentiment_journey_table(source: sources.Source) -> pd.DataFrame:
    """How customers arrived and how they left.

    Columns: start, end (upset, neutral or content), calls, share (percent of all calls where both
    are known). All nine pairs are there.
    """
    frame = sources.calls(source)[["sentiment_start", "sentiment_end"]].dropna()
    pairs = list(
        zip(frame["sentiment_start"].map(mood), frame["sentiment_end"].map(mood), strict=True)
    )
    return pd.DataFrame(
        [
            {
                "start": start,
                "end": end,
                "calls": pairs.count((start, end)),
                "share": 100 * pairs.count((start, end)) / max(len(pairs), 1),
            }
            for start in MOODS
            for end in MOODS
        ]
    )


def sentiment_journey(
    source: sources.Source,
    *,
    theme: Theme = LIGHT,
    width: int = 420,
    link: sources.Link | None = None,
) -> Drawing:
    """Arrived and left: a square of nine fields with the number of calls in each."""
    table = sources.with_links(sentiment_journey_table(source), link)
    table["shown"] = [f"{n:,}" for n in table["calls"]]
    table["percent"] = [f"{share:.0f} %" for share in table["share"]]
    top = max(float(table["share"].max()), 1e-9)
    table["weight"] = 0.08 + 0.92 * table["share"] / top
    base = alt.Chart(table).encode(
        x=alt.X("end:N", sort=MOODS, title="how the customer left").axis(
            labelAngle=0, ticks=False, orient="top"
        ),
        y=alt.Y("start:N", sort=MOODS, title="how the customer arrived").axis(ticks=False),
    )
    fields = base.mark_rect(
        color=theme.accent_soft, cornerRadius=4, stroke=theme.surface, strokeWidth=3
    ).encode(opacity=alt.Opacity("weight:Q", scale=None, legend=None), href="href:N")
    counts = base.mark_text(fontSize=17, fontWeight=600, dy=-7, color=theme.ink).encode(
        text="shown:N"
    )
    shares = base.mark_text(fontSize=12, dy=12, color=theme.ink).encode(text="percent:N")
    layered = (fields + counts + shares).properties(width=width - 90, height=260)
    return finish(layered, theme)


def sentiment_path_table(turns: sources.Source, by: pd.Series | None = None) -> pd.DataFrame:
    """The customers' mean sentiment in each tenth of the call.

    Args:
        turns: Reports, or the frame of turns.
        by: A group for each call, indexed by the call's id; one line a group.

    Columns: group, part (percent of the call, middle of the tenth), sentiment, low, high, calls.
    """
    frame = sources.turns(turns)[["call", "position", "sentiment"]].dropna(subset=["sentiment"])
    part = np.minimum((frame["position"].to_numpy() * PARTS).astype(int), PARTS - 1)
    group = "all calls" if by is None else frame["call"].map(by).astype("string")
    frame = frame.assign(part=(part + 0.5) * 100 / PARTS, group=group)
    rows = []
    a_call = frame.groupby(["group", "part", "call"], sort=True)["sentiment"].mean()
    for key, values in a_call.groupby(level=["group", "part"], sort=True):
        name, middle = cast("tuple[str, float]", key)
        found = uncertainty.mean(values.tolist(), -2, 2)
        rows.append(
            {
                "group": name,
                "part": middle,
                "sentiment": found.estimate,
                "low": found.low,
                "high": found.high,
                "calls": found.n,
            }
        )
    return pd.DataFrame(rows, columns=["group", "part", "sentiment", "low", "high", "calls"])


def sentiment_path(
    turns: sources.Source,
    by: pd.Series | None = None,
    *,
    theme: Theme = LIGHT,
    width: int = 420,
) -> Drawing:
    """The mean sentiment from the first turn to the last, with a band for its 95 % interval."""
    table = sentiment_path_table(turns, by)
    groups = sorted(table["group"].unique())
    shown = "sentiment, −2 to 2"
    base = alt.Chart(table).encode(
        x=alt.X("part:Q", title="part of the call, %")
        .scale(domain=[0, 100])
        .axis(values=[0, 20, 40, 60, 80, 100]),
        color=alt.Color("group:N", title=None)
        .scale(domain=groups, range=[theme.accent, theme.missed, theme.partial, theme.seized])
        .legend(None if len(groups) < 2 else alt.Legend(orient="top")),
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color=theme.muted, strokeDash=[2, 3])
    layered = alt.layer(
        zero.encode(y="y:Q"),
        base.mark_area(opacity=0.16).encode(
            y=alt.Y("low:Q", title=shown).scale(domain=[-2, 2]), y2="high:Q"
        ),
        base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=30)).encode(y="sentiment:Q"),
    ).properties(width=width - 60, height=210)
    return finish(layered, theme)
