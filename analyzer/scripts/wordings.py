"""The wordings that may be scripts, and in how many calls each was said, in bounded memory."""

from __future__ import annotations

from collections import defaultdict

from analyzer.call import Call
from analyzer.scripts.book import short_hashes
from analyzer.scripts.grouping import Line
from analyzer.scripts.limits import Limits, length_of, texts_of
from analyzer.scripts.sketch import CallCounts, gram_hashes
from analyzer.scripts.template import pieces_of
from analyzer.scripts.words import Word

_MOST_LINES = 40_000  # wordings kept at a time; the rarest are dropped beyond
_MOST_RUNS = 100_000  # runs of words a book keeps: half a megabyte


class Wordings:
    """Wordings and in how many calls each was said, never more than `_MOST_LINES`."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, tuple[str, ...]], Line] = {}
        self._in_this_call: set[tuple[str, tuple[str, ...]]] = set()
        self.recurring: set[int] = set()

    def note_recurring(
        self, words: list[Word], counts: CallCounts, company: str, fewest: int
    ) -> None:
        """Remember the runs of words that recur, as far as there is room."""
        if len(self.recurring) < _MOST_RUNS:
            hashes = gram_hashes(texts_of(words), company)
            self.recurring.update(short_hashes(hashes[counts.of(hashes) >= fewest]).tolist())

    def start(self, call: Call) -> None:
        """What follows is said in another call."""
        self._in_this_call.clear()
        if len(self._lines) > _MOST_LINES:
            kept = sorted(self._lines.items(), key=lambda item: -item[1].calls)
            self._lines = dict(kept[: _MOST_LINES // 2])

    def add(self, company: str, words: list[Word], text: str, limits: Limits) -> None:
        """Count a wording once a call."""
        if length_of(texts_of(words)) < limits.words:
            return
        key = (company, texts_of(words))
        if key in self._in_this_call:
            return
        self._in_this_call.add(key)
        if line := self._lines.get(key):
            line.calls += 1
        else:
            self._lines[key] = Line(key[1], pieces_of(text, words))

    def by_company(self) -> dict[str, list[Line]]:
        """The wordings of each company."""
        houses: dict[str, list[Line]] = defaultdict(list)
        for (company, _), line in self._lines.items():
            houses[company].append(line)
        return houses
