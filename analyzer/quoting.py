"""Which of an answer's sentences to quote: those that another customer could be told as well.

"You weren't going mad. You were right. That's a lot to hear in a toilet cubicle." helps the next
agent with its first two sentences. What belongs to one call alone shows in its words: they are rare
among all that was said, and the other customer did not use them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from analyzer.scripts.words import sentence_spans

MOST_SENTENCES = 3
FEWEST_WORDS, MOST_WORDS = 5, 40
GAP = " … "
"""Between the two halves of an answer, and where sentences are left out."""

_PER_SENTENCE = 0.04  # a longer quote shows more of how it was done
_PER_MASK = 0.12  # each [name] or [number] is a detail of the other call
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MASK = re.compile(r"\[\w+\]")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to quote, and how much they belong to the call they come from: 0..1."""

    words: str
    special: float


class Quoter:
    """Chooses sentences by how rare their words are.

    Args:
        texts: All that was said, to tell rare words from common ones.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        said = [set(_words(text)) for text in texts]
        self._said = Counter(word for words in said for word in words)
        self._texts = max(2, len(said))

    def quote(self, answer: str, told: str) -> Quote:
        """The sentences of an answer that fit best what another customer told.

        Args:
            answer: An agent's words; its halves stand apart by an ellipsis.
            told: What the other customer said.
        """
        known = set(_words(told))
        parts = [self._best_part(part, known) for part in answer.split(GAP)]
        words = GAP.join(part.words for part in parts)
        return Quote(words, sum(part.special for part in parts) / len(parts))

    def _best_part(self, text: str, known: set[str]) -> Quote:
        sentences = [text[start:end].strip() for start, end in sentence_spans(text)]
        runs = [
            run
            for size in range(1, min(MOST_SENTENCES, len(sentences)) + 1)
            for run in _runs(sentences, size)
            if FEWEST_WORDS <= len(run.split()) <= MOST_WORDS
        ] or [text]
        return min(
            (Quote(run, self._special(run, known)) for run in runs),
            key=lambda quote: quote.special - _PER_SENTENCE * len(sentence_spans(quote.words)),
        )

    def _special(self, text: str, known: set[str]) -> float:
        """Mean rarity of the words, those that the other customer used counted as common."""
        words = _words(_MASK.sub(" ", text))
        rarity = [0.0 if word in known else self._rarity(word) for word in words]
        masks = len(_MASK.findall(text))
        return min(1.0, sum(rarity) / max(1, len(rarity)) + _PER_MASK * masks)

    def _rarity(self, word: str) -> float:
        return 1 - log(1 + self._said[word]) / log(1 + self._texts)


def _runs(sentences: Sequence[str], size: int) -> list[str]:
    return [" ".join(sentences[at : at + size]) for at in range(len(sentences) - size + 1)]


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
