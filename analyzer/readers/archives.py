"""Packed exports: `.gz`, `.bz2`, `.xz`, `.zst`, `.zip` and `.tar`, in any nesting.

Members are read as streams and never written to disk, so that none can escape to a path.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple, cast

import zstandard

from analyzer.errors import ReadError
from analyzer.files import PARTIAL
from analyzer.readers.beside import Beside, BesideInZip
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.readers.streams import Budget, Counted

_ZSTD_WINDOW = 1 << 27
_PEEK = 512
_NOTES = ("readme", "license", "licence", "notice", "copying", "changelog")
_OFFICE = ("[Content_Types].xml", "mimetype")


class Member(NamedTuple):
    """One file, unpacked: its name as the user knows it, its bytes, and what lies beside it."""

    name: str
    stream: BinaryIO
    beside: Beside | None = None


def unpacked(name: str, stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Member | ReadError]:
    """The files in a stream: itself, or the members of the archive that it is.

    A member that cannot be read is yielded as its error, and the others follow.
    """
    counted = Counted(stream, name)
    yield from _layer(name, counted, Budget(name, counted, limits), limits.nesting)


def ignored(path: str) -> bool:
    """Whether a file in a folder or archive is plainly no export: hidden, half written, a note."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if any(part.startswith((".", "~$", "__MACOSX")) and part not in ("..", ".") for part in parts):
        return True
    if path.endswith(PARTIAL):
        return True
    stem, _, ending = (parts[-1].lower() if parts else "").partition(".")
    if f"{stem}.{ending}" in ("thumbs.db", "desktop.ini"):
        return True
    note = stem in _NOTES or stem.endswith(("-license", "_license", "-licence", "_licence"))
    return note and ending in ("", "md", "txt", "rst", "html")


def _layer(name: str, stream: Counted, budget: Budget, layers: int) -> Iterator[Member | ReadError]:
    try:
        peeked = _Peeked(stream)
        opener = _opener(peeked.peek(_PEEK))
        if opener is None:
            yield Member(name, cast(BinaryIO, peeked))
        elif layers == 0:
            yield ReadError(
                f"is packed more than {budget.limits.nesting} times over.",
                source=name,
                remedy="Unpack it yourself and give the folder.",
            )
        else:
            yield from opener(name, peeked, budget, layers - 1)
    except ReadError as error:
        yield error
    except (
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
        tarfile.TarError,
        zipfile.BadZipFile,
    ) as error:
        yield ReadError(
            f"is a damaged archive ({error}).", source=name, remedy="Export or download it again."
        )


class _Peeked(io.RawIOBase):
    """A stream whose first bytes can be looked at."""

    def __init__(self, stream: Counted) -> None:
        super().__init__()
        self._stream = stream
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        while len(self._ahead) < size and (more := self._stream.read(size - len(self._ahead))):
            self._ahead += more
        return self._ahead

    def read(self, size: int = -1) -> bytes:
        if not self._ahead:
            return self._stream.read(size)
        if size is None or size < 0:
            data, self._ahead = self._ahead + self._stream.read(), b""
        else:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 1:
            offset -= len(self._ahead)
        self._ahead = b""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell() - len(self._ahead)


_Opener = Callable[[str, _Peeked, Budget, int], Iterator[Member | ReadError]]


def _opener(head: bytes) -> _Opener | None:
    if head.startswith(b"\x1f\x8b\x08"):
        return _compressed(lambda stream: gzip.GzipFile(fileobj=stream))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _compressed(_zstandard)
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return _compressed(lambda stream: bz2.BZ2File(stream))
    if head.startswith(b"\xfd7zXZ\0"):
        return _compressed(lambda stream: lzma.LZMAFile(stream))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip
    if head[257:262] == b"ustar":
        return _tar
    return None


def _zstandard(stream: BinaryIO) -> BinaryIO:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    return cast(BinaryIO, decompressor.stream_reader(stream, read_across_frames=True))


def _compressed(open_it: Callable[[BinaryIO], object]) -> _Opener:
    def members(
        name: str, stream: _Peeked, budget: Budget, layers: int
    ) -> Iterator[Member | ReadError]:
        plain = cast(BinaryIO, open_it(cast(BinaryIO, stream)))
        yield from _layer(name, Counted(plain, name, budget), budget, layers)

    return members


def _zip(name: str, stream: _Peeked, budget: Budget, layers: int) -> Iterator[Member | ReadError]:
    with zipfile.ZipFile(_seekable(name, stream, budget.limits)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if any(entry.filename in _OFFICE for entry in entries):
            # A workbook or another office document is a file, not an archive of files.
            file = cast(BinaryIO, archive.fp)
            file.seek(0)
            yield Member(name, file)
            return
        _check_count(name, len(entries), budget.limits)
        for entry in sorted(entries, key=lambda entry: entry.filename):
            if ignored(entry.filename):
                continue
            inner = f"{name} > {entry.filename}"
            if error := _escape(inner, entry.filename):
                yield error
                continue
            try:
                with archive.open(entry) as member:
                    plain = Counted(cast(BinaryIO, member), inner, budget)
                    beside = BesideInZip(archive, entry.filename)
                    for found in _layer(inner, plain, budget, layers):
                        if isinstance(found, Member) and found.name == inner:
                            found = found._replace(beside=beside)
                        yield found
                if budget.spent:
                    return
            except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                yield ReadError(
                    f"cannot be unpacked ({error}).",
                    source=inner,
                    remedy="Unpack it yourself and give the folder.",
                )


def _tar(name: str, stream: _Peeked, budget: Budget, layers: int) -> Iterator[Member | ReadError]:
    with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|") as archive:
        for count, entry in enumerate(archive, 1):
            _check_count(name, count, budget.limits)
            if not entry.isfile() or ignored(entry.name):
                continue
            inner = f"{name} > {entry.name}"
            if error := _escape(inner, entry.name):
                yield error
                continue
            member = archive.extractfile(entry)
            if member is not None:
                plain = Counted(cast(BinaryIO, member), inner, budget)
                yield from _layer(inner, plain, budget, layers)
            if budget.spent:
                return


def _seekable(name: str, stream: _Peeked, limits: Limits) -> BinaryIO:
    if stream.seekable():
        stream.seek(0)
        return cast(BinaryIO, stream)
    held = io.BytesIO()
    while chunk := stream.read(1 << 18):
        if held.tell() + len(chunk) > limits.whole:
            raise ReadError(
                f"is a zip archive of more than {limits.whole >> 20} MiB that cannot be read as "
                "a stream.",
                source=name,
                remedy="Give it as a file, or unpack it first.",
            )
        held.write(chunk)
    held.seek(0)
    return held


def _check_count(name: str, count: int, limits: Limits) -> None:
    if count > limits.members:
        raise ReadError(
            f"holds more than {limits.members} files.",
            source=name,
            remedy="Unpack it yourself and give the folder.",
        )


def _escape(inner: str, path: str) -> ReadError | None:
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or path[1:2] == ":":
        return ReadError(
            "has a path that leads out of the archive; it was not read.",
            source=inner,
            remedy="Pack it again with plain relative paths.",
        )
    return None
