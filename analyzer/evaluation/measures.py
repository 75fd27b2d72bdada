"""The measures of the contract: reports against gold labels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.matching import count_matches
from analyzer.report import CallReport

Array = npt.NDArray[np.float64]

FEWEST_OCCURRENCES = 5
"""Labels that occur less often are left out of macro averages."""

BANDS = 10
"""Of probability, in a reliability diagram."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled call and the report of a system on it."""

    gold: LabelledCall
    report: CallReport


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: how often it occurs, average precision and F1 a turn."""

    label: str
    occurrences: int
    average_precision: float
    f1: float


def label_figures(judged: Sequence[Judged], names: Sequence[str]) -> list[LabelFigures]:
    """Average precision and F1 of each label over the turns that can carry it."""
    figures = []
    for name in names:
        gold, probability, found = _label_columns(judged, name)
        figures.append(
            LabelFigures(
                name,
                int(gold.sum()),
                _average_precision(gold, probability),
                float(f1_score(gold, found, zero_division=0.0)),
            )
        )
    return figures


def family_f1(judged: Sequence[Judged], names: Sequence[str]) -> float:
    """F1 a turn of a family of flags: any of its labels on an agent turn."""
    gold, found = [], []
    for one in judged:
        flagged = {flag.turn for flag in one.report.flags if flag.label in names}
        for number, turn in enumerate(one.gold.turns, 1):
            if turn.speaker == "agent":
                gold.append(any(name in turn.labels for name in names))
                found.append(number in flagged)
    return float(f1_score(gold, found, zero_division=0.0))


def sentiment_agreement(judged: Sequence[Judged]) -> tuple[float, float]:
    """Quadratic-weighted kappa and Spearman's rho of sentiment a customer turn."""
    gold, predicted = [], []
    for one in judged:
        for turn, said in zip(one.gold.turns, one.report.turns, strict=True):
            if turn.sentiment is not None and said.sentiment is not None:
                gold.append(turn.sentiment)
                predicted.append(said.sentiment)
    rounded = np.round(predicted).astype(int)
    kappa = cohen_kappa_score(gold, rounded, weights="quadratic", labels=codebook.SENTIMENTS)
    return float(np.nan_to_num(kappa)), _spearman(gold, predicted)


def score_agreement(judged: Sequence[Judged], name: str) -> tuple[float, float]:
    """Spearman's rho and mean absolute error (codebook points) of one score a call."""
    gold = [one.gold.scores[name] for one in judged]
    predicted = [_points(one.report, name) for one in judged]
    return _spearman(gold, predicted), float(np.mean(np.abs(np.array(gold) - predicted)))


