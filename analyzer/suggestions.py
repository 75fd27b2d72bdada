"""What could have been said: words with which other agents seized an opportunity of the same kind.

Words are retrieved, never made up: from calls of the same batch, else from the bundled corpus.
Where no situation is close enough, the codebook's plain rule (what was due) stands instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from sklearn.feature_extraction.text import TfidfVectorizer

from analyzer import codebook
from analyzer.answers import Answer, bundled_answers, names_in
from analyzer.masking import mask
from analyzer.rarity import Rarity
from analyzer.report import CallReport, Opportunity

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts in, one row of unit length each out, such as `analyzer.vectors.SentenceVectors`."""

CLOSE_ENOUGH = 0.5
"""Least similarity from which words are quoted; below, the plain rule stands. Chosen by reading."""

_OF_WORDS = 0.25  # how alike the answer itself is to what the customer said
_OF_SPECIAL = 0.15  # what belongs to the other call alone weighs against quoting it
_OWN_BATCH = 0.05  # how much less alike an answer of the same house may be


class Suggestion(BaseModel):
    """Words that would have served.

    Attributes:
        text: The words, or the plain rule where nothing close was found.
        source_call: The call they were said in; null for a plain rule.
        source_turn: The turn of that call.
        said_to: What the customer of that call had said.
        similarity: How alike the two situations are, 0..1.
        bundled: Whether the source is the bundled corpus of invented calls.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    source_call: str | None = None
    source_turn: int | None = None
    said_to: str = ""
    similarity: float = Field(default=0.0, ge=0, le=1)
    bundled: bool = False


class Suggester:
    """Finds words for missed and half-missed opportunities.

    Args:
        answers: Of the same batch or house (see `analyzer.answers.answers_in`).
        bundled: Answers to fall back on; those of the package by default.
        embed: What turns texts into vectors; weighted words (TF-IDF) by default.
        close_enough: Least similarity from which words are quoted.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        bundled: Iterable[Answer] | None = None,
        embed: Embed | None = None,
        close_enough: float = CLOSE_ENOUGH,
    ) -> None:
        own = list(answers)
        fallback = bundled_answers() if bundled is None else list(bundled)
        self._answers = own + fallback
        self._is_bundled = np.array([False] * len(own) + [True] * len(fallback))
        self._by_kind: dict[str, list[int]] = defaultdict(list)
        for number, answer in enumerate(self._answers):
            self._by_kind[answer.kind].append(number)
        self._close_enough = close_enough
        self._rarity = Rarity(
            text for answer in self._answers for text in (answer.situation, answer.words)
        )
        self._embed = embed or _weighted_words(self._answers)
        if self._answers:
            self._situations = _Likeness(self._embed([one.situation for one in self._answers]))
            self._words = _Likeness(self._embed([one.words for one in self._answers]))

    def suggest(self, report: CallReport, chance: Opportunity) -> Suggestion:
        """Words for an opportunity of a report; never words of the same call.

        Raises:
            UsageError: If the report leaves the turns' text out.
        """
        found = self._closest(report, chance, mask(chance.quote, names_in(report)))
        if found is None or found[1] < self._close_enough:
            kind = codebook.KINDS_BY_NAME[chance.kind]
            return Suggestion(text=_sentence(kind.due))
        number, likeness = found
        answer = self._answers[number]
        return Suggestion(
            text=answer.words,
            source_call=answer.call,
            source_turn=answer.turn,
            said_to=answer.situation,
            similarity=min(1.0, max(0.0, likeness)),
            bundled=bool(self._is_bundled[number]),
        )

    def improve(self, report: CallReport) -> CallReport:
        """The report with a suggestion for each opportunity that was missed or half missed."""
        chances = [
            chance
            if chance.outcome == "seized"
            else chance.model_copy(update={"suggestion": self.suggest(report, chance).text})
            for chance in report.opportunities
        ]
        return report.model_copy(update={"opportunities": chances})

    def _closest(
        self, report: CallReport, chance: Opportunity, situation: str
    ) -> tuple[int, float] | None:
        numbers = np.array(
            [n for n in self._by_kind[chance.kind] if self._answers[n].call != report.id], dtype=int
        )
        if not len(numbers):
            return None
        told = self._embed([situation])[0]
        likeness = (1 - _OF_WORDS) * self._situations.to(told)[numbers]
        likeness += _OF_WORDS * self._words.to(told)[numbers]
        special = [self._rarity.of(self._answers[n].words, situation) for n in numbers]
        worth = likeness - _OF_SPECIAL * np.array(special) + _OWN_BATCH * ~self._is_bundled[numbers]
        best = int(np.argmax(worth))
        return int(numbers[best]), float(likeness[best])


class _Likeness:
    """How alike vectors are, once what all of them share is taken out."""

    def __init__(self, vectors: npt.NDArray[np.float32]) -> None:
        self._common = vectors.mean(axis=0)
        self._vectors = _unit(vectors - self._common)

    def to(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Cosines with one vector."""
        return self._vectors @ _unit((vector - self._common)[None, :])[0]


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def _weighted_words(answers: Sequence[Answer]) -> Embed:
    """TF-IDF of words and word pairs, as the situations of the bank weigh them."""
    texts = [text for answer in answers for text in (answer.situation, answer.words)]
    weigh = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)(?<!\[)\b[^\W\d_]{2,}\b"
    )
    weigh.fit([*texts, "nothing said"])

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors: Any = weigh.transform(texts)
        return np.asarray(vectors.todense(), dtype=np.float32)

    return embed


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
