from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.call import Call, Turn
from analyzer.convert import convert_calls
from analyzer.corpus import LabelledCall
from analyzer.errors import OutputError
from analyzer.readers import read_calls

CALL = Call(
    id="c-17",
    turns=[
        Turn(speaker="customer", text="Nobody came.", start_ms=1_500, end_ms=3_000),
        Turn(speaker="agent", text="Oh no. I'm on it.", start_ms=3_100, end_ms=4_000),
    ],
    metadata={"agent": "dana", "started_at": "2026-03-01T10:00:00Z", "queue": "faults"},
)


def test_neutral_lines_read_back_as_the_same_calls(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    calls = [call.call() for call in corpus[:20]]
    assert convert_calls(calls, tmp_path / "calls.jsonl") == 20
    assert list(read_calls(tmp_path / "calls.jsonl")) == calls


def test_vcon_documents_read_back_with_their_turns_roles_and_times(tmp_path: Path) -> None:
    assert convert_calls([CALL], tmp_path / "calls.jsonl", "vcon") == 1
    (call,) = read_calls(tmp_path / "calls.jsonl")
    assert (call.id, call.turns) == (CALL.id, CALL.turns)
    assert call.metadata["queue"] == "faults"


def test_a_folder_that_does_not_exist_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        convert_calls([CALL], tmp_path / "no" / "calls.jsonl")
