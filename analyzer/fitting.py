"""Fitting the judge: calibration, recovery and scoring, on calls that the tagger had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from crepes import ConformalRegressor
from sklearn.model_selection import GroupKFold

from analyzer import codebook
from analyzer.context import Side, context_features, context_rows, own_features
from analyzer.corpus import LabelledCall
from analyzer.evidence import Calibration, Evidence, best_threshold
from analyzer.judge import Judge, turn_reports
from analyzer.linear import FEWEST_EXAMPLES, Array, LinearModel
from analyzer.matching import count_matches
from analyzer.openings import find_openings
from analyzer.recovery import RecoveryModel, find_opportunities, outcome_features
from analyzer.report import ModelInfo, Opportunity
from analyzer.scoring import (
    CONFIDENCE,
    LENGTHS,
    ScoreModel,
    ScoringModel,
    call_features,
    length_class,
)
from analyzer.scripts.distinction import LABELS, Weights, distinction_features, fit_distinction
from analyzer.scripts.recurrence import Recurrence
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.targets import targets_of
from analyzer.tagger.words import OPENINGS

RIDGE_PENALTY = 100.0
OUTCOME_STRENGTH = 0.02
"""Inverse penalties of the softmax models; chosen on the dev calls."""

FEWEST_ERRORS = 5
"""Of fewer calls no interval that holds four of five can be told."""

WHOLE_SCALE = 4.0
"""Points from one end of the scale of scores to the other."""

CONTEXT_STRENGTH = 0.003
TRUST_IN_OWN = 10.0
"""Inverse penalty of the labels' regressions, and how much less a label's own logits are bound."""

SENTIMENT_PENALTY = 3000.0
TRUST_IN_OWN_SENTIMENT = 5.0

OPENS_FROM = tuple(round(0.1 + 0.025 * step, 3) for step in range(21))
NEXT_TO_BEST = 0.99
"""Where opportunities are found from, and which share of the best F1 is as good."""


@dataclass(frozen=True, slots=True)
class TaggedCall:
    """A labelled call with what a tagger that had not seen it says of it."""

    gold: LabelledCall
    tags: CallTags


def fit_judge(calls: Sequence[TaggedCall], model: ModelInfo) -> Judge:
    """Fit everything that comes after the tagger.

    Args:
        calls: Labelled calls with out-of-fold tags, of several authors.
        model: Name and version that reports will carry.
    """
    calibration = fit_calibration(calls)
    evidence = _evidence(calls, calibration)
    gold = [call.gold for call in calls]
    recovery = _fit_recovery(gold, evidence)
    found = [find_opportunities(one, calibration, recovery) for one in evidence]
    scoring = _fit_scoring(gold, evidence, found)
    distinction = _fit_distinction(gold, evidence)
    return Judge(
        model=model,
        calibration=calibration,
        recovery=recovery,
        scoring=scoring,
        distinction=distinction,
    )


def _evidence(calls: Sequence[TaggedCall], calibration: Calibration) -> list[Evidence]:
    return [calibration.evidence(call.gold.call(), call.tags) for call in calls]


def fit_calibration(calls: Sequence[TaggedCall]) -> Calibration:
    """Calibrate every label, every kind of opportunity, and sentiment."""
    calibration = Calibration(
        customer=_fit_side(calls, "customer").stacked(_fit_sentiment(calls)),
        agent=_fit_side(calls, "agent"),
    )
    _set_sentiment_cuts(calibration, calls)
    evidence = _evidence(calls, calibration)
    gold = np.concatenate([targets_of(call.gold).labels.numpy() for call in calls])
    for place, name in enumerate(codebook.LABEL_NAMES):
        known = ~np.isnan(gold[:, place])
        found = np.concatenate([one.of(name) for one in evidence])[known]
        calibration.thresholds[name] = best_threshold(found, gold[known, place])
    calibration.harm_from = _fit_harm(calibration, evidence, gold)
    return calibration


def _fit_harm(calibration: Calibration, evidence: Sequence[Evidence], gold: Array) -> float | None:
    """From how much harm a turn is best flagged (F1) beside those with a label that is sure."""
    harm = np.concatenate([one.harm for one in evidence])
    places = [codebook.LABEL_NAMES.index(name) for name in codebook.HARMFUL]
    labels = np.concatenate([one.labels for one in evidence])[:, places]
    sure = (labels >= [calibration.thresholds[name] for name in codebook.HARMFUL]).any(axis=1)
    harmful: npt.NDArray[np.bool_] = (gold[:, places] == 1).any(axis=1)
    unsure = np.flatnonzero(~sure)
    unsure = unsure[np.argsort(-harm[unsure])]
    right = np.sum(harmful & sure) + np.cumsum([0, *harmful[unsure]])
    flagged = sure.sum() + np.arange(len(unsure) + 1)
    best = int(np.argmax(right / (flagged + harmful.sum() + 1)))
    return round(float(harm[unsure[best - 1]]), 4) if best else None


def _rows(calls: Sequence[TaggedCall], side: Side) -> Array:
    return np.concatenate([context_rows(call.gold.call(), call.tags, side) for call in calls])


def _fit_side(calls: Sequence[TaggedCall], side: Side) -> LinearModel:
    """Labels of one side's turns and, of customers, the kinds of opportunity that open."""
    turns = np.array([turn.speaker == side for call in calls for turn in call.gold.turns])
    targets = [targets_of(call.gold) for call in calls]
    labels = np.concatenate([target.labels.numpy() for target in targets])[turns]
    kinds = np.concatenate([target.kinds.numpy() for target in targets])[turns]
    names = codebook.labels_for(side)
    gold = {name: labels[:, codebook.LABEL_NAMES.index(name)] for name in names}
    if side == "customer":
        gold |= {name: kinds[:, place] for place, name in enumerate(OPENINGS)}
    return LinearModel.fit_logistics(
        context_features(side),
        _rows(calls, side),
        gold,
        CONTEXT_STRENGTH,
        {name: own_features(name) for name in gold},
        TRUST_IN_OWN,
    )


