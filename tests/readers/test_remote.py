from __future__ import annotations

import gzip
import json
import sys

import pytest

fsspec = pytest.importorskip("fsspec")

from analyzer.errors import ReadError  # noqa: E402
from analyzer.readers import read_calls, readings  # noqa: E402

TALK = [{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": "Hi there."}]


def call(identity: str) -> bytes:
    return json.dumps({"id": identity, "turns": TALK}).encode() + b"\n"


@pytest.fixture
def bucket():
    system = fsspec.filesystem("memory")
    system.pipe("/calls/a.jsonl", call("a"))
    system.pipe("/calls/deeper/b.jsonl.gz", gzip.compress(call("b")))
    system.pipe("/calls/c.txt", b"Agent: Hello.\nCustomer: Hi.\n")
    yield "memory://calls"
    system.rm("/calls", recursive=True)


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/a.jsonl", ["a"]),
        ("", ["a", "c", "b"]),
        ("/", ["a", "c", "b"]),
        ("/*.jsonl", ["a"]),
        ("/**/b*", ["b"]),
    ],
)
def test_an_address_is_a_file_a_folder_or_a_glob(bucket: str, path: str, ids: list[str]) -> None:
    assert [one.id for one in read_calls(bucket + path)] == ids


def test_calls_are_told_by_their_address(bucket: str) -> None:
    (told,) = readings(bucket + "/a.jsonl")
    assert told.source == "memory:///calls/a.jsonl"


def test_what_is_not_there_is_told(bucket: str) -> None:
    with pytest.raises(ReadError, match=r"memory://calls/none.*(files|reached)"):
        list(read_calls(bucket + "/none.jsonl"))


def test_an_unknown_kind_of_address_is_told() -> None:
    with pytest.raises(ReadError, match="nowhere://bucket"):
        list(read_calls("nowhere://bucket/calls"))


@pytest.mark.parametrize("missing", ["fsspec.core", "s3fs"])
def test_a_missing_library_is_told_with_the_extra_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)  # type: ignore[arg-type]
    with pytest.raises(ReadError, match=r"s3://bucket/calls.*library.*empathy-analyzer\[remote\]"):
        list(read_calls("s3://bucket/calls"))
