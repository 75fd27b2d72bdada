"""In how many calls a run of words occurs, counted in a fixed amount of memory.

A count-min sketch: it never counts too few, and too many only where hashes collide. What it lets
through is counted again, exactly, later on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

GRAM = 3
"""Words in a counted run."""

_WIDTH_BITS = 22
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_ROWS = np.array([0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB], dtype=np.uint64)


def gram_hashes(words: Sequence[str], company: str) -> Hashes:
    """A hash for each run of `GRAM` words; one for the whole where there are fewer words."""
    if not words:
        return np.zeros(0, dtype=np.uint64)
    padded = [*words, *[""] * (GRAM - len(words))]
    tokens = np.fromiter((_hash(word) for word in padded), dtype=np.uint64, count=len(padded))
    grams = np.zeros(len(padded) - GRAM + 1, dtype=np.uint64)
    for place, factor in enumerate(_FACTORS):
        grams += tokens[place : place + len(grams)] * factor
    return grams ^ np.uint64(_hash(company) << 16)


class CallCounts:
    """Counts the calls in which each run of words occurs, in about 50 MB however many they are."""

    def __init__(self) -> None:
        self._table = np.zeros((len(_ROWS), 1 << _WIDTH_BITS), dtype=np.uint32)

    def add(self, grams: Iterable[Hashes]) -> None:
        """Count one call's runs, each once."""
        parts = list(grams)
        if not parts:
            return
        unique = np.unique(np.concatenate(parts))
        for row, places in enumerate(self._places(unique)):
            np.add.at(self._table[row], places, 1)

    def of(self, grams: Hashes) -> npt.NDArray[np.uint32]:
        """The number of calls each run occurs in (at least)."""
        counts = [self._table[row][places] for row, places in enumerate(self._places(grams))]
        least: npt.NDArray[np.uint32] = np.minimum.reduce(counts)
        return least

    def _places(self, grams: Hashes) -> list[Hashes]:
        return [(grams * factor) >> np.uint64(64 - _WIDTH_BITS) for factor in _ROWS]


@lru_cache(maxsize=1 << 17)
def _hash(word: str) -> int:
    data = word.encode()
    return (crc32(data) << 32 | crc32(data[::-1], 1)) & 0xFFFFFFFFFFFF
