"""One export file: its name and its bytes, decoded and parsed only when somebody asks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import BinaryIO

from analyzer.errors import ReadError
from analyzer.readers.beside import Beside, BesideOnDisk
from analyzer.readers.documents import JsonDocuments
from analyzer.readers.encodings import TextDecoder, binary_kind
from analyzer.readers.limits import DEFAULT, Limits

HEAD = 1 << 16
CHUNK = 1 << 18
_KNOWN_ENDINGS = """
    json jsonl ndjson txt text md log csv tsv xlsx xlsm parquet vtt srt vcon
    gz zst bz2 xz zip tar tgz
"""
_ENDINGS = frozenset(_KNOWN_ENDINGS.split())


class Export:
    """What a reader is given: to recognise (which consumes nothing), and then to read once.

    Args:
        name: The file as the user knows it, such as ``"exports/may.zip > a/17.json"``.
        stream: Its bytes. Need not be seekable.
        columns: Columns the user named for tables: field to column, ``{"text": "Utterance"}``.
        limits: Bounds of what is held in memory.
        beside: The files beside it; those beside the file of its name, if not given.
    """

    def __init__(
        self,
        name: str,
        stream: BinaryIO,
        *,
        columns: Mapping[str, str] | None = None,
        limits: Limits = DEFAULT,
        beside: Beside | None = None,
    ) -> None:
        self.name = name
        self.beside = beside or BesideOnDisk(name)
        self.columns: Mapping[str, str] = columns or {}
        self.limits = limits
        self._stream = stream
        self._taken: list[bytes] = []
        self._sniffing = True
        self._decoder: TextDecoder | None = None

    @classmethod
    def of(cls, data: bytes | str, name: str = "sample") -> Export:
        """An export of bytes or text at hand, for tests and for pasted text."""
        return cls(name, io.BytesIO(data.encode() if isinstance(data, str) else data))

    @property
    def stem(self) -> str:
        """The file's own name without folder and endings, the id of a call that has none."""
        last = self.name.replace("\\", "/").rsplit(" > ", 1)[-1].rstrip("/").rsplit("/", 1)[-1]
        name = last
        while (parts := name.rpartition("."))[0] and parts[2].lower() in _ENDINGS:
            name = parts[0]
        return name or last

    @cached_property
    def head(self) -> bytes:
        """The first bytes (up to 64 KiB)."""
        size = sum(map(len, self._taken))
        while size < HEAD and (chunk := self._take(HEAD - size)):
            size += len(chunk)
        return b"".join(self._taken)[:HEAD]

    @cached_property
    def text_head(self) -> str:
        """The first bytes as text, line ends as ``\\n``; empty for a binary file."""
        if self.binary_kind:
            return ""
        return "".join(TextDecoder(self.head).decode(iter([self.head])))

    @cached_property
    def binary_kind(self) -> str | None:
        """What the file is in words, where it holds no text: ``"a PDF document"``."""
        return binary_kind(self.head)

    @cached_property
    def documents(self) -> JsonDocuments:
        """The content as JSON documents, parsed as they are asked for."""
        chunks = iter(()) if self.binary_kind else self._text_chunks()
        return JsonDocuments(chunks, self.name, self.limits)

    def lines(self) -> Iterator[str]:
        """The content line by line, without line ends."""
        parts: list[str] = []
        size = 0
        for chunk in self._text_chunks():
            head, *more = chunk.split("\n")
            parts.append(head)
            size += len(head)
            if more:
                yield "".join(parts)
                yield from more[:-1]
                parts, size = [more[-1]], len(more[-1])
            if size > self.limits.whole:
                raise self._too_large()
        if size:
            yield "".join(parts)

    def text(self) -> str:
        """The whole content as text.

        Raises:
            ReadError: If it is larger than the limit.
        """
        parts, size = [], 0
        for chunk in self._text_chunks():
            size += len(chunk)
            if size > self.limits.whole:
                raise self._too_large()
            parts.append(chunk)
        return "".join(parts)

    def file(self) -> BinaryIO:
        """The content as a seekable binary file, at its start.

        Raises:
            ReadError: If it has to be held in memory and is larger than the limit.
        """
        if self._stream.seekable():
            self._stream.seek(0)
            return self._stream
        held, size = io.BytesIO(), 0
        for chunk in self._bytes():
            size += held.write(chunk)
            if size > self.limits.whole:
                raise self._too_large()
        held.seek(0)
        self._stream = held
        return held

    def settle(self) -> None:
        """Recognising is over: from now on what is read need not be kept for another reader."""
        self._sniffing = False

    @property
    def fell_back(self) -> bool:
        """Whether bytes met so far were not of the encoding they should be."""
        return self._decoder is not None and self._decoder.fell_back

    def _text_chunks(self) -> Iterator[str]:
        self._decoder = TextDecoder(self.head)
        return self._decoder.decode(self._bytes())

    def _bytes(self) -> Iterator[bytes]:
        position = 0
        while True:
            if position < len(self._taken):
                yield self._taken[position]
                position += 1
                continue
            chunk = self._take(CHUNK)
            if not chunk:
                return
            if self._sniffing:
                position += 1
            yield chunk

    def _take(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        if chunk and self._sniffing:
            self._taken.append(chunk)
        return chunk or b""

    def _too_large(self) -> ReadError:
        return ReadError(
            f"is larger than {self.limits.whole >> 20} MiB and cannot be read as a stream.",
            source=self.name,
            remedy="Split it into smaller files.",
        )
