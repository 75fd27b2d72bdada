"""The calls most worth a listen, and the best ones to learn from, each with its reasons."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer import codebook
from analyzer.report import CallReport, Finding

KEPT = 6
WORTH_A_LISTEN = 2.0
"""Weight below which a call is nothing to worry about, such as one curt word in a good call."""
_QUOTE = 160


@dataclass(frozen=True, slots=True, order=True)
class Highlight:
    """One call, why it stands out, and the sentence that shows it."""

    weight: float
    call: str
    why: str = field(compare=False)
    quote: str = field(compare=False)
    turn: int = field(compare=False)
    agent: str = field(compare=False)
    empathy: float = field(compare=False)


class Highlights:
    """Keeps the few calls that stand out while the batch goes by."""

    def __init__(self) -> None:
        self._listen: list[Highlight] = []
        self._learn: list[Highlight] = []

    def add(self, report: CallReport) -> float:
        """Look at one more call; returns how much it is worth a listen."""
        listen = to_listen(report)
        if listen.why and listen.weight >= WORTH_A_LISTEN:
            _keep(self._listen, listen)
        learn = to_learn(report)
        if learn is not None:
            _keep(self._learn, learn)
        return listen.weight

    @property
    def listen(self) -> list[Highlight]:
        """Most worth a listen first."""
        return sorted(self._listen, reverse=True)

    @property
    def learn(self) -> list[Highlight]:
        """Best first."""
        return sorted(self._learn, reverse=True)


def to_listen(report: CallReport) -> Highlight:
    """How much a call is worth a listen: what went wrong, weighed by how much it hurts."""
    missed = report.missed
    dismissive = [flag for flag in report.flags if flag.family == "dismissive"]
    uncaring = [flag for flag in report.flags if flag.family == "uncaring"]
    drop = max(0.0, -(report.sentiment.trend or 0.0))
    weight = (
        1.0 * len(missed)
        + 0.8 * len(dismissive)
        + 0.3 * len(uncaring)
        + 1.0 * drop
        + (1.0 if report.outcome == "unresolved" else 0.0)
        + (100 - report.scores.empathy) / 50
    )
    why = []
    if missed:
        kinds = ", ".join(dict.fromkeys(chance.kind for chance in missed))
        why.append(f"{_count(len(missed), 'missed chance')} ({kinds})")
    if dismissive:
        why.append(f"dismissive language {_times(len(dismissive))}")
    if uncaring:
        why.append(f"uncaring language {_times(len(uncaring))}")
    if drop >= 1:
        why.append("the customer left worse than they came")
    if why and report.outcome == "unresolved":
        why.append("nothing solved")
    turn, quote = _telling(report, [*dismissive, *uncaring])
    return _highlight(report, weight, why, turn, quote)


def to_learn(report: CallReport) -> Highlight | None:
    """A call in which something hard was done well, or None."""
    seized = [chance for chance in report.opportunities if chance.outcome == "seized"]
    harm = sum(flag.label in codebook.HARMFUL for flag in report.flags)
    if not seized or report.missed or harm or report.scores.empathy < 60:
        return None
    rise = max(0.0, report.sentiment.trend or 0.0)
    weight = len(seized) + rise + report.scores.empathy / 50
    kinds = ", ".join(dict.fromkeys(chance.kind for chance in seized))
    why = [f"{_count(len(seized), 'chance')} seized ({kinds})"]
    if (report.sentiment.start or 0.0) <= -0.5 and (report.sentiment.end or 0.0) >= 0.5:
        why.append("arrived upset and left content")
    elif rise >= 1:
        why.append("the customer left better than they came")
    answers = {chance.by for chance in seized}
    shown = [one for one in report.care if one.turn in answers] or list(report.care)
    best = max(shown, key=lambda one: one.confidence, default=None)
    turn, quote = (seized[0].turn, seized[0].quote) if best is None else (best.turn, best.quote)
    return _highlight(report, weight, why, turn, quote)


def preview(report: CallReport) -> str:
    """The sentence that stands for the call in a list; empty where words were left out."""
    harmful = [flag for flag in report.flags if flag.label in codebook.HARMFUL]
    _, quote = _telling(report, harmful)
    if not quote:
        opening = next((turn for turn in report.turns if turn.speaker == "customer"), None)
        quote = (opening.text or "") if opening else ""
    return shortened(quote, 120)


def shortened(text: str, most: int = _QUOTE) -> str:
    """The text, cut at a word where it is longer than `most` characters."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


def _telling(report: CallReport, flags: Sequence[Finding]) -> tuple[int, str]:
    if flags:
        # A whole sentence tells more than a word or two.
        worst = max(flags, key=lambda flag: (len(flag.quote) >= 20, flag.confidence))
        return worst.turn, worst.quote
    if report.missed:
        return report.missed[0].turn, report.missed[0].quote
    return 1, ""


def _highlight(
    report: CallReport, weight: float, why: list[str], turn: int, quote: str
) -> Highlight:
    return Highlight(
        weight=weight,
        call=report.id,
        why=", ".join(why),
        quote=shortened(quote),
        turn=turn,
        agent=str(report.metadata.get("agent") or ""),
        empathy=report.scores.empathy,
    )


def _keep(heap: list[Highlight], one: Highlight) -> None:
    if len(heap) < KEPT:
        heapq.heappush(heap, one)
    else:
        heapq.heappushpop(heap, one)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")
