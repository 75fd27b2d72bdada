from __future__ import annotations

import gzip
import json
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

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
def test_a_missing_library_is_told_with_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)  # type: ignore[arg-type]
    with pytest.raises(ReadError, match=r"s3://bucket/calls.*library.*\[s3\]'"):
        list(read_calls("s3://bucket/calls"))


def test_signatures_of_web_addresses_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)  # type: ignore[arg-type]
    with pytest.raises(ReadError) as caught:
        list(read_calls("https://127.0.0.1:9/calls.jsonl?signature=secret"))
    assert "127.0.0.1:9/calls.jsonl" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def web(tmp_path: Path):
    """An address under which files lie on a web server of this machine."""
    pytest.importorskip("aiohttp")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()


def test_exports_are_read_from_the_web_and_named_without_signatures(web) -> None:
    address, folder = web
    (folder / "calls.txt.gz").write_bytes(gzip.compress(b"Agent: Hello.\nCustomer: Hi.\n"))
    (one,) = read_calls(f"{address}/calls.txt.gz?signature=secret")
    assert (one.id, len(one.turns)) == ("calls", 2)
