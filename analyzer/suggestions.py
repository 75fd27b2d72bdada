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

CLOSE_ENOUGH: dict[str, float] = {"effort": -1.0, "loyalty": -1.0, "failure": 0.0}
"""Least likeness from which words are quoted, by kind; below, the plain rule stands alone.

Chosen by reading what is found with the tagger's vectors: who answered lost effort or long loyalty
well mostly shows it to others too, and a failure where the situation is nearer than usual. What
answers a feeling, a hardship, a threat to leave or a delight well is too much of its own call.
"""

_SELDOM = 0.15  # for all other kinds

_NEIGHBOURS = 10
_OF_WORDS = 0.25  # how alike the answer itself is to what the customer said
_OF_SPECIAL = 0.15  # what belongs to the other call alone weighs against quoting it
_OWN_BATCH = 0.05  # how much less alike an answer of the same house may be


class Suggestion(BaseModel):
    """Words that would have served.

    Attributes:
        text: The words, or the plain rule where nothing close was found.
        rule: The codebook's plain rule: what was due.
        source_call: The call they were said in; null for a plain rule.
        source_turn: The turn of that call.
        said_to: What the customer of that call had said.
        similarity: How much nearer the two situations are than neighbours usually are, 0..1.
        bundled: Whether the source is the bundled corpus of invented calls.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    rule: str
    source_call: str | None = None
    source_turn: int | None = None
    said_to: str = ""
    similarity: float = Field(default=0.0, ge=0, le=1)
    bundled: bool = False

    def in_full(self) -> str:
        """The rule and, where there is one, the example with its source."""
        if self.source_call is None:
            return self.rule
        source = "the bundled examples" if self.bundled else "this house"
        return f"{self.rule} As said in {source} (call {self.source_call}): “{self.text}”"


class Suggester:
    """Finds words for missed and half-missed opportunities.

    Args:
        answers: Of the same batch or house (see `analyzer.answers.answers_in`).
        bundled: Answers to fall back on; those of the package by default.
        embed: What turns texts into vectors; weighted words (TF-IDF) by default.
        close_enough: Least likeness from which words are quoted; by kind as `CLOSE_ENOUGH` by
            default.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        bundled: Iterable[Answer] | None = None,
        embed: Embed | None = None,
        close_enough: float | None = None,
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
        rule = _sentence(codebook.KINDS_BY_NAME[chance.kind].due)
        enough = self._close_enough
        if enough is None:
            enough = CLOSE_ENOUGH.get(chance.kind, _SELDOM)
        if found is None or found[1] < enough:
            return Suggestion(text=rule, rule=rule)
        number, likeness = found
        answer = self._answers[number]
        return Suggestion(
            text=answer.words,
            rule=rule,
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
            else chance.model_copy(update={"suggestion": self.suggest(report, chance).in_full()})
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
    """How alike vectors are, beyond what all of them share and beyond how alike each is to any.

    Some texts are near to everything and would be quoted everywhere; each text's likeness to its
    nearest neighbours is therefore taken off (cross-domain similarity local scaling).
    """

    def __init__(self, vectors: npt.NDArray[np.float32]) -> None:
        self._common = vectors.mean(axis=0)
        self._vectors = _unit(vectors - self._common)
        among = self._vectors @ self._vectors.T
        np.fill_diagonal(among, 0.0)
        self._crowd = _of_nearest(among)

    def to(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Likeness to one vector: above 0 where it is nearer than neighbours usually are."""
        cosines = self._vectors @ _unit((vector - self._common)[None, :])[0]
        usual = (self._crowd + _of_nearest(cosines[None, :])) / 2
        return np.asarray(cosines - usual, dtype=np.float32)


def _of_nearest(cosines: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    nearest = np.sort(cosines, axis=1)[:, -_NEIGHBOURS:]
    return np.asarray(nearest.mean(axis=1), dtype=np.float32)


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
