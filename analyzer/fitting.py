"""Fitting the judge: calibration, recovery and scoring, on calls that the tagger had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.evidence import Calibrated, Calibration, Evidence
from analyzer.judge import Judge
from analyzer.linear import Array, LinearModel
from analyzer.matching import count_matches
from analyzer.recovery import (
    RecoveryModel,
    find_openings,
    find_opportunities,
    outcome_features,
)
from analyzer.report import ModelInfo, Opportunity
from analyzer.scoring import ScoreModel, ScoringModel, call_features
from analyzer.tagger.inference import CallTags
from analyzer.tagger.training import targets_of

RIDGE_PENALTY = 100.0
OUTCOME_STRENGTH = 0.02
"""Inverse penalties of the softmax models; chosen on the dev calls."""


OPENS_FROM = tuple(round(0.1 + 0.025 * step, 3) for step in range(17))
BESIDE_FROM = 0.5


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
    evidence = [calibration.evidence(call.gold.call(), call.tags) for call in calls]
    gold = [call.gold for call in calls]
    recovery = _fit_recovery(gold, evidence)
    found = [find_opportunities(one, calibration, recovery) for one in evidence]
    scoring = _fit_scoring(gold, evidence, found)
    return Judge(model=model, calibration=calibration, recovery=recovery, scoring=scoring)


def fit_calibration(calls: Sequence[TaggedCall]) -> Calibration:
    """Calibrate every label, every kind of opportunity, and sentiment."""
    targets = [targets_of(call.gold) for call in calls]
    words = np.concatenate([call.tags.words for call in calls]).astype(np.float64)
    labels = _calibrate(
        codebook.LABEL_NAMES,
        np.concatenate([call.tags.labels for call in calls]).astype(np.float64),
        words[:, : len(codebook.LABEL_NAMES)],
        np.concatenate([target.labels.numpy() for target in targets]),
    )
    kinds = _calibrate(
        codebook.KIND_NAMES,
        np.concatenate([call.tags.kinds for call in calls]).astype(np.float64),
        words[:, len(codebook.LABEL_NAMES) : -1],
        np.concatenate([target.kinds.numpy() for target in targets]),
    )
    return _with_sentiment(Calibration(labels=labels, kinds=kinds), calls)


def _calibrate(
    names: Sequence[str], logits: Array, words: Array, gold: Array
) -> dict[str, Calibrated]:
    calibrated = {}
    for place, name in enumerate(names):
        known = ~np.isnan(gold[:, place])
        calibrated[name] = Calibrated.fit(
            logits[known, place], words[known, place], gold[known, place]
        )
    return calibrated


def _with_sentiment(calibration: Calibration, calls: Sequence[TaggedCall]) -> Calibration:
    """Weigh the two sentiments, and cut so that each value is as frequent as readers gave it."""
    gold = np.array(
        [np.nan if t.sentiment is None else t.sentiment for call in calls for t in call.gold.turns]
    )
    known = ~np.isnan(gold)
    two = np.stack(
        [
            np.concatenate([call.tags.sentiment for call in calls]),
            np.concatenate([call.tags.words[:, -1] for call in calls]),
        ],
        axis=1,
    )
    fitted = LinearRegression().fit(two[known], gold[known])
    calibration.sentiment_weights = (*fitted.coef_.tolist(), float(fitted.intercept_))
    raw = np.concatenate([calibration.weighted_sentiment(call.tags) for call in calls])[known]
    steps = [(gold[known] <= step).mean() for step in codebook.SENTIMENTS[:-1]]
    cuts = np.maximum.accumulate(np.clip(np.quantile(raw, steps), -1.99, 1.99))
    # A little apart, so that they can be interpolated.
    calibration.sentiment_cuts = [
        float(cut) + 1e-4 * place for place, cut in enumerate(cuts.tolist())
    ]
    return calibration


def _fit_recovery(gold: Sequence[LabelledCall], evidence: Sequence[Evidence]) -> RecoveryModel:
    rows, outcomes, names = [], [], []
    for call, known in zip(gold, evidence, strict=True):
        for chance in call.opportunities:
            kind = codebook.KINDS_BY_NAME[chance.kind]
            features = outcome_features(known, chance.turn - 1, kind)
            names = list(features)
            rows.append(list(features.values()))
            outcomes.append(chance.outcome)
    model = RecoveryModel(
        opens_from=0.25,
        beside_from=BESIDE_FROM,
        outcome=LinearModel.fit_softmax(
            names, np.array(rows), outcomes, codebook.OUTCOMES, OUTCOME_STRENGTH
        ),
    )
    model.opens_from = max(OPENS_FROM, key=lambda value: _opening_f1(gold, evidence, model, value))
    return model


def _opening_f1(
    gold: Sequence[LabelledCall],
    evidence: Sequence[Evidence],
    model: RecoveryModel,
    opens_from: float,
) -> float:
    """F1 of openings, of any kind and of the same kind, averaged."""
    tried = model.model_copy(update={"opens_from": opens_from})
    matched = total = 0
    for call, known in zip(gold, evidence, strict=True):
        meant = [(chance.turn, chance.kind) for chance in call.opportunities]
        found = [(one.turn + 1, one.kind.name) for one in find_openings(known, tried)]
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
    authors = np.array([call.author for call in gold])
    return ScoringModel(
        scores={
            name: _fit_score(
                names, rows, np.array([call.scores[name] for call in gold], float), authors
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


def _fit_score(names: Sequence[str], rows: Array, points: Array, authors: Array) -> ScoreModel:
    """A ridge regression; its errors are those on authors left out of the fit."""
    missed_by = np.zeros(len(points))
    folds = GroupKFold(min(len(set(authors.tolist())), 11))
    for fit, held_out in folds.split(rows, groups=authors):
        part = LinearModel.fit_ridge(names, rows[fit], points[fit], RIDGE_PENALTY)
        predicted = np.clip(part.outputs(rows[held_out])[:, 0], 1, 5)
        missed_by[held_out] = np.abs(points[held_out] - predicted)
    return ScoreModel(
        regression=LinearModel.fit_ridge(names, rows, points, RIDGE_PENALTY),
        missed_by=sorted(round(float(error), 4) for error in missed_by),
    )
