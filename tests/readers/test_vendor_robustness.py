"""Exports as life leaves them: extra fields, numbers as text, nulls, pieces missing."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers import read_calls

SAMPLES = Path(__file__).parent / "samples"
JSON_FILES = sorted(path.name for path in SAMPLES.glob("*.json"))
SPEAKERLESS = {"whisper.json", "faster-whisper.json"}
JUNK = (None, "", 0, -1, 1e308, "x", [], {}, [None], {"a": 1}, True, 10**30, "PT1S", "\ud800")

every_file = pytest.mark.parametrize("file", sorted(set(JSON_FILES) - SPEAKERLESS))


def calls_of(document: Any) -> list[Call]:
    return list(read_calls(io.BytesIO(json.dumps(document).encode()), on_failure=_known))


def _known(error: ReadError) -> None:
    assert str(error)


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same JSON, with a change made to every value from the innermost on."""
    if isinstance(value, dict):
        return change({key: rebuilt(item, change) for key, item in value.items()})
    if isinstance(value, list):
        return [rebuilt(item, change) for item in value]
    return change(value)


def read(file: str) -> tuple[Any, list[list[Any]]]:
    document = json.loads((SAMPLES / file).read_text(encoding="utf-8"))
    return document, told(calls_of(document))


def told(calls: list[Call]) -> list[list[Any]]:
    assert calls
    return [[turn.model_dump() for turn in call.turns] for call in calls]


@every_file
def test_fields_that_nobody_knows_change_nothing(file: str) -> None:
    document, expected = read(file)

    def extended(value: Any) -> Any:
        return {**value, "xNew": {"deep": [1, None]}} if isinstance(value, dict) else value

    assert told(calls_of(rebuilt(document, extended))) == expected


@every_file
def test_numbers_may_be_written_as_text(file: str) -> None:
    document, expected = read(file)

    def as_text(value: Any) -> Any:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return str(value) if number else value

    assert told(calls_of(rebuilt(document, as_text))) == expected


@every_file
def test_many_of_an_export_may_stand_in_one_file(file: str) -> None:
    document, expected = read(file)
    lines = "\n".join(json.dumps(document) for _ in range(3))
    assert told(list(read_calls(io.BytesIO(lines.encode())))) == expected * 3


@pytest.mark.parametrize("file", [path.name for path in SAMPLES.iterdir() if path.is_file()])
def test_whatever_is_broken_is_a_call_or_an_error_of_ours(file: str) -> None:
    chance = random.Random(file)
    data = (SAMPLES / file).read_bytes()
    for _ in range(25):
        broken = _broken(json.loads(data), chance) if file in JSON_FILES else None
        mangled = json.dumps(broken).encode() if broken is not None else _mangled(data, chance)
        for call in read_calls(io.BytesIO(mangled), on_failure=_known):
            assert Call.model_validate_json(call.model_dump_json()) == call


def _broken(value: Any, chance: random.Random) -> Any:
    """JSON with something dropped, doubled or replaced at some depth."""
    if not isinstance(value, (dict, list)) or not value:
        return chance.choice(JUNK)
    at = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    fate = chance.random()
    if fate < 0.15:
        del value[at]
    elif fate < 0.25:
        value[at] = chance.choice(JUNK)
    elif fate < 0.3 and isinstance(value, list):
        value.insert(0, value[at])
    else:
        value[at] = _broken(value[at], chance)
    return value


def _mangled(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.randrange(1, 200))
    return data[:start] + chance.choice((b"", data[start:end] * 2, b"\xff\x00 --> ")) + data[end:]
