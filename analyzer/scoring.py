"""The scores of a call, their intervals and their reasons.

Each score is a ridge regression over what was found, so the parts of a score add up: the average
call, plus what each finding adds or takes away.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from analyzer import codebook
from analyzer.evidence import Calibration, Evidence
from analyzer.linear import Array, LinearModel
from analyzer.report import Opportunity, Reason, Scores

CONFIDENCE = 0.8
REASONS_SHOWN = 5
MOST_TURNS_NAMED = 6


LENGTHS = (8, 16)
"""From how many turns a call is of the next class of length."""


class ScoreModel(BaseModel):
    """One score: its regression (in codebook points, 1 to 5) and how far it may be off.

    Attributes:
        regression: Over the call's features.
        half_widths: For each class of length (see `length_class`), how far the interval reaches to
            either side before it meets the ends of the scale, in points.
    """

    model_config = ConfigDict(extra="forbid")

    regression: LinearModel
    half_widths: list[float] = Field(min_length=len(LENGTHS) + 1, max_length=len(LENGTHS) + 1)

    def points(self, row: Array) -> float:
        """The score in codebook points, 1 to 5."""
        return float(np.clip(self.regression.outputs(row)[0, 0], 1.0, 5.0))

    def interval(self, points: float, turns: int) -> tuple[float, float]:
        """Conformal interval, in points, that holds `CONFIDENCE` of unseen calls about as long.

        Each class of length has its own width (Mondrian conformal prediction: Vovk, V., et al.,
        2005, Algorithmic learning in a random world).
        """
        half_width = self.half_widths[length_class(turns)]
        return max(1.0, points - half_width), min(5.0, points + half_width)


def length_class(turns: int) -> int:
    """Of how many of the `LENGTHS` a call has at least as many turns."""
    return bisect_right(LENGTHS, turns)


class ScoringModel(BaseModel):
    """The seven scores and the outcome of the matter."""

    model_config = ConfigDict(extra="forbid")

    scores: dict[str, ScoreModel]
    outcome: LinearModel


def call_features(evidence: Evidence, opportunities: Sequence[Opportunity]) -> dict[str, float]:
    """What was found in a call, as named features: `name` or `name:part`."""
    features: dict[str, float] = {}
    for speaker in ("customer", "agent"):
        turns = evidence.turns_of(speaker)
        for label in codebook.labels_for(speaker):
            ranked = np.sort(evidence.of(label)[turns])[::-1] if len(turns) else np.zeros(1)
            features[f"{label}:share"] = float(np.sqrt(ranked.mean()))
            features[f"{label}:peak"] = float(ranked[:3].mean())
    values = evidence.sentiment[evidence.turns_of("customer")]
    values = values if len(values) else np.zeros(1)
    third = max(1, round(len(values) / 3))
    features["sentiment:start"] = float(values[:third].mean())
    features["sentiment:end"] = float(values[-third:].mean())
    features["sentiment:last"] = float(values[-1])
    features["sentiment:mean"] = float(values.mean())
    features["sentiment:worst"] = float(values.min())
    features["length:turns"] = float(np.log(len(evidence.call.turns)))
    for outcome in codebook.OUTCOMES:
        weight = sum(o.outcome_probabilities[outcome] for o in opportunities)
        features[f"{outcome}:count"] = float(np.log1p(weight))
        features[f"{outcome}:share"] = weight / (len(opportunities) + 0.5)
    return features


def score_call(
    features: Mapping[str, float],
    evidence: Evidence,
    opportunities: Sequence[Opportunity],
    calibration: Calibration,
    model: ScoringModel,
) -> tuple[Scores, dict[str, tuple[float, float]], dict[str, list[Reason]]]:
    """Scores, 80 % intervals and reasons, each on its score's scale.

    Args:
        features: As `call_features` gives them.
        evidence: What is known of each turn, for the reasons.
        opportunities: Those of the call, for the reasons.
        calibration: From when a finding counts.
        model: The fitted scores.
    """
    scores: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    reasons: dict[str, list[Reason]] = {}
    for name, part in model.scores.items():
        row = np.array([features[feature] for feature in part.regression.features])
        points = part.points(row)
        low, high = part.interval(points, len(evidence.call.turns))
        scores[name] = round(_scaled(name, points), 1 if name != "csat" else 2)
        intervals[name] = (round(_scaled(name, low), 1), round(_scaled(name, high), 1))
        reasons[name] = _reasons(
            name, scores[name], part.regression, row, evidence, opportunities, calibration
        )
    return Scores(**scores), intervals, reasons


def outcome_of(
    features: Mapping[str, float], model: ScoringModel
) -> dict[Literal["resolved", "partial", "unresolved"], float]:
    """Probability of each outcome of the matter, from the features of the call."""
    row = np.array([features[feature] for feature in model.outcome.features])
    values = model.outcome.probabilities(row)[0].tolist()
    named = dict(zip(model.outcome.classes, values, strict=True))
    return {
        "resolved": round(named["resolved"], 4),
        "partial": round(named["partial"], 4),
        "unresolved": round(named["unresolved"], 4),
    }


def _scaled(name: str, points: float) -> float:
    return points if name == "csat" else codebook.from_points(points)


def _reasons(
    name: str,
    score: float,
    regression: LinearModel,
    row: Array,
    evidence: Evidence,
    opportunities: Sequence[Opportunity],
    calibration: Calibration,
) -> list[Reason]:
    """Parts that add up to the score: the average call, the strongest findings, the rest."""
    unit = 1.0 if name == "csat" else 25.0
    digits = 2 if name == "csat" else 1
    average = round(_scaled(name, regression.intercept[0]), digits)
    by_finding: dict[str, float] = {}
    for feature, points in regression.contributions(row).items():
        finding = feature.split(":")[0]
        by_finding[finding] = by_finding.get(finding, 0.0) + points * unit
    strongest = sorted(by_finding.items(), key=lambda item: -abs(item[1]))[:REASONS_SHOWN]
    reasons = [Reason(points=average, what="where the average call stands")]
    for finding, points in strongest:
        turns = _turns_showing(finding, evidence, opportunities, calibration)
        reasons.append(
            Reason(
                points=round(points, digits),
                what=_in_words(finding, turns),
                turns=turns[:MOST_TURNS_NAMED],
            )
        )
    rest = score - sum(reason.points for reason in reasons)
    return [*reasons, Reason(points=round(rest, digits), what="everything else")]


def _turns_showing(
    finding: str,
    evidence: Evidence,
    opportunities: Sequence[Opportunity],
    calibration: Calibration,
) -> list[int]:
    if finding in codebook.BY_NAME:
        shown = evidence.of(finding) >= calibration.thresholds[finding]
        return [turn + 1 for turn in np.flatnonzero(shown).tolist()]
    return [chance.turn for chance in opportunities if chance.outcome == finding]


def _in_words(finding: str, turns: Sequence[int]) -> str:
    if finding in codebook.BY_NAME:
        noun = codebook.BY_NAME[finding].noun
        return noun if turns else f"little or no {noun}"
    if finding in codebook.OUTCOMES:
        return f"opportunities {finding}" if turns else f"no opportunities {finding}"
    return {"sentiment": "the customer's sentiment", "length": "the length of the call"}[finding]
