"""Calls in the neutral format, and what is read from some bytes."""

from __future__ import annotations

import io
import json

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers import read_calls


def document(identity: str = "c-17", **fields) -> dict:
    turns = [
        {"speaker": "agent", "text": "Hello, how can I help?", "start_ms": 0, "end_ms": 2100},
        {"speaker": "customer", "text": "My line is down."},
    ]
    return {"id": identity, "turns": turns, **fields}


def lines(*documents: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in documents)


def read(data: bytes | str, **options) -> tuple[list[Call], list[ReadError]]:
    """The calls of some bytes, and the errors."""
    failures: list[ReadError] = []
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(read_calls(stream, on_failure=failures.append, **options)), failures


def only_failure(data: bytes | str, **options) -> ReadError:
    calls, (error,) = read(data, **options)
    assert calls == []
    return error