def opportunity_f1(
    judged: Sequence[Judged], outcome: str | None = None, same_kind: bool = False
) -> float:
    """F1 of opportunities; of those with one outcome alone where it is given.

    See `count_matches` for when a predicted opportunity is the gold one.
    """
    matched = predicted = gold = 0
    for one in judged:
        ours = [(o.turn, o.kind) for o in one.report.opportunities if outcome in (None, o.outcome)]
        theirs = [(o.turn, o.kind) for o in one.gold.opportunities if outcome in (None, o.outcome)]
        predicted += len(ours)
        gold += len(theirs)
        matched += count_matches(ours, theirs, same_kind=same_kind)
    return 2 * matched / (predicted + gold) if predicted + gold else 0.0


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error of the labels' probabilities, the mean over the labels.

    Guo et al. (2017), On calibration of modern neural networks; ten equal bins.
    """
    errors = []
    for name in codebook.LABEL_NAMES:
        gold, probability, _ = _label_columns(judged, name)
        if gold.sum() >= FEWEST_OCCURRENCES:
            errors.append(_binned_error(gold, probability, bins))
    return float(np.mean(errors)) if errors else 0.0


def interval_coverage(judged: Sequence[Judged]) -> float:
    """Share of gold scores inside their 80 % interval."""
    inside = []
    for one in judged:
        for name, (low, high) in one.report.intervals.items():
            points = one.gold.scores[name]
            gold = points if name == "csat" else codebook.from_points(points)
            inside.append(low <= gold <= high)
    return float(np.mean(inside)) if inside else float("nan")


def all_measures(judged: Sequence[Judged]) -> dict[str, float]:
    """Every measure of the contract but speed, by name."""
    found: dict[str, float] = {}
    families = (
        ("cues", codebook.CUE_NAMES),
        ("care", codebook.CARE_NAMES),
        ("flags", codebook.FLAG_NAMES),
    )
    for family, names in families:
        counted = [
            figures
            for figures in label_figures(judged, names)
            if figures.occurrences >= FEWEST_OCCURRENCES
        ]
        found[f"{family}_macro_ap"] = _mean(counted, lambda figures: figures.average_precision)
        found[f"{family}_macro_f1"] = _mean(counted, lambda figures: figures.f1)
    for family, names in codebook.FLAG_FAMILIES.items():
        found[f"{family}_f1"] = family_f1(judged, names)
    found["harmful_f1"] = family_f1(judged, codebook.HARMFUL)
    found["sentiment_kappa"], found["sentiment_rho"] = sentiment_agreement(judged)
    for name in codebook.SCORE_NAMES:
        found[f"{name}_rho"], found[f"{name}_mae"] = score_agreement(judged, name)
    others = [name for name in codebook.SCORE_NAMES if name != "empathy"]
    found["other_scores_rho"] = float(np.mean([found[f"{name}_rho"] for name in others]))
    found["opportunities_f1"] = opportunity_f1(judged)
    found["opportunities_same_kind_f1"] = opportunity_f1(judged, same_kind=True)
    found["missed_f1"] = opportunity_f1(judged, outcome="missed")
    found["calibration_error"] = calibration_error(judged)
    found["interval_coverage"] = interval_coverage(judged)
    found["outcome_accuracy"] = float(
        np.mean([one.gold.outcome == one.report.outcome for one in judged])
    )
    return found


def _label_columns(judged: Sequence[Judged], name: str) -> tuple[Array, Array, Array]:
    speaker = codebook.BY_NAME[name].speaker
    family = codebook.BY_NAME[name].family
    gold, probability, found = [], [], []
    for one in judged:
        findings = {"cue": one.report.cues, "care": one.report.care}.get(
            family, list(one.report.flags)
        )
        marked = {finding.turn for finding in findings if finding.label == name}
        for turn, said in zip(one.gold.turns, one.report.turns, strict=True):
            if turn.speaker == speaker:
                gold.append(float(name in turn.labels))
                probability.append(said.labels.get(name, 0.0))
                found.append(float(said.turn in marked))
    return np.array(gold), np.array(probability), np.array(found)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Probabilities of one band: what they promised, and what came true.

    Attributes:
        promised: Their mean.
        came_true: The share of them whose label the reader gave.
        count: How many there are.
    """

    promised: float
    came_true: float
    count: int


def reliability(judged: Sequence[Judged], names: Sequence[str]) -> list[ReliabilityBin]:
    """The points of a reliability diagram of some labels together, in ten bands."""
    columns = [_label_columns(judged, name) for name in names]
    gold = np.concatenate([column[0] for column in columns])
    probability = np.concatenate([column[1] for column in columns])
    place = np.minimum((probability * BANDS).astype(int), BANDS - 1)
    return [
        ReliabilityBin(
            round(float(probability[inside].mean()), 4),
            round(float(gold[inside].mean()), 4),
            int(inside.sum()),
        )
        for inside in (place == band for band in range(BANDS))
        if inside.any()
    ]


def _binned_error(gold: Array, probability: Array, bins: int) -> float:
    place = np.minimum((probability * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        inside = place == number
        if inside.any():
            error += inside.mean() * abs(gold[inside].mean() - probability[inside].mean())
    return float(error)


def _average_precision(gold: Array, probability: Array) -> float:
    return float(average_precision_score(gold, probability)) if gold.any() else 0.0


def _spearman(gold: Sequence[float], predicted: Sequence[float]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a constant prediction has no rank: counts as 0
        return float(np.nan_to_num(spearmanr(gold, predicted).statistic))


def _points(report: CallReport, name: str) -> float:
    score = float(getattr(report.scores, name))
    return score if name == "csat" else codebook.to_points(score)


def _mean(figures: Sequence[LabelFigures], value: Callable[[LabelFigures], float]) -> float:
    return float(np.mean([value(one) for one in figures])) if figures else 0.0
