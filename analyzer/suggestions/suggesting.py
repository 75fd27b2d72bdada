"""What could have been said: words with which other agents seized an opportunity of the same kind.

Words are retrieved, never made up: from calls of the same batch, else from the bundled answers.
Where no situation is close enough, the codebook's plain rule (what was due) stands alone.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from math import fsum

from pydantic import BaseModel, ConfigDict, Field

from analyzer import codebook
from analyzer.report import CallReport, Opportunity
from analyzer.suggestions.answers import Answer, answers_in, bundled_answers
from analyzer.suggestions.rarity import Rarity
from analyzer.suggestions.situations import (
    ANY,
    EARLIER,
    NOT,
    TRADES,
    situation_of,
    themes_of,
    weight_of,
)
from analyzer.suggestions.wordlikeness import WordLikeness, WordVector

CLOSE_ENOUGH = 0.6
"""Least closeness from which words are quoted; below, the plain rule stands alone.

0.6 is reached by words that fit any opportunity of their kind, or one theme of the very turn.
Chosen by reading.
"""

_OF_WORDS = 0.5  # how much alike wording counts, beside shared themes
_OWN_SHARED = 0.5  # share of themes that an answer of the batch must have in common ...
_OWN_LEAST = 1.4  # ... and what they must weigh: one theme alone is chance
_OF_SPECIAL = 0.5  # what belongs to the other call alone weighs against quoting it
_OWN_BATCH = 0.25  # how much less close an answer of the same batch may be
_SAID_BEFORE = 0.5  # what weighs against quoting the same words twice in a report
_MOST_OWN = 300  # answers of the batch kept of each kind, the latest


class Suggestion(BaseModel):
    """Words that would have served.

    Attributes:
        text: The words, or the plain rule where nothing close was found.
        rule: The codebook's plain rule: what was due.
        source_call: The call they were said in; null for a plain rule.
        source_turn: The turn of that call.
        said_to: What the customer of that call had said.
        similarity: How close the two situations are, 0..1.
        bundled: Whether the source is the bundled answers, of invented calls.
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
        source = "the bundled examples" if self.bundled else "this batch"
        return f"{self.rule} As said in {source} (call {self.source_call}): “{self.text}”"


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer as it is searched."""

    answer: Answer
    bundled: bool
    alternatives: tuple[tuple[str, ...], ...]
    themes: frozenset[str]
    wording: WordVector
    special: float


class Suggester:
    """Finds words for missed and half-missed opportunities.

    Args:
        answers: Of the same batch or house (see `analyzer.suggestions.answers.answers_in`).
        bundled: Answers to fall back on; those of the package by default.
        close_enough: Least closeness from which words are quoted.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        bundled: Iterable[Answer] | None = None,
        close_enough: float = CLOSE_ENOUGH,
    ) -> None:
        fallback = bundled_answers() if bundled is None else list(bundled)
        own = list(answers)
        texts = [text for one in (*fallback, *own) for text in (one.situation, one.words)]
        self._likeness = WordLikeness(texts)
        self._rarity = Rarity(texts)
        self._close_enough = close_enough
        self._bundled: dict[str, list[_Known]] = defaultdict(list)
        for answer in fallback:
            self._bundled[answer.kind].append(self._known(answer, bundled=True))
        self._own: dict[str, deque[_Known]] = defaultdict(lambda: deque(maxlen=_MOST_OWN))
        for answer in own:
            self.add(answer)

    def afresh(self) -> Suggester:
        """One that knows the same answers, and may learn others without this one knowing them."""
        other = copy(self)
        other._own = defaultdict(
            lambda: deque(maxlen=_MOST_OWN),
            {kind: deque(known, maxlen=_MOST_OWN) for kind, known in self._own.items()},
        )
        return other

    def add(self, answer: Answer) -> None:
        """Know one more answer of this batch; of each kind the latest few hundred are kept."""
        self._own[answer.kind].append(self._known(answer, bundled=False))

    def learn(self, report: CallReport) -> None:
        """Know how a call's agent seized opportunities; nothing where the text is left out."""
        if all(turn.text is not None for turn in report.turns):
            for answer in answers_in(report):
                self.add(answer)

    def suggest(
        self, report: CallReport, chance: Opportunity, avoid: Iterable[str] = ()
    ) -> Suggestion:
        """Words for an opportunity of a report; never words of the same call.

        Args:
            report: The report.
            chance: One of its opportunities.
            avoid: Words that are better not quoted once more.
        """
        rule = _sentence(codebook.KINDS_BY_NAME[chance.kind].due)
        told = situation_of(report, chance)
        wording = self._likeness.of(chance.quote)
        said = set(avoid)
        company = str(report.metadata.get("company") or "")
        best, worth = None, 0.0
        closeness = 0.0
        for known in (*self._own[chance.kind], *self._bundled[chance.kind]):
            if known.answer.call == report.id or not _same_house(known, company):
                continue
            close = _shared(known, told) + _OF_WORDS * known.wording.likeness(wording)
            value = close - known.special + _OWN_BATCH * (not known.bundled)
            value -= _SAID_BEFORE * (known.answer.words in said)
            if close >= self._close_enough and (best is None or value > worth):
                best, worth, closeness = known, value, close
        if best is None:
            return Suggestion(text=rule, rule=rule)
        return Suggestion(
            text=best.answer.words,
            rule=rule,
            source_call=best.answer.call,
            source_turn=best.answer.turn,
            said_to=best.answer.situation,
            similarity=min(1.0, max(0.0, closeness / 2)),
            bundled=best.bundled,
        )

    def improve(self, report: CallReport) -> CallReport:
        """The report with a suggestion for each opportunity that was missed or half missed."""
        chances: list[Opportunity] = []
        said: list[str] = []
        for chance in report.opportunities:
            if chance.outcome != "seized":
                found = self.suggest(report, chance, said)
                said.append(found.text)
                chance = chance.model_copy(update={"suggestion": found.in_full()})
            chances.append(chance)
        return report.model_copy(update={"opportunities": chances})

    def _known(self, answer: Answer, *, bundled: bool) -> _Known:
        # Answers that say what they are about were chosen to be said to others.
        special = 0.0 if answer.about else _OF_SPECIAL * self._rarity.of(answer.words)
        return _Known(
            answer=answer,
            bundled=bundled,
            alternatives=tuple(tuple(one.split("+")) for one in answer.about),
            themes=frozenset()
            if answer.about
            else themes_of(answer.situation) | frozenset(answer.cues),
            wording=self._likeness.of(answer.situation),
            special=special,
        )