def _fit_sentiment(calls: Sequence[TaggedCall]) -> LinearModel:
    gold = [t.sentiment for call in calls for t in call.gold.turns if t.speaker == "customer"]
    known = np.array([value is not None for value in gold])
    return LinearModel.fit_ridge(
        context_features("customer"),
        _rows(calls, "customer")[known],
        np.array([value for value in gold if value is not None], float),
        SENTIMENT_PENALTY,
        trusted=own_features("sentiment"),
        trust=TRUST_IN_OWN_SENTIMENT,
    )


def _set_sentiment_cuts(calibration: Calibration, calls: Sequence[TaggedCall]) -> None:
    """Cut so that each value of sentiment is as frequent as readers gave it."""
    outputs = np.concatenate(
        [calibration.outputs(call.gold.call(), call.tags, "customer")[:, -1] for call in calls]
    )
    values = [t.sentiment for call in calls for t in call.gold.turns if t.speaker == "customer"]
    gold = np.array([np.nan if value is None else value for value in values])
    known = ~np.isnan(gold)
    shares = [(gold[known] <= step).mean() for step in codebook.SENTIMENTS[:-1]]
    cuts = np.maximum.accumulate(np.clip(np.quantile(outputs[known], shares), -1.99, 1.99))
    # A little apart, so that they can be interpolated.
    calibration.sentiment_cuts = [
        float(cut) + 1e-4 * place for place, cut in enumerate(cuts.tolist())
    ]


def _fit_distinction(
    gold: Sequence[LabelledCall], evidence: Sequence[Evidence]
) -> dict[str, Weights]:
    """What recurrence in the other calls of a company adds to `boilerplate` and `canned`."""
    recurrence = Recurrence.of(call.call() for call in gold)
    rows: list[list[float]] = []
    labels: list[list[str]] = []
    for call, known in zip(gold, evidence, strict=True):
        turns = turn_reports(known)
        for turn, script in zip(turns, recurrence.judge(call.call()), strict=True):
            turn.script = script
        for said, row in zip(call.turns, distinction_features(turns), strict=True):
            if row is not None:
                rows.append(row)
                labels.append(said.labels)
    carried = {label: [label in one for one in labels] for label in LABELS}
    if any(sum(found) < FEWEST_EXAMPLES for found in carried.values()):
        return {}
    return fit_distinction(rows, carried)


