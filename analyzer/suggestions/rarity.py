"""How much an answer belongs to the call it comes from, told by how rare its words are.

"You were right to ring" helps another agent; "that's a lot to hear in a toilet cubicle" does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log

_PER_MASK = 0.1  # each [name] or [number] is a detail of the other call
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MASK = re.compile(r"\[\w+\]")


class Rarity:
    """Knows common words from rare ones.

    Args:
        texts: All that was said.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        said = [set(_words(text)) for text in texts]
        self._said = Counter(word for words in said for word in words)
        self._texts = max(2, len(said))

    def of(self, words: str, told: str = "") -> float:
        """How rare the words are on average, 0..1; those in `told` count as common."""
        known = set(_words(told))
        found = _words(_MASK.sub(" ", words))
        rare = sum(self._rarity(word) for word in found if word not in known)
        masks = len(_MASK.findall(words))
        return min(1.0, rare / max(1, len(found)) + _PER_MASK * masks)

    def _rarity(self, word: str) -> float:
        return 1 - log(1 + self._said[word]) / log(1 + self._texts)


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
