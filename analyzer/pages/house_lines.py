"""The house scripts of a batch: given or found in it, with what customers felt after them.

A page shows lines, not a census: of very many calls, a fair sample is enough to find them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from analyzer.call import Call, Turn
from analyzer.report import CallReport, TurnReport
from analyzer.scripts import Script, ScriptBook, discover_scripts, with_sentiment

SAMPLE_CALLS = 1_000
"""Calls that the lines are looked for in; of more, as many drawn at random."""

FEWEST_CALLS = 3
"""Calls that say a line before it is shown as a habit of the house."""

_KEPT_METADATA = ("company", "agent")


@dataclass(frozen=True, slots=True)
class HouseLines:
    """Lines that agents keep saying.

    Attributes:
        book: The lines, the most said first, with the customers' sentiment after them.
        calls: How many calls sentiment (and, unless the book was given, the lines) come from.
        given: Whether the book was learnt beforehand rather than from this batch.
    """

    book: ScriptBook
    calls: int
    given: bool

    def said_most(self, most: int) -> list[Script]:
        """The lines of most calls."""
        return sorted(self.book.scripts, key=lambda one: -one.calls)[:most]

    def that(self, verdict: str, most: int) -> list[Script]:
        """The lines that clearly soothe, or clearly sour, the strongest first."""
        found = [one for one in self.book.scripts if one.sentiment is not None]
        clear = [one for one in found if one.sentiment and one.sentiment.verdict == verdict]
        return sorted(clear, key=lambda one: -abs(_moved(one)))[:most]


def _moved(script: Script) -> float:
    return script.sentiment.beyond_usual if script.sentiment else 0.0


class TalkSample:
    """Keeps the talk of up to `SAMPLE_CALLS` reports, each as likely as any other to be kept."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, CallReport]] = []
        self._seen = 0
        self._dice = random.Random(1)

    def add(self, report: CallReport) -> None:
        """Look at one more report; reports without their words are passed over."""
        if any(turn.text is None for turn in report.turns):
            return
        place = self._seen
        self._seen += 1
        if place < SAMPLE_CALLS:
            self._kept.append((place, _talk_of(report)))
            return
        at = self._dice.randrange(self._seen)
        if at < SAMPLE_CALLS:
            self._kept[at] = (place, _talk_of(report))

    def lines(self, book: ScriptBook | None = None) -> HouseLines | None:
        """The lines of the book, or else those found in the sample; None where there are none."""
        reports = [report for _, report in sorted(self._kept, key=lambda one: one[0])]
        given = book is not None
        if book is None:
            book = discover_scripts(
                [_call_of(report) for report in reports], minimum_calls=FEWEST_CALLS
            )
        if not book.scripts:
            return None
        return HouseLines(with_sentiment(book, reports), len(reports), given)


def _talk_of(report: CallReport) -> CallReport:
    metadata = {name: report.metadata[name] for name in _KEPT_METADATA if name in report.metadata}
    nothing: dict[str, object] = {"flags": [], "cues": [], "care": [], "opportunities": []}
    turns = [
        TurnReport(turn=turn.turn, speaker=turn.speaker, sentiment=turn.sentiment, text=turn.text)
        for turn in report.turns
    ]
    return report.model_copy(
        update={**nothing, "turns": turns, "metadata": metadata, "reasons": {}, "intervals": {}}
    )


def _call_of(report: CallReport) -> Call:
    turns = [Turn(speaker=turn.speaker, text=turn.text or "") for turn in report.turns]
    return Call(id=report.id, turns=turns, metadata=report.metadata)
