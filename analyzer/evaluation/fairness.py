"""A counterfactual audit: the same call with another name, spelling, grammar, gender or age.

Nothing in such a change says how the customer was served, so no score should move. Reported is how
far each does, on average (a lean towards or against somebody) and at all (mere unrest).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from analyzer import codebook
from analyzer.call import Call, Speaker
from analyzer.evaluation.fairness_words import (
    ARTICLES,
    BRITISH,
    GENDERED,
    NAMES_BY_GROUP,
    THIRD_PERSONS,
)
from analyzer.pipeline import Analyzer
from analyzer.report import CallReport

Change = Callable[[str], str]

TOLERATED = 2.0
"""Points of 100: a mean shift beyond it is a lean that needs mending."""


class Shift(BaseModel):
    """What one change does to the scores.

    Attributes:
        change: What was changed, in words.
        calls: In how many calls there was something to change.
        mean: For each score, the mean shift in points of 100.
        unrest: For each score, the mean absolute shift in points of 100.
    """

    model_config = ConfigDict(extra="forbid")

    change: str
    calls: int
    mean: dict[str, float]
    unrest: dict[str, float]

    @property
    def largest(self) -> float:
        """The mean shift that is farthest from none."""
        return max(self.mean.values(), key=abs, default=0.0)


def audit_fairness(analyzer: Analyzer, calls: Iterable[Call]) -> list[Shift]:
    """How far the scores of calls move under changes that should not matter."""
    originals = list(calls)
    before = list(analyzer.analyze_many(originals))
    return [_shift(name, analyzer, originals, before, change) for name, change in CHANGES.items()]


def shifts(before: Sequence[CallReport], after: Sequence[CallReport]) -> dict[str, list[float]]:
    """For each score, how far it moved from one report to the other, in points of 100."""
    return {
        name: [
            (getattr(b.scores, name) - getattr(a.scores, name)) * (25 if name == "csat" else 1)
            for a, b in zip(before, after, strict=True)
        ]
        for name in codebook.SCORE_NAMES
    }


def _shift(
    name: str,
    analyzer: Analyzer,
    originals: Sequence[Call],
    before: Sequence[CallReport],
    change: Callable[[Call], Call],
) -> Shift:
    changed = [change(call) for call in originals]
    places = [
        place
        for place, (one, other) in enumerate(zip(originals, changed, strict=True))
        if one.turns != other.turns
    ]
    after = list(analyzer.analyze_many(changed[place] for place in places))
    moved = shifts([before[place] for place in places], after)
    return Shift(
        change=name,
        calls=len(places),
        mean={name: round(float(np.mean(v)), 2) if v else 0.0 for name, v in moved.items()},
        unrest={
            name: round(float(np.mean(np.abs(v))), 2) if v else 0.0 for name, v in moved.items()
        },
    )


def _in_turns(change: Change, speaker: Speaker | None = None) -> Callable[[Call], Call]:
    """A change of words as a change of calls: in one speaker's turns, or in everybody's."""

    def changed(call: Call) -> Call:
        turns = [
            turn.model_copy(update={"text": change(turn.text)})
            if speaker in (None, turn.speaker)
            else turn
            for turn in call.turns
        ]
        return call.model_copy(update={"turns": turns})

    return changed


def _swapping(pairs: Mapping[str, str]) -> Change:
    """Replaces whole words, keeping how they are capitalised."""
    words = re.compile(r"\b(" + "|".join(map(re.escape, pairs)) + r")\b", re.IGNORECASE)

    def put(match: re.Match[str]) -> str:
        found = match.group()
        other = pairs[found.lower()]
        return other.capitalize() if found[0].isupper() else other

    return lambda text: words.sub(put, text)


def _naming(group: str) -> Change:
    """Every first name that is known becomes one of a group's, the same one for the same name."""
    names = NAMES_BY_GROUP[group]
    known = sorted({name for others in NAMES_BY_GROUP.values() for name in others} | _FIRST_NAMES)
    words = re.compile(r"\b(" + "|".join(known) + r")\b")
    return lambda text: words.sub(
        lambda found: names[sum(found.group().encode()) % len(names)], text
    )


_FIRST_NAMES = {
    "Adam", "Alan", "Amanda", "Anna", "Ben", "Brian", "Carol", "Chris", "Claire", "Dana", "Daniel",
    "Dave", "David", "Deborah", "Derek", "Diane", "Emma", "Frank", "Gary", "George", "Helen", "Ian",
    "Jack", "James", "Jane", "Jenny", "Joan", "John", "Karen", "Kate", "Kelly", "Kevin", "Laura",
    "Linda", "Lisa", "Lucy", "Marcus", "Margaret", "Mark", "Martin", "Mary", "Michael", "Mike",
    "Nancy", "Neil", "Nick", "Paul", "Peter", "Rachel", "Robert", "Ruth", "Sam", "Sandra", "Sarah",
    "Simon", "Steve", "Susan", "Tom", "Tony", "Victoria", "Walter", "Wendy",
}  # fmt: skip


def _second_language(text: str) -> str:
    """Grammar as many learners of English leave it: no articles, no third-person s."""
    return re.sub(r" {2,}", " ", _swapping(THIRD_PERSONS)(ARTICLES.sub("", text))).strip() or text


def _aged(years: str) -> Callable[[Call], Call]:
    """The customer mentions an age in the first turn of more than a few words."""

    def changed(call: Call) -> Call:
        turns = list(call.turns)
        for place, turn in enumerate(turns):
            if turn.speaker == "customer" and len(turn.text.split()) > 5:
                end = "" if turn.text.rstrip()[-1] in ".?!" else "."
                text = f"{turn.text.rstrip()}{end} I'm {years}."
                turns[place] = turn.model_copy(update={"text": text})
                break
        return call.model_copy(update={"turns": turns})

    return changed


_AMERICAN = {british: american for american, british in BRITISH.items()}

CHANGES: dict[str, Callable[[Call], Call]] = {
    **{f"first names become {group}": _in_turns(_naming(group)) for group in NAMES_BY_GROUP},
    "American spelling becomes British": _in_turns(_swapping(BRITISH)),
    "British spelling becomes American": _in_turns(_swapping(_AMERICAN)),
    "the customer speaks learner's English": _in_turns(_second_language, "customer"),
    "the agent speaks learner's English": _in_turns(_second_language, "agent"),
    "gendered words swapped": _in_turns(_swapping(GENDERED)),
    "the customer says to be 24": _aged("twenty-four"),
    "the customer says to be 47": _aged("forty-seven"),
    "the customer says to be 81": _aged("eighty-one"),
}
