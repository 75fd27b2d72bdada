"""Recovery: where a customer's words called for more than the transaction, and what answered them.

An opportunity opens at a customer turn. What the agent does in the following turns seizes it, half
seizes it or misses it: the mean of a small softmax over named features (the moves that came, and
when) and of what the whole exchange says (see `ExchangeModel`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from analyzer import codebook
from analyzer.codebook import OpportunityKind
from analyzer.evidence import Calibration, Evidence
from analyzer.linear import LinearModel
from analyzer.openings import Opening, find_openings
from analyzer.report import Opportunity

HOLD_LINE_WORDS = 4
"""An agent turn of fewer words, or a stock line, answers only where some label is surer."""

CONTEXT_CUES = ("frustration", "distress", "gratitude", "churn_risk")


class RecoveryModel(BaseModel):
    """What decides where an opportunity opens, and its outcome.

    Attributes:
        opens_from: How many opportunities are expected near a turn (see `find_openings`) where one
            is found.
        outcome: Between seized, partial and missed, by the moves that came.
    """

    model_config = ConfigDict(extra="forbid")

    opens_from: float = Field(gt=0, le=1)
    outcome: LinearModel


def outcome_features(evidence: Evidence, turn: int, kind: OpportunityKind) -> dict[str, float]:
    """What happened after a customer turn (from 0), as named features of the outcome model."""
    answers = _answers(evidence, turn)
    soon, late = (
        answers[: codebook.ANSWER_WITHIN_AGENT_TURNS],
        answers[codebook.ANSWER_WITHIN_AGENT_TURNS :],
    )
    second = kind.second_half or kind.first_half
    first_soon = _strongest(evidence, soon, kind.first_half)
    second_soon = _strongest(evidence, soon, second)
    features = {
        "first_half_soon": first_soon,
        "second_half_soon": second_soon,
        "both_halves_soon": first_soon * second_soon,
        "first_half_late": _strongest(evidence, late, kind.first_half),
        "second_half_late": _strongest(evidence, late, second),
        "care_at_once": _strongest(evidence, soon[:1], codebook.CARE_NAMES),
        "care_soon": _amount(evidence, soon, codebook.CARE_NAMES),
        "care_after": _amount(evidence, answers, codebook.CARE_NAMES),
        "harm_at_once": _strongest(evidence, soon[:1], codebook.HARMFUL),
        "harm_soon": _amount(evidence, soon, codebook.HARMFUL),
        "harm_after": _amount(evidence, answers, codebook.HARMFUL),
        "agent_turns_left": float(np.log1p(len(answers))),
    }
    features |= _customer_afterwards(evidence, turn)
    for other in codebook.OPPORTUNITY_KINDS:
        here = float(other is kind)
        features[f"kind_{other.name}"] = here
        features[f"first_half_soon_{other.name}"] = here * first_soon
        features[f"second_half_soon_{other.name}"] = here * second_soon
    moves = (*codebook.CARE_NAMES, *codebook.HARMFUL)
    strongest = evidence.of_all(moves)[soon].max(axis=0, initial=0.0)
    features |= {f"soon_{move}": float(best) for move, best in zip(moves, strongest, strict=True)}
    return features


def find_opportunities(
    evidence: Evidence, calibration: Calibration, model: RecoveryModel
) -> list[Opportunity]:
    """Every opportunity of a call, with what opened, what was due and what answered."""
    return [
        _judged(evidence, opening, calibration, model)
        for opening in find_openings(evidence.kinds, model.opens_from)
    ]


def _judged(
    evidence: Evidence, opening: Opening, calibration: Calibration, model: RecoveryModel
) -> Opportunity:
    probabilities = _outcome_probabilities(evidence, opening, model)
    outcome = max(probabilities, key=probabilities.__getitem__)
    answered = [] if outcome == "missed" else _moves(evidence, opening, calibration)
    said = evidence.call.turns[opening.turn]
    cues = _opening_cues(evidence, opening, calibration)
    start, end = evidence.showing_sentence(opening.turn, cues[0] if cues else opening.kind.cues[0])
    return Opportunity(
        turn=opening.turn + 1,
        kind=opening.kind.name,
        outcome=outcome,
        by=None if outcome == "missed" else _answering_turn(evidence, opening) + 1,
        confidence=round(opening.confidence, 4),
        quote=said.text[start:end],
        start_char=start,
        end_char=end,
        start_ms=said.start_ms,
        opened_by=cues,
        answered_by=answered,
        expected=opening.kind.due,
        suggestion="" if outcome == "seized" else _plain_rule(opening, outcome, answered),
        outcome_probabilities={name: round(value, 4) for name, value in probabilities.items()},
    )


def _outcome_probabilities(
    evidence: Evidence, opening: Opening, model: RecoveryModel
) -> dict[str, float]:
    """By what was found in the answers and, where it was asked, by the whole exchange."""
    features = outcome_features(evidence, opening.turn, opening.kind)
    row = np.array([features[name] for name in model.outcome.features])
    probabilities = model.outcome.probabilities(row)[0]
    by_exchange = evidence.outcomes(opening.turn)
    if by_exchange is not None:
        probabilities = (probabilities + by_exchange) / 2
    return dict(zip(model.outcome.classes, probabilities.tolist(), strict=True))


def _answers(evidence: Evidence, turn: int) -> list[int]:
    """Agent turns after a customer turn that count.

    Hold lines and bare backchannels count only where some label of theirs, care or flag, is surer
    than that they are stock.
    """
    stock = evidence.of("boilerplate")
    counting = []
    for number in range(turn + 1, len(evidence.call.turns)):
        said = evidence.call.turns[number]
        if said.speaker != "agent":
            continue
        surest = evidence.labels[number].max()
        bare = len(said.text.split()) < HOLD_LINE_WORDS or stock[number] > 0.5
        if not bare or surest > max(0.3, float(stock[number])):
            counting.append(number)
    return counting


def _strongest(evidence: Evidence, turns: list[int], labels: tuple[str, ...]) -> float:
    return float(evidence.of_all(labels)[turns].max(initial=0.0))


def _amount(evidence: Evidence, turns: list[int], labels: tuple[str, ...]) -> float:
    return float(np.log1p(evidence.of_all(labels)[turns].sum()))


def _customer_afterwards(evidence: Evidence, turn: int) -> dict[str, float]:
    here = float(evidence.sentiment[turn])
    after = [n for n in evidence.turns_of("customer").tolist() if n > turn]
    following = evidence.sentiment[after]
    features = {
        "sentiment_here": here,
        "sentiment_next": float(following[:3].mean()) if after else here,
        "sentiment_last": float(following[-2:].mean()) if after else here,
        "sentiment_best": float(following.max()) if after else here,
    }
    for cue in CONTEXT_CUES:
        features[f"later_{cue}"] = float(evidence.of(cue)[after].max()) if after else 0.0
    return features


def _opening_cues(evidence: Evidence, opening: Opening, calibration: Calibration) -> list[str]:
    strengths = {
        cue: float(evidence.of(cue)[opening.turn])
        for cue in codebook.CUE_NAMES
        if evidence.of(cue)[opening.turn] >= calibration.thresholds[cue]
    }
    fitting = [cue for cue in strengths if cue in opening.kind.cues]
    return sorted(fitting or strengths, key=lambda cue: -strengths[cue])


def _moves(evidence: Evidence, opening: Opening, calibration: Calibration) -> list[str]:
    """The agent's moves that count towards an answer, in the order in which they first came."""
    relevant = dict.fromkeys(opening.kind.first_half + opening.kind.second_half)
    first: dict[str, int] = {}
    for turn in _answers(evidence, opening.turn):
        for label in relevant:
            if label not in first and evidence.of(label)[turn] >= (calibration.thresholds[label]):
                first[label] = turn
    return sorted(first, key=lambda label: first[label])


def _answering_turn(evidence: Evidence, opening: Opening) -> int:
    """The agent turn that answers: where two halves are due, the one that begins the second."""
    answers = _answers(evidence, opening.turn)
    if not answers:
        following = [n for n in evidence.turns_of("agent").tolist() if n > opening.turn]
        return following[0] if following else opening.turn
    due = opening.kind.second_half or opening.kind.first_half
    strength: npt.NDArray[np.float64] = np.max([evidence.of(label)[answers] for label in due], 0)
    # Of equally strong answers the first one counts, so later ones are discounted a little.
    strength = strength * 0.97 ** np.arange(len(answers))
    return answers[int(np.argmax(strength))]


def _plain_rule(opening: Opening, outcome: str, answered: list[str]) -> str:
    if outcome == "partial" and answered:
        moves = ", ".join(codebook.BY_NAME[label].title for label in answered)
        return f"Half of it was there ({moves}). What was due: {opening.kind.due}."
    return f"What was due: {opening.kind.due}."
