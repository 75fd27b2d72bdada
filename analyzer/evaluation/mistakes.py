"""The worst mistakes, to be read: what a figure cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from analyzer import codebook
from analyzer.call import Turn
from analyzer.corpus import LabelledOpportunity
from analyzer.evaluation.measures import Judged
from analyzer.matching import TURNS_APART
from analyzer.report import Opportunity

MOST = 20
BEFORE = 3
"""Turns shown before the one that was misjudged."""

What = Literal["label", "opportunity", "outcome"]


class Mistake(BaseModel):
    """One turn on which the model and the reader disagree.

    Attributes:
        what: Whether a label, an opportunity, or the outcome of one was misjudged.
        name: The label, or the kind of opportunity.
        error: `missed` (the reader alone gave it), `invented` (the model alone), or, of an
            outcome, `seized for missed` and the like: what the model said for what was meant.
        sure: How surely the model erred, 0 to 1.
        call: The call's id.
        turn: From 1.
        before: The turns before, as `speaker: text`.
        said: The turn's text.
        gold: What the reader gave the turn.
    """

    model_config = ConfigDict(extra="forbid")

    what: What
    name: str
    error: str
    sure: float
    call: str
    turn: int
    before: list[str]
    said: str
    gold: list[str]


def worst_mistakes(judged: Sequence[Judged], most: int = MOST) -> list[Mistake]:
    """The surest mistakes of each label and kind of opportunity, both ways.

    Args:
        judged: Labelled calls with reports on them.
        most: How many of each sort of mistake.
    """
    by_sort: dict[tuple[str, str, str], list[Mistake]] = {}
    for one in judged:
        for mistake in (*_labels(one), *_opportunities(one)):
            key = (mistake.what, mistake.name, mistake.error)
            by_sort.setdefault(key, []).append(mistake)
    return [
        mistake
        for _, found in sorted(by_sort.items())
        for mistake in sorted(found, key=lambda mistake: -mistake.sure)[:most]
    ]


def _labels(one: Judged) -> Iterator[Mistake]:
    found = {(f.turn, f.label) for f in (*one.report.cues, *one.report.care, *one.report.flags)}
    for number, (turn, said) in enumerate(zip(one.gold.turns, one.report.turns, strict=True), 1):
        for name in codebook.labels_for(turn.speaker):
            probability = said.labels[name]
            if name in turn.labels and (number, name) not in found:
                yield _mistake(one, number, "label", name, "missed", 1 - probability)
            elif name not in turn.labels and (number, name) in found:
                yield _mistake(one, number, "label", name, "invented", probability)


def _opportunities(one: Judged) -> Iterator[Mistake]:
    meant, found = one.gold.opportunities, one.report.opportunities
    for chance in found:
        if not any(_same(chance, other) for other in meant):
            yield _mistake(
                one, chance.turn, "opportunity", chance.kind, "invented", chance.confidence
            )
    for gold in meant:
        match = next((chance for chance in found if _same(chance, gold)), None)
        if match is None:
            yield _mistake(one, gold.turn, "opportunity", gold.kind, "missed", 1.0)
        elif match.outcome != gold.outcome:
            sure = match.outcome_probabilities.get(match.outcome, 1.0)
            error = f"{match.outcome} for {gold.outcome}"
            yield _mistake(one, gold.turn, "outcome", gold.kind, error, sure)


def _same(chance: Opportunity, gold: LabelledOpportunity) -> bool:
    return abs(chance.turn - gold.turn) <= TURNS_APART


def _mistake(one: Judged, number: int, what: What, name: str, error: str, sure: float) -> Mistake:
    turns: Sequence[Turn] = one.gold.turns
    notes = [f"{o.kind}: {o.outcome}" for o in one.gold.opportunities if o.turn == number]
    return Mistake(
        what=what,
        name=name,
        error=error,
        sure=round(sure, 4),
        call=one.gold.id,
        turn=number,
        before=[f"{t.speaker}: {t.text}" for t in turns[max(0, number - 1 - BEFORE) : number - 1]],
        said=turns[number - 1].text,
        gold=[*one.gold.turns[number - 1].labels, *notes],
    )
