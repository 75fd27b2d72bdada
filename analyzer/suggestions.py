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
from analyzer.answers import Answer, before, bundled_answers
from analyzer.masking import mask
from analyzer.quoting import Quoter
from analyzer.report import CallReport, Opportunity

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts in, one row of unit length each out: the tagger's own sentence vectors, for instance."""

CLOSE_ENOUGH = 0.1
"""Least similarity from which words are quoted; below, the plain rule stands."""

_OF_CUES = 0.15
_OF_MATTER = 0.25
_OF_SPECIAL = 0.6  # what belongs to the other call alone weighs against quoting it
_LOOKED_AT = 40  # situations most alike, whose answers are compared
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
        self._quoter = Quoter(
            text for one in self._answers for text in (one.situation, one.before, one.words)
        )
        self._embed = embed or _weighted_words(self._answers)
        if self._answers:
            self._situations = self._embed([answer.situation for answer in self._answers])
            self._matters = self._embed([answer.before for answer in self._answers])

    def suggest(self, report: CallReport, chance: Opportunity) -> Suggestion:
        """Words for an opportunity of a report; never words of the same call.

        Raises:
            UsageError: If the report leaves the turns' text out.
        """
        names = [str(report.metadata.get(name) or "") for name in ("agent", "company", "customer")]
        names = [name.replace("_", " ") for name in names]
        situation = mask(chance.quote, names)
        found = self._closest(report, chance, situation, mask(before(report, chance), names))
        if found is None or found[1] < self._close_enough:
            kind = codebook.KINDS_BY_NAME[chance.kind]
            return Suggestion(text=_sentence(kind.due))
        number, likeness, words = found
        answer = self._answers[number]
        return Suggestion(
            text=words,
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
        self, report: CallReport, chance: Opportunity, situation: str, matter: str
    ) -> tuple[int, float, str] | None:
        numbers = [n for n in self._by_kind[chance.kind] if self._answers[n].call != report.id]
        if not numbers:
            return None
        mine = self._embed([situation, matter])
        likeness = (1 - _OF_CUES - _OF_MATTER) * (self._situations[numbers] @ mine[0])
        likeness += _OF_MATTER * (self._matters[numbers] @ mine[1])
        cues = set(chance.opened_by)
        likeness += _OF_CUES * np.array([_overlap(cues, self._answers[n].cues) for n in numbers])
        likeness += _OWN_BATCH * ~self._is_bundled[numbers]
        told = f"{situation} {matter}"
        best: tuple[int, float, str] | None = None
        for place in np.argsort(-likeness)[:_LOOKED_AT]:
            quote = self._quoter.quote(self._answers[numbers[place]].words, told)
            worth = float(likeness[place]) + _OF_SPECIAL * (1 - quote.special) - _OF_SPECIAL / 2
            if best is None or worth > best[1]:
                best = numbers[place], worth, quote.words
        return best


def _weighted_words(answers: Sequence[Answer]) -> Embed:
    """TF-IDF of words and word pairs, as the situations of the bank weigh them."""
    texts = [text for answer in answers for text in (answer.situation, answer.before)]
    weigh = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)(?<!\[)\b[^\W\d_]{2,}\b"
    )
    weigh.fit([*texts, "nothing said"])

    def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors: Any = weigh.transform(texts)
        return np.asarray(vectors.todense(), dtype=np.float32)

    return embed


def _overlap(one: set[str], other: Sequence[str]) -> float:
    union = one | set(other)
    return len(one & set(other)) / len(union) if union else 0.0


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
