"""Charts of a single call."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analyzer.plots.theme import LIGHT, Drawing, Theme, finish
from analyzer.report import CallReport


def call_sentiment(report: CallReport, *, theme: Theme = LIGHT, width: int = 560) -> Drawing:
    """The customer's sentiment at each of their turns, with the missed opportunities marked."""
    points = pd.DataFrame(
        [
            {"turn": turn.turn, "sentiment": turn.sentiment}
            for turn in report.turns
            if turn.sentiment is not None
        ],
        columns=["turn", "sentiment"],
    )
    missed = pd.DataFrame(
        [
            {"turn": chance.turn, "kind": f"missed: {chance.kind}", "sentiment": 2}
            for chance in report.missed
        ],
        columns=["turn", "kind", "sentiment"],
    )
    y = alt.Y("sentiment:Q", title="sentiment, −2 to 2").scale(domain=[-2, 2]).axis(tickCount=5)
    x = alt.X("turn:Q", title="turn").scale(domain=[1, max(len(report.turns), 2)])
    layered = alt.layer(
        alt.Chart(points)
        .mark_line(color=theme.accent, strokeWidth=2.5, point={"size": 45, "color": theme.accent})
        .encode(x=x, y=y),
        alt.Chart(missed).mark_rule(color=theme.missed, strokeDash=[4, 3]).encode(x="turn:Q"),
        alt.Chart(missed)
        .mark_text(align="right", dx=-5, dy=8, color=theme.missed, fontSize=12)
        .encode(x="turn:Q", y="sentiment:Q", text="kind:N"),
    ).properties(width=width - 60, height=190)
    return finish(layered, theme)


def reasons_table(report: CallReport, score: str = "empathy", *, most: int = 10) -> pd.DataFrame:
    """What moved a score away from the average call's, strongest first.

    Columns: what, points (of 100; of csat, 1 to 5), turns. Parts beyond `most` are summed in the
    last row, so that average and rows add up to the score.
    """
    # The first part is where the average call stands.
    parts = sorted(report.reasons.get(score, [])[1:], key=lambda part: -abs(part.points))
    rows = [
        {
            "what": part.what,
            "points": part.points,
            "turns": ", ".join(str(turn) for turn in part.turns),
        }
        for part in parts[:most]
    ]
    if rest := parts[most:]:
        points = sum(part.points for part in rest)
        rows.append({"what": f"{len(rest)} smaller parts", "points": points, "turns": ""})
    return pd.DataFrame(rows, columns=["what", "points", "turns"])


def reasons(
    report: CallReport,
    score: str = "empathy",
    *,
    most: int = 10,
    theme: Theme = LIGHT,
    width: int = 640,
) -> Drawing:
    """What raised and what lowered a score, in points."""
    table = reasons_table(report, score, most=most)
    table["raises"] = table["points"] >= 0
    digits = 2 if score == "csat" else 1
    table["shown"] = [f"{points:+.{digits}f}" for points in table["points"]]
    order = list(table["what"])
    base = alt.Chart(table).encode(
        y=alt.Y("what:N", sort=order, title=None).axis(labelLimit=280),
        x=alt.X("points:Q", title=f"points of {score}, against the average call"),
    )
    bars = base.mark_bar(height=14).encode(
        color=alt.condition("datum.raises", alt.value(theme.seized), alt.value(theme.missed))
    )
    text = [
        base.transform_filter(f"datum.raises == {str(up).lower()}")
        .mark_text(align="left" if up else "right", dx=4 if up else -4, color=theme.ink)
        .encode(text="shown:N")
        for up in (True, False)
    ]
    layered = alt.layer(bars, *text).properties(width=width - 300, height=24 * max(len(table), 1))
    return finish(layered, theme)