def _same_house(known: _Known, company: str) -> bool:
    """Whether the words may be quoted to this company's agents; the bundled ones to any."""
    return known.bundled or known.answer.company == company


def _shared(known: _Known, told: dict[str, float]) -> float:
    """How close the situation that an answer fits is to the one told, from its themes."""
    if known.alternatives:
        return max(_fits(themes, told) for themes in known.alternatives)
    # Exact sums: themes come in another order in each process, and closeness must not.
    shared = fsum(weight_of(one) * told[one] for one in known.themes if one in told)
    of_both = fsum(weight_of(one) for one in known.themes) + fsum(
        weight_of(one) for one, nearness in told.items() if nearness == 1.0 and one != ANY
    )
    dice = 2 * shared / of_both if of_both else 0.0
    return 2 * dice if dice >= _OWN_SHARED and shared >= _OWN_LEAST else 0.0


def _fits(themes: Sequence[str], told: dict[str, float]) -> float:
    """The weight of all the themes together; 0 where one was not told.

    The first that is no trade must be told in this very turn, or hang over the whole call.
    "!price" must not have been told: words that ask for a reason only puzzle whoever gave it.
    """
    if any(theme[1:] in told for theme in themes if theme.startswith(NOT)):
        return 0.0
    themes = [theme for theme in themes if not theme.startswith(NOT)]
    if any(theme not in told for theme in themes):
        return 0.0
    about = [one for one in themes if one not in TRADES and one != ANY] or themes
    if told[about[0]] <= EARLIER:
        return 0.0
    return sum(weight_of(theme) * told[theme] for theme in themes)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
