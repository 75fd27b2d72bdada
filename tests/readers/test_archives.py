from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from openpyxl import Workbook

from analyzer.errors import ReadError
from analyzer.readers import read_calls, readings
from analyzer.readers.limits import Limits

TALK = [{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": "Hi there."}]


def call(identity: str) -> bytes:
    return json.dumps({"id": identity, "turns": TALK}).encode() + b"\n"


def zipped(members: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstandard.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped({"a.jsonl": data}),
    "tar": lambda data: tarred({"a.jsonl": data}),
    "tar.gz": lambda data: tarred({"a.jsonl": data}, "w:gz"),
    "tar.zst": lambda data: zstandard.compress(tarred({"a.jsonl": data})),
    "gz in zip": lambda data: zipped({"a.jsonl.gz": gzip.compress(data)}),
}


class Pipe(io.RawIOBase):
    """A stream that can only be read onwards."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


def failures_in(data: bytes, limits: Limits | None = None) -> list[ReadError]:
    options = {"limits": limits} if limits else {}
    return [one.error for one in readings(io.BytesIO(data), **options) if one.error]


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("stream", [io.BytesIO, Pipe])
def test_packed_exports_are_read_by_their_content(pack, stream) -> None:
    calls = read_calls(stream(pack(call("a") + call("b"))))
    assert [one.id for one in calls] == ["a", "b"]


def test_a_workbook_may_be_packed_too() -> None:
    book = Workbook()
    for row in (["call", "speaker", "text"], ["x", "agent", "Hello."], ["x", "caller", "Hi."]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    for pack in (gzip.compress, lambda data: zipped({"a.xlsx": data, "b.jsonl": call("b")})):
        for stream in (io.BytesIO, Pipe):
            assert next(read_calls(stream(pack(out.getvalue())))).id == "x"


def test_compressed_parts_may_follow_each_other() -> None:
    for compress in (gzip.compress, zstandard.compress):
        data = compress(call("a")) + compress(call("b"))
        assert [one.id for one in read_calls(io.BytesIO(data))] == ["a", "b"]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_of_any_format_are_read_and_named(pack, tmp_path: Path) -> None:
    path = tmp_path / "may.pack"
    path.write_bytes(
        pack(
            {
                "b/talk.txt": b"Agent: Hello.\nCustomer: Hi.\n",
                "a.jsonl": call("a"),
                "broken.json": b"{broken",
                "README.md": b"Calls of May.",
                "__MACOSX/._a.jsonl": b"x",
            }
        )
    )
    told = {one.source.removeprefix(f"{path} > "): one for one in readings(path)}
    assert told.keys() == {"a.jsonl", "b/talk.txt", "broken.json"}
    assert told["b/talk.txt"].call is not None
    assert told["b/talk.txt"].call.id == "talk"
    assert told["broken.json"].error is not None


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    "path", ["../up.jsonl", "/etc/calls.jsonl", "a/../../up.jsonl", "C:\\x.json"]
)
def test_a_path_out_of_the_archive_is_refused_and_the_rest_read(pack, path: str) -> None:
    told = list(readings(io.BytesIO(pack({path: call("out"), "z.jsonl": call("in")}))))
    assert [one.call.id for one in told if one.call] == ["in"]
    (error,) = [one.error for one in told if one.error]
    assert "leads out of the archive" in error.problem


def test_links_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_bytes(call("secret"))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo("link.jsonl")
            link.type, link.linkname = kind, str(tmp_path / "secret.jsonl")
            archive.addfile(link)
    assert list(readings(io.BytesIO(out.getvalue()))) == []


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))  # a file there would fail
    for pack in PACKED.values():
        assert list(read_calls(io.BytesIO(pack(call("a")))))
    assert list(tmp_path.iterdir()) == []


SMALL = Limits(unpacked=1 << 20, ratio=20, ratio_from=1 << 16, whole=1 << 19, members=10)


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz", "zip", "tar.gz", "gz in zip"])
def test_a_bomb_is_stopped_before_it_fills_the_memory(kind: str) -> None:
    lines = b"\n".join([b" " * 1000] * 5_000)
    (error,) = failures_in(PACKED[kind](lines + call("a")), SMALL)
    assert "MiB" in error.problem
    assert error.remedy


def test_many_small_members_are_counted_together() -> None:
    members = {f"{n}.jsonl": call("a") + b" " * 300_000 for n in range(9)}
    errors = failures_in(zipped(members), SMALL)
    assert any("far more than it should" in error.problem for error in errors)


def test_too_many_members_are_refused() -> None:
    for pack in (zipped, tarred):
        errors = failures_in(pack({f"{n}.jsonl": call(str(n)) for n in range(12)}), SMALL)
        assert any("more than 10 files" in error.problem for error in errors)


def test_packing_within_packing_has_an_end() -> None:
    data = call("a")
    for _ in range(6):
        data = gzip.compress(data)
    (error,) = failures_in(data)
    assert "packed more than 4 times" in error.problem


def test_one_endless_line_is_refused() -> None:
    (error,) = failures_in(b'{"id": "' + b"x" * (1 << 20), SMALL)
    assert "more than" in error.problem


@pytest.mark.parametrize("kind", PACKED)
def test_a_damaged_archive_is_told(kind: str) -> None:
    data = PACKED[kind](b"".join(call(str(n) * 9) for n in range(300)))
    errors = failures_in(data[: len(data) * 2 // 3])
    assert errors
    assert all(error.source and error.remedy for error in errors)


def test_a_locked_member_is_told_and_the_rest_read() -> None:
    data = bytearray(zipped({"a.jsonl": call("a"), "b.jsonl": call("b")}))
    data[6] |= 1  # the first member says that it is encrypted
    data[data.index(b"PK\x01\x02") + 8] |= 1
    told = list(readings(io.BytesIO(bytes(data))))
    assert [one.call.id for one in told if one.call] == ["b"]
    assert "encrypted" in str(told[0].error)


def test_a_word_document_is_a_file_and_not_an_archive() -> None:
    data = zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    (error,) = failures_in(data)
    assert "format" in str(error) or "binary" in str(error)
