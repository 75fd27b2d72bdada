"""A batch of reports, seen once: the figures for the overview and the rows for the list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from analyzer import codebook
from analyzer.frames import findings_frame, opportunities_frame
from analyzer.pages.highlights import Highlights, preview
from analyzer.report import CallReport, Opportunity, TurnReport
from analyzer.rubric import Rubric
from analyzer.standards_summary import MINIMUM_CALLS, HouseSummary, HouseTally

if TYPE_CHECKING:
    from analyzer.pages.house_lines import HouseLines
    from analyzer.scripts import ScriptBook

FACETS: tuple[str, ...] = ("agent", "team", "company", "channel")
"""Metadata by which the list can be filtered."""

_ARRIVAL_TURNS = 2
_NO_WORDS = {"quote": "", "why": ""}
_OUTCOME_BITS = {name: number for number, name in enumerate(codebook.OUTCOMES)}


class Batch:
    """What the panels draw from. Filled by :meth:`take`, which hands every report on.

    Args:
        standards: What the calls are held to, if anything.
        scripts: The house's lines; by default those that recur within the batch.
        minimum_calls: Calls below which no agent or team is named.

    Attributes:
        calls: The frame of calls.
        findings: The frame of findings, without their words.
        opportunities: The frame of opportunities, without their words.
        sentiments: Of the frame of turns: call, position and sentiment of customer turns.
        highlights: The calls worth a listen, and the best ones.
        has_text: Whether any report holds the words of its turns.
        minimum_calls: Calls below which no agent or team is named.
    """

    def __init__(
        self,
        standards: Rubric | None = None,
        scripts: ScriptBook | None = None,
        minimum_calls: int = MINIMUM_CALLS,
    ) -> None:
        from analyzer.pages.house_lines import TalkSample

        self.minimum_calls = minimum_calls
        self._tally = HouseTally(standards, minimum_calls) if standards else None
        self._scripts = scripts
        self._talk = TalkSample()
        self._bare: list[CallReport] = []
        self._sentiments: list[tuple[str, float, float]] = []
        self._previews: list[str] = []
        self._listen: list[float] = []
        self.highlights = Highlights()
        self.has_text = False

    def take(self, reports: Iterable[CallReport]) -> Iterator[CallReport]:
        """Pass the reports on, remembering of each only what the overview needs."""
        for report in reports:
            self._listen.append(self.highlights.add(report))
            self._previews.append(preview(report))
            self._sentiments += _sentiments(report)
            self.has_text = self.has_text or any(turn.text is not None for turn in report.turns)
            self._talk.add(report)
            if self._tally is not None:
                self._tally.add(report)
            self._bare.append(_without_words(report))
            yield report

    def __len__(self) -> int:
        return len(self._bare)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """The frame of calls, with how the customers arrived."""
        from analyzer.cohort import cohort_frame

        return cohort_frame(self._bare)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The frame of findings, without their words."""
        return findings_frame(self._bare)

    @cached_property
    def opportunities(self) -> pd.DataFrame:
        """The frame of opportunities, without their words."""
        return opportunities_frame(self._bare)

    @cached_property
    def sentiments(self) -> pd.DataFrame:
        """Call, position (0 to 1) and sentiment of every customer turn."""
        return pd.DataFrame(self._sentiments, columns=["call", "position", "sentiment"])

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the calls."""
        return frozenset(report.id for report in self._bare)

    @cached_property
    def standards(self) -> HouseSummary | None:
        """How the calls stand to the house's standards; None where none were given."""
        return None if self._tally is None else self._tally.summary()

    @cached_property
    def lines(self) -> HouseLines | None:
        """The house's lines; None where words were left out or nothing recurs."""
        return self._talk.lines(self._scripts) if self.has_text else None

    def index(self) -> dict[str, Any]:
        """The list of calls, a column an entry, as `static/list-data.js` reads it."""
        bare = self._bare
        return {
            "id": [report.id for report in bare],
            "scores": [
                [round(getattr(report.scores, name), 1) for report in bare]
                for name in codebook.SCORE_NAMES
            ],
            "interval": [_rounded(report.intervals.get("empathy")) for report in bare],
            "outcome": [codebook.RESOLUTIONS.index(report.outcome) for report in bare],
            "start": [report.sentiment.start for report in bare],
            "end": [report.sentiment.end for report in bare],
            "flags": [_flag_bits(report) for report in bare],
            "chances": [_chance_bits(report.opportunities) for report in bare],
            "missed": [len(report.missed) for report in bare],
            "harmful": [
                sum(flag.label in codebook.HARMFUL for flag in report.flags) for report in bare
            ],
            "turns": self.calls["turns"].tolist(),
            "began": _seconds(self.calls),
            "listen": [round(weight, 2) for weight in self._listen],
            "preview": self._previews,
            "facets": {name: facet for name in FACETS if (facet := self._facet(name))},
        }

    def _facet(self, name: str) -> dict[str, Any] | None:
        values = [report.metadata.get(name) for report in self._bare]
        known = sorted({str(value) for value in values if value is not None}, key=str.casefold)
        if not known:
            return None
        place = {value: number for number, value in enumerate(known)}
        return {
            "values": known,
            "of": [-1 if value is None else place[str(value)] for value in values],
        }


def _without_words(report: CallReport) -> CallReport:
    """The report with every transcript word, turn and reason left out."""
    return report.model_copy(
        update={
            "flags": [flag.model_copy(update=_NO_WORDS) for flag in report.flags],
            "cues": [one.model_copy(update=_NO_WORDS) for one in report.cues],
            "care": [one.model_copy(update=_NO_WORDS) for one in report.care],
            "opportunities": [
                one.model_copy(update={"quote": "", "suggestion": "", "outcome_probabilities": {}})
                for one in report.opportunities
            ],
            "turns": _bare_turns(report),
            "reasons": {},
        }
    )


def _bare_turns(report: CallReport) -> list[TurnReport]:
    """Who spoke when; labels only where the customer tells how they arrived."""
    told = 0
    turns = []
    for turn in report.turns:
        told += turn.speaker == "customer"
        if turn.speaker == "customer" and told <= _ARRIVAL_TURNS:
            turns.append(turn.model_copy(update={"text": None}))
        else:
            turns.append(_BARE_TURNS[turn.speaker])
    return turns


_BARE_TURNS = {
    speaker: TurnReport(turn=1, speaker=speaker) for speaker in ("agent", "customer", "other")
}


def _sentiments(report: CallReport) -> list[tuple[str, float, float]]:
    last = max(len(report.turns) - 1, 1)
    return [
        (report.id, (turn.turn - 1) / last, turn.sentiment)
        for turn in report.turns
        if turn.sentiment is not None
    ]


def _flag_bits(report: CallReport) -> int:
    found = {flag.label for flag in report.flags}
    return sum(1 << place for place, name in enumerate(codebook.FLAG_NAMES) if name in found)


def _chance_bits(chances: Iterable[Opportunity]) -> int:
    """One bit a kind and outcome: bit 3 * kind + outcome."""
    bits = 0
    for chance in chances:
        kind = codebook.KIND_NAMES.index(chance.kind)
        bits |= 1 << (3 * kind + _OUTCOME_BITS[chance.outcome])
    return bits


def _rounded(bounds: tuple[float, float] | None) -> list[float] | int:
    return 0 if bounds is None else [round(bounds[0], 1), round(bounds[1], 1)]


def _seconds(calls: pd.DataFrame) -> list[int | None]:
    if "started_at" not in calls:
        return [None] * len(calls)
    return [None if pd.isna(when) else int(when.timestamp()) for when in calls["started_at"]]
