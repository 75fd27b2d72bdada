from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.call import Call, Turn
from analyzer.convert import convert_calls, vcon
from analyzer.corpus import LabelledCall
from analyzer.errors import OutputError
from analyzer.readers import read_calls

CALL = Call(
    id="c-17",
    turns=[
        Turn(speaker="customer", text="Nobody came.", start_ms=1_500, end_ms=3_000),
        Turn(speaker="agent", text="Oh no. I'm on it."),
    ],
    metadata={"agent": "dana", "started_at": "2026-03-01T10:00:00Z", "queue": "faults"},
)


def test_neutral_lines_read_back_as_the_same_calls(
    tmp_path: Path, corpus: list[LabelledCall]
) -> None:
    calls = [call.call() for call in corpus[:20]]
    assert convert_calls(calls, tmp_path / "calls.jsonl") == 20
    assert list(read_calls(tmp_path / "calls.jsonl")) == calls


def test_a_vcon_tells_who_said_what_and_when() -> None:
    document = vcon(CALL)
    assert [party["role"] for party in document["parties"]] == ["agent", "customer"]
    assert document["parties"][0]["name"] == "dana"
    first, second = document["dialog"]
    assert (first["parties"], first["body"]) == (1, "Nobody came.")
    assert (first["start"], first["duration"]) == ("2026-03-01T10:00:01.500000+00:00", 1.5)
    assert (second["parties"], second["body"]) == (0, "Oh no. I'm on it.")
    assert document["attachments"][0]["body"] == CALL.metadata


def test_a_vcon_reads_back_with_its_turns_and_roles(tmp_path: Path) -> None:
    assert convert_calls([CALL], tmp_path / "calls.jsonl", "vcon") == 1
    (call,) = read_calls(tmp_path / "calls.jsonl")
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        (turn.speaker, turn.text) for turn in CALL.turns
    ]


def test_the_same_call_always_has_the_same_vcon_id() -> None:
    assert vcon(CALL)["uuid"] == vcon(CALL)["uuid"]
    assert vcon(CALL)["uuid"] != vcon(CALL.model_copy(update={"id": "c-18"}))["uuid"]


def test_a_call_without_a_date_can_be_written_as_vcon() -> None:
    document = vcon(CALL.model_copy(update={"metadata": {}}))
    assert document["created_at"]
    assert json.dumps(document)


def test_a_folder_that_does_not_exist_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        convert_calls([CALL], tmp_path / "no" / "calls.jsonl")
