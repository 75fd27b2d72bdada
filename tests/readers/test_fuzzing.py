from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fuzzing import Broken, Mutator, check, run

from analyzer.readers import Reading


def test_damaged_exports_give_valid_calls_or_errors_of_ours() -> None:
    outcome = run(count=800, seed=2026)
    assert outcome["calls"] > 200
    assert outcome["ReadError"] > 200


def test_a_run_can_be_repeated_later() -> None:
    """Workbooks and archives tell when they were written, to two seconds."""
    one = Mutator(3)
    inputs = [one.input() for _ in range(400)]
    time.sleep(2.1)
    later = Mutator(3)
    assert inputs == [later.input() for _ in range(400)]


def test_no_reader_can_swallow_the_limit_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **__: object) -> Iterator[Reading]:
        began = time.process_time()
        with suppress(Exception):
            while time.process_time() < began + 3:
                pass
        yield from ()

    monkeypatch.setattr("fuzzing.readings", endless)
    monkeypatch.setattr("fuzzing.SLOWEST_SECONDS", 1)
    with pytest.raises(Broken, match="for more than 1 s"):
        check(b"", None)
