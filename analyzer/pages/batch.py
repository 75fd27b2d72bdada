"""A batch of reports, seen once: the figures for the overview and the rows for the list."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analyzer.frames import findings_frame, metadata_frame, opportunities_frame
from analyzer.pages.highlights import Highlights
from analyzer.pages.index import FACETS, Index
from analyzer.report import CallReport, TurnReport
from analyzer.standards import MINIMUM_CALLS, HouseSummary, HouseTally, Rubric

if TYPE_CHECKING:
    from analyzer.pages.house_lines import HouseLines
    from analyzer.scripts import ScriptBook

_ARRIVAL_TURNS = 2
_PLACES = [
    *("quote", "why", "suggestion", "start_char", "end_char", "start_ms"),
    *("expected", "opened_by", "answered_by"),
]
_MOST_METADATA = 50  # names; each is a column of the frame of calls
_LONGEST_METADATA = 200  # characters
_NO_WORDS = {"quote": "", "why": ""}
_AT_ONCE = 500
"""Reports that are held, without their words, until they become rows of frames."""


class Batch:
    """What the panels draw from. Filled by :meth:`take`, which hands every report on.

    Args:
        standards: What the calls are held to, if anything.
        scripts: The house's lines; by default those that recur within the batch.
        minimum_calls: Calls below which no agent or team is named.

    Attributes:
        calls: The frame of calls.
        findings: The frame of findings, without their words and places.
        opportunities: The frame of opportunities, without their words and places.
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
        self._metadata: list[dict[str, Any]] = []
        self._names = {name: name for name in (*FACETS, "started_at")}  # panels want these
        self._frames: dict[Rows, list[pd.DataFrame]] = {rows: [] for rows in _ROWS}
        self._sentiments = _Sentiments()
        self._index = Index()
        self.highlights = Highlights()
        self.has_text = False

    def take(self, reports: Iterable[CallReport]) -> Iterator[CallReport]:
        """Pass the reports on, remembering of each only what the overview needs."""
        for report in reports:
            self._index.add(report, self.highlights.add(report))
            self._sentiments.add(report)
            self.has_text = self.has_text or any(turn.text is not None for turn in report.turns)
            self._talk.add(report)
            if self._tally is not None:
                self._tally.add(report)
            self._metadata.append(self._columns_of(report.metadata))
            self._bare.append(_without_words(report))
            if len(self._bare) == _AT_ONCE:
                self._make_rows()
            yield report
        self._make_rows()

    def _columns_of(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """What of a call's metadata can be a column: an export may bring anything."""
        kept = {}
        for name, value in metadata.items():
            known = name in self._names or len(self._names) < _MOST_METADATA
            short = isinstance(value, str | int | float) and len(str(value)) <= _LONGEST_METADATA
            if known and short:
                self._names.setdefault(name, name)
                kept[self._names[name]] = value
        return kept

    def __len__(self) -> int:
        return len(self._metadata)

    def _make_rows(self) -> None:
        if self._bare:
            for rows, frames in self._frames.items():
                frames.append(rows(self._bare).drop(columns=_PLACES, errors="ignore"))
            self._bare.clear()

    def _rows(self, rows: Rows) -> pd.DataFrame:
        """All rows of a kind; their parts are let go, so that they are not held twice."""
        frames = self._frames.pop(rows) or [rows([])]
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def calls(self) -> pd.DataFrame:
        """The frame of calls, with how the customers arrived."""
        frame = self._rows(_call_rows)
        told = metadata_frame(self._metadata, taken=set(frame.columns))
        return pd.concat([frame, told], axis=1)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The frame of findings, without their words and places."""
        return self._rows(findings_frame)

    @cached_property
    def opportunities(self) -> pd.DataFrame:
        """The frame of opportunities, without their words and places."""
        return self._rows(opportunities_frame)

    @cached_property
    def sentiments(self) -> pd.DataFrame:
        """Call, position (0 to 1) and sentiment of every customer turn."""
        return self._sentiments.frame()

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the calls."""
        return frozenset(self._index.ids)

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
        return self._index.columns()


def _call_rows(reports: Iterable[CallReport]) -> pd.DataFrame:
    from analyzer.cohort import cohort_frame

    return cohort_frame(reports)


Rows = Callable[[Iterable[CallReport]], pd.DataFrame]
_ROWS: tuple[Rows, ...] = (_call_rows, findings_frame, opportunities_frame)


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
            "metadata": {},
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


class _Sentiments:
    """The sentiment of every customer turn, a column an array: there are very many."""

    def __init__(self) -> None:
        self._calls: list[str] = []
        self._counts = array("I")
        self._positions = array("f")
        self._values = array("f")

    def add(self, report: CallReport) -> None:
        """Add the customer's turns of a call."""
        last = max(len(report.turns) - 1, 1)
        told = [turn for turn in report.turns if turn.sentiment is not None]
        self._calls.append(report.id)
        self._counts.append(len(told))
        self._positions.extend((turn.turn - 1) / last for turn in told)
        self._values.extend(turn.sentiment or 0.0 for turn in told)

    def frame(self) -> pd.DataFrame:
        """Call, position (0 to 1) and sentiment."""
        return pd.DataFrame(
            {
                "call": pd.Series(self._calls, dtype=str).repeat(self._counts.tolist()).array,
                "position": np.asarray(self._positions),
                "sentiment": np.asarray(self._values),
            }
        )
