"""Where opportunities open, by the probabilities of each turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analyzer import codebook
from analyzer.matching import TURNS_APART
from analyzer.openings import SHARE_OF_LIKELIEST, find_openings


def _kinds(turns: int, **places: dict[int, float]) -> np.ndarray:
    kinds = np.zeros((turns, len(codebook.KIND_NAMES)))
    for name, by_turn in places.items():
        for turn, probability in by_turn.items():
            kinds[turn, codebook.KIND_NAMES.index(name)] = probability
    return kinds


def _found(kinds: np.ndarray, opens_from: float = 0.35) -> list[tuple[int, str]]:
    return [(one.turn, one.kind.name) for one in find_openings(kinds, opens_from)]


def test_an_opportunity_spread_over_the_turns_nearby_is_found_once_in_their_midst():
    kinds = _kinds(9, failure={2: 0.2, 4: 0.25, 6: 0.2})
    assert _found(kinds) == [(4, "failure")]
    assert find_openings(kinds, 0.35)[0].confidence == pytest.approx(1 - 0.8 * 0.75 * 0.8)
    assert _found(_kinds(9, failure={0: 0.2, 4: 0.25, 8: 0.2})) == []


def test_the_likelier_of_equally_promising_turns_is_meant():
    assert _found(_kinds(5, emotion={1: 0.5, 3: 0.4})) == [(1, "emotion")]
    assert _found(_kinds(5, emotion={1: 0.4, 3: 0.5})) == [(3, "emotion")]


def test_where_two_are_expected_two_are_found_each_of_the_kind_of_its_turn():
    kinds = _kinds(6, failure={1: 0.9, 3: 0.1}, effort={3: 0.6})
    assert _found(kinds) == [(1, "failure"), (3, "effort")]
    assert _found(_kinds(6, failure={1: 0.9}, effort={3: 0.1})) == [(1, "failure")]


def test_three_in_a_row_that_are_sure_stay_where_they_are():
    kinds = _kinds(8, effort={1: 0.95}, hardship={3: 0.9, 1: 0.2}, churn={5: 0.9})
    assert _found(kinds) == [(1, "effort"), (3, "hardship"), (5, "churn")]


def test_two_of_one_kind_close_together_are_one():
    assert _found(_kinds(6, failure={1: 0.9, 3: 0.95})) == [(3, "failure")]


def test_the_kinds_nearby_help_to_tell_the_kind():
    kinds = _kinds(7, failure={1: 0.3, 3: 0.35, 5: 0.3}, emotion={3: 0.4})
    assert _found(kinds) == [(3, "failure")]


def test_one_that_is_found_accounts_for_what_is_nearest():
    # Turn 5 takes its own 0.8 and 0.2 of turn 3: with what is left there, turn 1 expects 0.35.
    kinds = _kinds(8, effort={1: 0.25, 3: 0.3}, failure={5: 0.8})
    assert _found(kinds, 0.3) == [(1, "effort"), (5, "failure")]
    assert _found(kinds, 0.36) == [(5, "failure")]


def test_whatever_the_threshold_the_search_ends():
    assert find_openings(_kinds(3), 0.0) == []
    assert len(find_openings(_kinds(3, failure={0: 0.9}), 0.0)) == 1


def test_of_thresholds_next_to_the_best_the_highest_is_chosen(monkeypatch: pytest.MonkeyPatch):
    from analyzer import fitting

    reached = {0.1: 0.70, 0.2: 0.71, 0.3: 0.704, 0.4: 0.69}
    monkeypatch.setattr(fitting, "OPENS_FROM", tuple(reached))
    monkeypatch.setattr(fitting, "_opening_f1", lambda gold, evidence, value: reached[value])
    assert fitting._best_opens_from([], []) == 0.3


def test_those_far_apart_do_not_know_of_each_other():
    kinds = _kinds(12, failure={1: 0.9, 10: 0.9})
    assert _found(kinds) == [(1, "failure"), (10, "failure")]


def test_a_call_without_turns_or_chances_opens_nothing():
    assert _found(np.zeros((0, len(codebook.KIND_NAMES)))) == []
    assert _found(_kinds(4)) == []


@given(
    arrays(
        float,
        st.tuples(st.integers(1, 14), st.just(len(codebook.KIND_NAMES))),
        elements=st.floats(0, 0.97),
    ),
    st.floats(0.05, 0.6),
)
@settings(max_examples=150, deadline=None)
def test_findings_lie_at_likely_turns_and_differ_nearby(kinds: np.ndarray, opens_from: float):
    likelihood = 1 - np.prod(1 - kinds, axis=1)
    found = find_openings(kinds, opens_from)
    assert [one.turn for one in found] == sorted({one.turn for one in found})
    for one in found:
        near = [other.kind for other in found if abs(other.turn - one.turn) <= TURNS_APART]
        assert near.count(one.kind) == 1
        around = slice(max(0, one.turn - TURNS_APART), one.turn + TURNS_APART + 1)
        assert likelihood[one.turn] >= SHARE_OF_LIKELIEST * likelihood[around].max() - 1e-12
        assert 0 < one.confidence <= 1
    # No more are found than are expected, each counted from where a finding begins to count.
    assert len(found) * opens_from <= likelihood.sum() + 1e-9
