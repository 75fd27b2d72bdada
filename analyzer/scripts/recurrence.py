"""How surely a turn is a house script, from recurrence alone: one quick reading, fixed memory.

`discover_scripts` finds the lines themselves and reads the calls five times. To tell only how
surely a turn's words recur, it is enough to count runs of three words: a stretch of a turn whose
runs all recur in many other calls is a line of the house, whatever its exact ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, log

import numpy as np
import numpy.typing as npt

from analyzer.call import Call
from analyzer.scripts.book import fingerprint
from analyzer.scripts.limits import agent_words, parts_of
from analyzer.scripts.probability import line_probability
from analyzer.scripts.sketch import GRAM, CallCounts, Hashes, gram_hashes
from analyzer.scripts.words import Word, company_of

_FEWEST_CALLS = 2
"""Calls of a company from which recurrence can be told."""

# A stretch that recurs is often chance where a line that discovery found is not. Fitted on the
# labelled corpus (is the turn labelled boilerplate or canned?).
_SLOPE = 1.38
_SHIFT = -1.83

_NAMES = frozenset({"{name}", "{company}"})

Judged = list[float | None]
_Said = list[tuple[int, list[list[Word]]]]
_Counts = npt.NDArray[np.int64]


class Recurrence:
    """Counts what agents say in the calls of a batch, and judges turns by it.

    About 50 MB however many calls there are, and some 60 bytes a call, to know which were counted.
    Calls may be judged while others are still being added: they are then judged by those so far.
    """

    def __init__(self) -> None:
        self._counts = CallCounts()
        self._calls: Counter[str] = Counter()
        self._added: set[int] = set()

    @classmethod
    def of(cls, calls: Iterable[Call]) -> Recurrence:
        """Count all of some calls, reading them once."""
        recurrence = cls()
        for call in calls:
            recurrence.add(call)
        return recurrence

    def add(self, call: Call) -> None:
        """Count one call; nothing if it was counted before."""
        self._add(call, _said(call))

    def _add(self, call: Call, said: _Said) -> None:
        key = fingerprint(call)
        if key in self._added:
            return
        self._added.add(key)
        company = company_of(call)
        self._calls[company] += 1
        self._counts.add(
            gram_hashes([word.text for word in part], company)
            for _, parts in said
            for part in parts
        )

    def judge(self, call: Call) -> Judged:
        """For each turn, how surely its words are a house script, the call itself left out.

        None where the turn is not the agent's, and on every turn where no other call of the
        company has been counted.
        """
        return self._judge(call, _said(call))

    def _judge(self, call: Call, said: _Said) -> Judged:
        judged: Judged = [None] * len(call.turns)
        company = company_of(call)
        own = int(fingerprint(call) in self._added)
        others = self._calls[company] - own
        if others + 1 < _FEWEST_CALLS:
            return judged
        for number, parts in said:
            judged[number - 1] = max(
                (self._surest(part, company, own, others) for part in parts), default=0.0
            )
        return judged

    def judge_added(self, calls: Sequence[Call]) -> list[Judged]:
        """Count some calls, then judge each of them: for streams, a group at a time."""
        said = [_said(call) for call in calls]
        for call, parts in zip(calls, said, strict=True):
            self._add(call, parts)
        return [self._judge(call, parts) for call, parts in zip(calls, said, strict=True)]

    def _surest(self, words: list[Word], company: str, own: int, others: int) -> float:
        """The probability of the likeliest stretch of these words."""
        grams: Hashes = gram_hashes([word.text for word in words], company)
        if not len(grams):
            return 0.0
        counts: _Counts = self._counts.of(grams).astype(np.int64) - own
        fixed = np.cumsum([0, *(not word.is_slot for word in words)]).tolist()
        named = np.cumsum([0, *(word.text in _NAMES for word in words)]).tolist()
        surest = 0.0
        seen: set[tuple[int, int]] = set()
        # A line that ten calls say may stand inside a stretch of which each run is said by two.
        for least in _levels(counts):
            for stretch in _stretches(counts >= least):
                if stretch in seen:
                    continue
                seen.add(stretch)
                start, end = stretch[0], min(len(words), stretch[1] + GRAM)
                said, is_named = fixed[end] - fixed[start], named[end] > named[start]
                if said and said + is_named >= GRAM:
                    probability = line_probability(said, is_named, least, others)
                    surest = max(surest, probability)
        return _as_sure_as(surest)


def _said(call: Call) -> _Said:
    """Number and parts of each agent turn."""
    return [(number, parts_of(text, words)) for number, text, words in agent_words(call)]


def _as_sure_as(probability: float) -> float:
    """The probability that it is a script, given that of a known line of these words."""
    if not 0 < probability < 1:
        return probability
    score = _SLOPE * log(probability / (1 - probability)) + _SHIFT
    return 1 / (1 + exp(-score))


def _levels(counts: _Counts) -> list[int]:
    """Numbers of calls to look for stretches at: ... 4, 2, 1, from the most there is."""
    return [1 << step for step in reversed(range(int(counts.max(initial=0)).bit_length()))]


def _stretches(recurring: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last run of each unbroken stretch of runs that recur."""
    padded = np.concatenate([[False], recurring, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]
