"""What tells a script in its routine place (`boilerplate`) from one said in place of an answer.

The words are the same: recurrence says that it is a script; its place, how much of the turn it
fills, whether it was said before, and what the customer had just said, tell which of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analyzer.call import Call
from analyzer.scripts.book import ScriptBook
from analyzer.scripts.counting import place_of
from analyzer.scripts.judging import text_probability
from analyzer.scripts.matching import find_scripts
from analyzer.scripts.words import House, read_words

FEELINGS = (
    "frustration",
    "distress",
    "hardship",
    "effort",
    "broken_promise",
    "churn_risk",
    "escalation",
)
"""Cues that call for an answer in one's own words."""

_ANSWERED_AFTER = 3  # agent turns after which a feeling is no longer what was just said


class ScriptFeatures(NamedTuple):
    """Numbers about one agent turn, all in 0..1.

    Attributes:
        script: How surely the turn's words are a house script.
        share_of_calls: Share of the company's other calls that say its surest line.
        covered: Share of the turn's words that lie in scripts.
        usual_place: How often its surest line stands in this part of the call; 0 without a line.
        opening: Whether the turn stands in the opening.
        closing: Whether the turn stands in the closing.
        repeated: Whether one of its lines was said earlier in this call.
        feeling: The surest feeling of the customer turn just before.
        lingering: The surest feeling of the customer's last turns, fading with each agent turn.
    """

    script: float
    share_of_calls: float
    covered: float
    usual_place: float
    opening: float
    closing: float
    repeated: float
    feeling: float
    lingering: float


def script_features(
    call: Call,
    book: ScriptBook,
    labels: Sequence[Mapping[str, float]] | None = None,
) -> list[ScriptFeatures | None]:
    """Features of each agent turn; None for the turns of others.

    Args:
        call: The call.
        book: Scripts, of this batch (the call is left out) or learnt elsewhere.
        labels: For each turn, the probabilities of its labels, as in ``turns[].labels`` of a
            report; without them, `feeling` and `lingering` are 0.
    """
    house = House.of(call)
    features: list[ScriptFeatures | None] = []
    said: set[str] = set()
    feeling = lingering = 0.0
    for number, turn in enumerate(call.turns, 1):
        if turn.speaker != "agent":
            if turn.speaker == "customer" and labels is not None:
                feeling = max((labels[number - 1].get(name, 0.0) for name in FEELINGS), default=0.0)
                lingering = max(feeling, lingering)
            features.append(None)
            continue
        features.append(_of_turn(call, number, book, house, said, feeling, lingering))
        feeling = 0.0
        lingering *= 1 - 1 / _ANSWERED_AFTER
    return features


def _of_turn(
    call: Call,
    number: int,
    book: ScriptBook,
    house: House,
    said: set[str],
    feeling: float,
    lingering: float,
) -> ScriptFeatures:
    text = call.turns[number - 1].text
    place = place_of(number, len(call.turns))
    found = find_scripts(text, book, house, leave_out=call)
    words = read_words(text, house)
    inside = sum(any(m.start <= word.start < m.end for m in found) for word in words)
    surest = max(found, key=lambda match: match.probability, default=None)
    share = usual = 0.0
    if surest is not None:
        own = int(book.was_learnt_from(call))
        others = max(1, book.companies[house.company].calls - own)
        share = min(1.0, max(0, surest.script.calls - own) / others)
        usual = surest.script.places.get(place, 0) / max(1, sum(surest.script.places.values()))
    repeated = any(match.script.id in said for match in found)
    said.update(match.script.id for match in found)
    return ScriptFeatures(
        script=text_probability(text, book, house, leave_out=call),
        share_of_calls=share,
        covered=inside / len(words) if words else 0.0,
        usual_place=usual,
        opening=float(place == "opening"),
        closing=float(place == "closing"),
        repeated=float(repeated),
        feeling=feeling,
        lingering=lingering,
    )
