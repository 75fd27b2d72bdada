from __future__ import annotations

from fuzzing import Mutator, run


def test_damaged_exports_give_valid_calls_or_errors_of_ours() -> None:
    outcome = run(count=800, seed=2026)
    assert outcome["calls"] > 200
    assert outcome["ReadError"] > 200


def test_a_run_can_be_repeated() -> None:
    one, other = Mutator(3), Mutator(3)
    assert [one.input() for _ in range(20)] == [other.input() for _ in range(20)]
