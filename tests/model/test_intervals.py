"""The intervals of scores: as wide as the score of a call of that length is likely off."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer import Analyzer
from analyzer.call import Call, Turn
from analyzer.fitting import fit_score
from analyzer.scoring import ScoreModel, length_class

NAMES = ["finding"]
CALLS = 1500


def calls_with(seed: int) -> tuple[np.ndarray, list[int], np.ndarray]:
    """Findings, lengths and points of calls: the shorter, the farther off the points."""
    chance = np.random.default_rng(seed)
    findings = chance.uniform(-1, 1, CALLS)
    turns = chance.integers(2, 50, CALLS)
    noise = chance.normal(0, np.where(turns < 8, 0.9, np.where(turns < 16, 0.5, 0.25)))
    return findings[:, None], turns.tolist(), np.clip(3 + findings + noise, 1, 5)


@pytest.fixture(scope="module")
def fitted() -> ScoreModel:
    rows, turns, points = calls_with(1)
    authors = np.array([f"a{number % 6}" for number in range(CALLS)])
    return fit_score(NAMES, rows, turns, points, authors)


@pytest.mark.parametrize(("turns", "found"), [(1, 0), (7, 0), (8, 1), (15, 1), (16, 2), (4000, 2)])
def test_a_call_is_of_one_class_of_length(turns: int, found: int):
    assert length_class(turns) == found


@pytest.mark.parametrize("of_class", range(3))
def test_intervals_hold_in_calls_of_every_length(fitted: ScoreModel, of_class: int):
    inside = []
    for row, turns, gold in zip(*calls_with(2), strict=True):
        if length_class(turns) == of_class:
            low, high = fitted.interval(fitted.points(row), turns)
            inside.append(low <= gold <= high)
    assert 0.73 < np.mean(inside) < 0.88


def test_the_interval_of_a_call_of_few_turns_is_wider(fitted: ScoreModel):
    few, some, many = (np.ptp(fitted.interval(3.0, turns)) for turns in (5, 12, 40))
    assert few > 1.4 * some > 1.4 * 1.4 * many
    assert fitted.interval(4.9, 5)[1] == 5.0


@pytest.mark.parametrize(("seen", "told"), [(0, False), (4, False), (5, True)])
@pytest.mark.filterwarnings("error")
def test_of_a_length_that_was_hardly_seen_nothing_is_known(seen: int, told: bool):
    rows, turns, points = calls_with(3)
    short = [number for number, count in enumerate(turns) if count < 8][:seen]
    known = [*short, *(number for number, count in enumerate(turns) if count >= 8)]
    authors = np.array([f"a{number % 3}" for number in known])
    fitted = fit_score(NAMES, rows[known], [turns[n] for n in known], points[known], authors)
    assert (fitted.interval(3.0, 7) != (1.0, 5.0)) is told
    assert fitted.interval(3.0, 8) != (1.0, 5.0)


def test_the_turns_of_both_sides_make_a_call_long(analyzer: Analyzer):
    """Sixteen turns are of the last class, the eight of one side would be of the middle one."""
    said = [("customer", "It broke again."), ("agent", "I am sorry, I will replace it.")] * 8
    call = Call(id="c", turns=[Turn(speaker=speaker, text=text) for speaker, text in said])
    report = analyzer.analyze(call)
    for name, model in analyzer.judge.scoring.scores.items():
        if name != "csat":
            points = 1 + getattr(report.scores, name) / 25
            bounds = [25 * (bound - 1) for bound in model.interval(points, len(call.turns))]
            assert report.intervals[name] == pytest.approx(bounds, abs=0.11)
