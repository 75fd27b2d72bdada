"""Where service hurts, in one sentence and six figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analyzer import uncertainty
from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.figure import unbroken
from analyzer.pages.panels.panel import Panel
from analyzer.plots import language_shares_table, opportunity_outcomes_table
from analyzer.plots.sentiment import mood


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its unit, its interval in words, and the calls behind it."""

    name: str
    value: str
    unit: str
    spread: str
    link: str


def draw(batch: Batch) -> Markup:
    """The sentence and the figures."""
    return Markup(
        assets.render(
            "headline.html", sentence=unbroken(sentence(batch)), figures=list(_figures(batch))
        )
    )


def sentence(batch: Batch) -> str:
    """What hurts most, in plain words."""
    chances = batch.opportunities
    if chances.empty:
        return "No customer called for more than the transaction in these calls."
    missed = int((chances["outcome"] == "missed").sum())
    total = len(chances)
    text = (
        f"Of {total:,} {'chance' if total == 1 else 'chances'} to turn a call round, "
        f"{missed:,} {'was' if missed == 1 else 'were'} missed ({100 * missed / total:.0f} %)"
    )
    table = opportunity_outcomes_table(chances)
    often = table[table["opportunities"] >= max(5, total // 50)]
    if missed and not often.empty:
        worst: Any = often.nlargest(1, "share").iloc[0]
        text += (
            f"; most often where the customer {_OPENS[worst['kind']]} "
            f"({worst['missed']} of {worst['opportunities']})"
        )
    return text + "."


def _figures(batch: Batch) -> list[Figure]:
    calls = batch.calls
    n = len(calls)
    empathy = uncertainty.mean(calls["empathy"].tolist(), 0, 100)
    shares: Any = language_shares_table(batch.findings, n).query("label == 'any'")
    resolved = uncertainty.share(int((calls["outcome"] == "resolved").sum()), n)
    upset = calls[calls["sentiment_start"].fillna(0).map(mood) == "upset"]
    turned = uncertainty.share(
        int((upset["sentiment_end"].fillna(0).map(mood) == "content").sum()), len(upset)
    )
    figures = [
        Figure("calls scored", f"{n:,}", "", "", "#calls"),
        Figure(
            "mean empathy",
            _number(empathy.estimate),
            "of 100",
            f"{empathy.low:.0f} to {empathy.high:.0f}",
            "#calls&sort=empathy",
        ),
        *(
            _share_figure(
                f"with {row.family} language",
                row.share,
                row.low,
                row.high,
                f"#calls&flag={row.family}",
            )
            for row in shares.itertuples(index=False)
        ),
        _share_figure(
            "resolved",
            100 * resolved.estimate,
            100 * resolved.low,
            100 * resolved.high,
            "#calls&outcome=resolved",
        ),
    ]
    if turned.n:
        figures.append(
            _share_figure(
                f"of {turned.n:,} upset customers left content",
                100 * turned.estimate,
                100 * turned.low,
                100 * turned.high,
                "#calls&start=upset&end=content",
            )
        )
    return figures


def _share_figure(name: str, share: float, low: float, high: float, link: str) -> Figure:
    return Figure(name, _number(share), "%", f"{low:.0f} to {high:.0f} %", link)


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.0f}"


_OPENS = {
    "emotion": "showed frustration or distress",
    "hardship": "disclosed a hardship",
    "failure": "reported a failure of the company",
    "effort": "complained of transfers and hoops",
    "churn": "threatened to leave or escalate",
    "loyalty": "mentioned their history with the company",
    "delight": "was pleased",
}

PANEL = Panel("headline", "", draw, wide=True)
