"""What recurrence adds to the tagger: stock lines in their place, and in place of an answer.

The tagger reads one call and cannot know which lines everybody says. Given how surely each turn is
a house script, a logistic regression judges `boilerplate` and `canned` anew, from the tagger's own
probabilities, the script, its place in the call, and what the customer had just said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from analyzer import codebook
from analyzer.report import CallReport, Flag, TurnReport
from analyzer.scripts.counting import place_of

Bools = npt.NDArray[np.bool_]

LABELS = ("boilerplate", "canned")
FEATURES = (
    "boilerplate",
    "canned",
    "script",
    "opening",
    "closing",
    "feeling",
    "lingering",
    "script, feeling",
    "script, lingering",
    "script, edge",
)
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

_STRENGTH = 0.3
_FADES = 2 / 3  # what is left of a feeling after each agent turn


class Weights(BaseModel):
    """A logistic regression of one label, and from which probability it is found."""

    model_config = ConfigDict(extra="forbid")

    weights: dict[str, float]
    intercept: float
    threshold: float

    def probability(self, row: Sequence[float]) -> float:
        """Of the features in the order of `FEATURES`."""
        score = self.intercept + sum(
            self.weights[name] * value for name, value in zip(FEATURES, row, strict=True)
        )
        return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def distinction_features(turns: Sequence[TurnReport]) -> list[list[float] | None]:
    """Features of each agent turn whose `script` is known; None for the others."""
    rows: list[list[float] | None] = []
    feeling = lingering = 0.0
    for turn in turns:
        if turn.speaker == "customer":
            feeling = max((turn.labels.get(name, 0.0) for name in FEELINGS), default=0.0)
            lingering = max(feeling, lingering)
        if turn.speaker != "agent" or turn.script is None:
            rows.append(None)
        else:
            place = place_of(turn.turn, len(turns))
            opening, closing = float(place == "opening"), float(place == "closing")
            script = turn.script
            rows.append(
                [
                    *(_logit(turn.labels.get(label, 0.0)) for label in LABELS),
                    *(script, opening, closing, feeling, lingering),
                    *(script * feeling, script * lingering, script * (opening + closing)),
                ]
            )
        if turn.speaker == "agent":
            feeling = 0.0
            lingering *= _FADES
    return rows


def judge_with_scripts(report: CallReport, known: Mapping[str, Weights]) -> CallReport:
    """The report with `boilerplate` and `canned` judged by recurrence too.

    Probabilities and flags of the two labels alone change; a report whose turns have no `script`
    is returned as it is.

    Args:
        report: A report of the tagger with `turns[].script` filled; to be judged once.
        known: The weights of both labels, as `fit_distinction` gives them.
    """
    rows = distinction_features(report.turns)
    if not known or not any(rows):
        return report
    turns, flags = [], [flag for flag in report.flags if not _is_judged(flag, rows)]
    before = {(flag.turn, flag.label): flag for flag in report.flags}
    for turn, row in zip(report.turns, rows, strict=True):
        if row is None:
            turns.append(turn)
            continue
        found = {label: known[label].probability(row) for label in LABELS}
        rounded = {label: round(value, 4) for label, value in found.items()}
        turns.append(turn.model_copy(update={"labels": {**turn.labels, **rounded}}))
        for label, value in found.items():
            if value >= known[label].threshold:
                flags.append(_flag(turn, label, rounded[label], before))
    flags.sort(key=lambda flag: flag.turn)
    return report.model_copy(update={"turns": turns, "flags": flags})


def fit_distinction(
    rows: Sequence[Sequence[float]], gold: Mapping[str, Sequence[bool]]
) -> dict[str, Weights]:
    """Fit both labels on turns of calls that the tagger had not seen.

    Args:
        rows: Features of each turn.
        gold: For each of `LABELS`, whether the turn carries it.
    """
    from sklearn.linear_model import LogisticRegression  # not at the top: most never fit

    table = np.array(rows)
    spread = table.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    fitted = {}
    for label in LABELS:
        true = np.array(gold[label])
        model = LogisticRegression(C=_STRENGTH, max_iter=1000).fit(table / scale, true)
        weights = dict(zip(FEATURES, (model.coef_[0] / scale).round(5).tolist(), strict=True))
        one = Weights(weights=weights, intercept=round(float(model.intercept_[0]), 5), threshold=0)
        found = np.array([one.probability(row) for row in rows])
        one.threshold = max(
            (round(0.1 + step / 50, 2) for step in range(36)),
            key=lambda least: _f1(found >= least, true),
        )
        fitted[label] = one
    return fitted


def _flag(
    turn: TurnReport, label: str, confidence: float, before: dict[tuple[int, str], Flag]
) -> Flag:
    """The flag that stood there, or one that quotes the turn."""
    if known := before.get((turn.turn, label)):
        return known.model_copy(update={"confidence": confidence})
    entry = codebook.BY_NAME[label]
    other = next((before[turn.turn, one] for one in LABELS if (turn.turn, one) in before), None)
    text = turn.text or ""
    return Flag(
        turn=turn.turn,
        label=label,
        family="scripted",
        confidence=confidence,
        quote=other.quote if other else text,
        start_char=other.start_char if other else 0,
        end_char=other.end_char if other else len(text),
        start_ms=turn.start_ms,
        why=f"the agent {entry.definition.split(':')[0]}, and others of the house say it too",
    )


def _is_judged(flag: Flag, rows: Sequence[Sequence[float] | None]) -> bool:
    return flag.label in LABELS and rows[flag.turn - 1] is not None


def _logit(probability: float) -> float:
    held = min(max(probability, 1e-4), 1 - 1e-4)
    return log(held / (1 - held))


def _f1(found: Bools, true: Bools) -> float:
    return float(2 * (found & true).sum() / max(1, found.sum() + true.sum()))
