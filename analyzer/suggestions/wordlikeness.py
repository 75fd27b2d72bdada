"""How alike two texts are by their words, rare ones counting most (TF-IDF), in microseconds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log, sqrt

_WORD = re.compile(r"(?<!\[)\b[^\W\d_]{2,}(?:['’][^\W\d_]+)?\b")


@dataclass(frozen=True, slots=True)
class WordVector:
    """The weighed words of a text, of unit length."""

    weights: dict[str, float]

    def likeness(self, other: WordVector) -> float:
        """Cosine: 0 where no word is shared, 1 for the same words."""
        few, many = sorted((self.weights, other.weights), key=len)
        return sum(weight * many[word] for word, weight in few.items() if word in many)


class WordLikeness:
    """Weighs words by how few texts say them.

    Args:
        texts: All that was said.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        said = [set(_words(text)) for text in texts]
        self._texts = len(said)
        self._said = Counter(word for words in said for word in words)

    def of(self, text: str) -> WordVector:
        """The vector of a text."""
        weights = {
            word: (1 + log(times)) * log((1 + self._texts) / (1 + self._said[word]))
            for word, times in Counter(_words(text)).items()
        }
        length = sqrt(sum(weight * weight for weight in weights.values()))
        return WordVector({word: weight / length for word, weight in weights.items() if length})


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
