"""Bytes to text, whatever the export was saved as; never an error, and never silently wrong."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PRINTABLE_CONTROLS = frozenset(b"\t\n\v\f\r\x1b\x85")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"\xff\xfb", "a sound file"),
    (b"OggS", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (save it as .xlsx or as text)"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as Windows-1252, the usual culprit."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("analyzer.cp1252", _as_cp1252)


def binary_kind(head: bytes) -> str | None:
    """What a file that holds no text is, in words; None for text."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[4:8] == b"ftyp":
        return "a sound or video file"
    if encoding_of(head) not in ("utf-8", "utf-8-sig"):
        return None
    controls = sum(byte < 32 and byte not in _PRINTABLE_CONTROLS for byte in head[:8192])
    return "a binary file" if b"\0" in head or controls > len(head[:8192]) * 0.02 else None


def encoding_of(head: bytes) -> str:
    """The encoding by byte order mark, or UTF-16 by its zero bytes; else UTF-8."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[:4096]
    if len(sample) >= 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        if odd > half * 0.4 and even < half * 0.05:
            return "utf-16-le"
        if even > half * 0.4 and odd < half * 0.05:
            return "utf-16-be"
    return "utf-8"


class TextDecoder:
    """Decodes chunks of bytes: line ends become ``\\n``, wrong bytes Windows-1252.

    Attributes:
        encoding: What the bytes are read as.
        fell_back: Whether some bytes were not of that encoding.
    """

    def __init__(self, head: bytes) -> None:
        self.encoding = encoding_of(head)
        self.fell_back = False
        self._bytes = codecs.getincrementaldecoder(self.encoding)(errors="strict")
        self._lines = io.IncrementalNewlineDecoder(None, translate=True)

    def decode(self, chunks: Iterator[bytes]) -> Iterator[str]:
        """The text of the chunks, in as many chunks."""
        for chunk in chunks:
            yield self._lines.decode(self._step(chunk, final=False))
        yield self._lines.decode(self._step(b"", final=True), final=True)

    def _step(self, chunk: bytes, *, final: bool) -> str:
        try:
            return self._bytes.decode(chunk, final)
        except UnicodeDecodeError:
            utf8 = self.encoding.startswith("utf-8")
            self._bytes.errors = "analyzer.cp1252" if utf8 else "replace"
            self.fell_back = True
            return self._bytes.decode(chunk, final)