def _fit_recovery(gold: Sequence[LabelledCall], evidence: Sequence[Evidence]) -> RecoveryModel:
    rows, outcomes, names = [], [], []
    for call, known in zip(gold, evidence, strict=True):
        for chance in call.opportunities:
            kind = codebook.KINDS_BY_NAME[chance.kind]
            features = outcome_features(known, chance.turn - 1, kind)
            names = list(features)
            rows.append(list(features.values()))
            outcomes.append(chance.outcome)
    return RecoveryModel(
        opens_from=_best_opens_from(gold, evidence),
        outcome=LinearModel.fit_softmax(
            names, np.array(rows), outcomes, codebook.OUTCOMES, OUTCOME_STRENGTH
        ),
    )


def _best_opens_from(gold: Sequence[LabelledCall], evidence: Sequence[Evidence]) -> float:
    """Of those that give next to the best F1, the highest: it finds the fewest in vain."""
    reached = {value: _opening_f1(gold, evidence, value) for value in OPENS_FROM}
    best = max(reached.values())
    return max(value for value, f1 in reached.items() if f1 >= NEXT_TO_BEST * best)


def _opening_f1(
    gold: Sequence[LabelledCall], evidence: Sequence[Evidence], opens_from: float
) -> float:
    """F1 of openings, of any kind and of the same kind, averaged."""
    matched = total = 0
    for call, known in zip(gold, evidence, strict=True):
        meant = [(chance.turn, chance.kind) for chance in call.opportunities]
        found = [(one.turn + 1, one.kind.name) for one in find_openings(known.kinds, opens_from)]
        matched += count_matches(found, meant) + count_matches(found, meant, same_kind=True)
        total += len(found) + len(meant)
    return matched / max(1, total)


def _fit_scoring(
    gold: Sequence[LabelledCall],
    evidence: Sequence[Evidence],
    found: Sequence[Sequence[Opportunity]],
) -> ScoringModel:
    features = [call_features(one, chances) for one, chances in zip(evidence, found, strict=True)]
    names = list(features[0])
    rows = np.array([list(one.values()) for one in features])
    turns = [len(call.turns) for call in gold]
    authors = np.array([call.author for call in gold])
    return ScoringModel(
        scores={
            name: fit_score(
                names, rows, turns, np.array([call.scores[name] for call in gold], float), authors
            )
            for name in codebook.SCORE_NAMES
        },
        outcome=LinearModel.fit_softmax(
            names,
            rows,
            [call.outcome for call in gold],
            codebook.RESOLUTIONS,
            OUTCOME_STRENGTH,
        ),
    )


def fit_score(
    names: Sequence[str], rows: Array, turns: Sequence[int], points: Array, authors: Array
) -> ScoreModel:
    """One score: a ridge regression, and how far it is off on authors left out of the fit.

    Args:
        names: The features.
        rows: Calls by features.
        turns: Number of turns of each call.
        points: The gold score of each call, 1 to 5.
        authors: Who wrote each call.
    """
    missed_by = np.zeros(len(points))
    folds = GroupKFold(min(len(set(authors.tolist())), 11))
    for fit, held_out in folds.split(rows, groups=authors):
        part = LinearModel.fit_ridge(names, rows[fit], points[fit], RIDGE_PENALTY)
        predicted = np.clip(part.outputs(rows[held_out])[:, 0], 1, 5)
        missed_by[held_out] = np.abs(points[held_out] - predicted)
    classes = np.array([length_class(count) for count in turns])
    return ScoreModel(
        regression=LinearModel.fit_ridge(names, rows, points, RIDGE_PENALTY),
        half_widths=[_half_width(missed_by[classes == place]) for place in range(len(LENGTHS) + 1)],
    )


def _half_width(missed_by: Array) -> float:
    """Of a conformal interval that holds `CONFIDENCE` of calls, from absolute errors.

    Where calls are too few to tell, it is as long as the scale.
    """
    if len(missed_by) < FEWEST_ERRORS:
        return WHOLE_SCALE
    conformal = ConformalRegressor().fit(missed_by)
    low, high = conformal.predict_int(np.zeros(1), confidence=CONFIDENCE)[0]
    return round(min(WHOLE_SCALE, float(high - low) / 2), 4)
