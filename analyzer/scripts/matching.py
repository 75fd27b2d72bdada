"""Finds known scripts in what an agent said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from analyzer.call import Call
from analyzer.scripts.probability import recurrence_probability
from analyzer.scripts.words import House, Word, is_punctuated, read_words, split_sentences

if TYPE_CHECKING:
    from analyzer.scripts.book import Script, ScriptBook

ALIKE = 0.8
"""Share of a script's fixed words that must be there, in order, for a text to say it."""

_FEWEST_SHARED = 0.4  # of a script's word pairs, before it is compared word by word
_SLOT_WIDTH = 2  # extra words that a slot may hold
_SHORT = 4  # scripts of fewer fixed words are found only as a whole sentence or turn

_Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """A script found in a text, at the characters `start` to `end`."""

    script: Script
    start: int
    end: int
    likeness: float
    probability: float


@dataclass(frozen=True, slots=True)
class _Hit:
    number: int
    first: int
    last: int
    likeness: float


class ScriptIndex:
    """Scripts by the pairs of words they hold, for each company."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self._scripts = scripts
        self._fixed = [[word for word in script.words if word[0] != "{"] for script in scripts]
        self._pairs = [_pairs(script.words) for script in scripts]
        self._needed = [max(1, ceil(_FEWEST_SHARED * len(pairs))) for pairs in self._pairs]
        self._whole: dict[tuple[str, ...], int] = {}
        self._by_pair: dict[str, dict[_Pair, list[int]]] = defaultdict(dict)
        common = Counter(pair for pairs in self._pairs for pair in pairs)
        for number, script in enumerate(scripts):
            self._whole.setdefault((script.company, *script.words), number)
            # Who shares `needed` pairs with a script shares one of its rarest pairs, all but
            # `needed - 1` of them: the others need not be looked up.
            rarest = sorted(self._pairs[number], key=lambda pair: (common[pair], pair))
            for pair in rarest[: len(rarest) - self._needed[number] + 1]:
                self._by_pair[script.company].setdefault(pair, []).append(number)

    def find(
        self, text: str, words: list[Word], company: str, *, overlapping: bool = False
    ) -> list[tuple[Script, _Hit]]:
        """The scripts said in a text, in order; of overlapping ones the longest alone, or all."""
        parts = split_sentences(text, words) if is_punctuated(text) else [words]
        hits: list[_Hit] = []
        offset = 0
        for part in parts:
            hits += [
                _Hit(hit.number, hit.first + offset, hit.last + offset, hit.likeness)
                for hit in self._find_in([word.text for word in part], company, overlapping)
            ]
            offset += len(part)
        return [(self._scripts[hit.number], hit) for hit in hits]

    def _find_in(self, words: list[str], company: str, overlapping: bool) -> list[_Hit]:
        exact = self._whole.get((company, *words))
        if exact is not None:
            return [_Hit(exact, 0, len(words) - 1, 1.0)]
        hits = [
            hit
            for number in self._candidates(words, company)
            if (hit := self._compare(number, words)) is not None
        ]
        if overlapping:
            return hits
        hits.sort(key=lambda hit: (-len(self._fixed[hit.number]) * hit.likeness**2, hit.number))
        free = [True] * len(words)
        kept = []
        for hit in hits:
            if all(free[hit.first : hit.last + 1]):
                free[hit.first : hit.last + 1] = [False] * (hit.last + 1 - hit.first)
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.first)

    def _candidates(self, words: list[str], company: str) -> list[int]:
        index = self._by_pair.get(company)
        if not index:
            return []
        pairs = _pairs(words)
        found = {number for pair in pairs for number in index.get(pair, ())}
        return sorted(
            number for number in found if len(self._pairs[number] & pairs) >= self._needed[number]
        )

    def _compare(self, number: int, words: list[str]) -> _Hit | None:
        script = self._scripts[number].words
        fixed = self._fixed[number]
        if len(fixed) < _SHORT:
            return self._compare_whole(number, words)
        first, last = _window(script, words)
        window = words[first : last + 1]
        likeness = _likeness(fixed, len(script) - len(fixed), window)
        if likeness < ALIKE:
            return None
        while first < last and words[last] not in script:
            last -= 1
        while first < last and words[first] not in script:
            first += 1
        return _Hit(number, first, last, likeness)

    def _compare_whole(self, number: int, words: list[str]) -> _Hit | None:
        fixed = self._fixed[number]
        slots = len(self._scripts[number].words) - len(fixed)
        said = [word for word in words if word[0] != "{"]
        spare = slots * _SLOT_WIDTH
        if len(said) - spare > len(fixed) or LCSseq.similarity(fixed, said) < len(fixed):
            return None
        return _Hit(number, 0, len(words) - 1, 1.0)


def find_scripts(
    text: str, book: ScriptBook, house: House, *, leave_out: Call | None = None
) -> list[Match]:
    """The scripts of `house.company` said in a text, with how surely each is a script.

    Args:
        text: What an agent said.
        book: The scripts.
        house: The company whose scripts are looked for, and the agent's name (a slot).
        leave_out: The call the text stands in. Where the book was learnt from it, its own
            saying of the line does not count.
    """
    words = read_words(text, house)
    size = book.companies.get(house.company)
    own = int(leave_out is not None and book.was_learnt_from(leave_out))
    others = max(0, (size.calls if size else 0) - own)
    return [
        Match(
            script,
            words[hit.first].start,
            words[hit.last].end,
            hit.likeness,
            recurrence_probability(script, script.calls - own, others, hit.likeness),
        )
        for script, hit in book.index.find(text, words, house.company)
    ]


def _pairs(words: Sequence[str]) -> set[_Pair]:
    """Neighbouring words; with slots only where there is nothing else to find it by."""
    pairs = set(pairwise(words))
    return {pair for pair in pairs if pair[0][0] != "{" and pair[1][0] != "{"} or pairs


def _window(script: Sequence[str], words: list[str]) -> tuple[int, int]:
    if len(words) <= len(script):
        return 0, len(words) - 1
    place = fuzz.partial_ratio_alignment(script, words)
    if place is None:
        return 0, len(words) - 1
    return place.dest_start, max(place.dest_start, place.dest_end - 1)


def _likeness(fixed: list[str], slots: int, window: list[str]) -> float:
    """Fixed words said in order, as a share of the longer of script and window."""
    said = [word for word in window if word[0] != "{"]
    longer = max(len(fixed), len(said) - slots * _SLOT_WIDTH)
    return float(LCSseq.similarity(fixed, said)) / longer if longer else 0.0
