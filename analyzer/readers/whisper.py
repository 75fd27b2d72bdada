"""Whisper and what is built on it: segments with or without speakers.

https://github.com/openai/whisper, https://github.com/SYSTRAN/faster-whisper,
https://github.com/m-bain/whisperX, https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript


def _is_segments(value: Any) -> bool:
    return any({"start", "end", "text"} <= one.keys() for one in records(value)[:5])


class WhisperReader(JsonReader):
    """``{"text": ..., "segments": [{"start": 0.0, "end": 2.5, "text": ...}], "language": "en"}``.

    WhisperX and OpenAI's diarised form add a `speaker` to segments.
    """

    name = "whisper"
    title = "Whisper, faster-whisper and WhisperX (segments)"

    def recognises_document(self, document: Any) -> bool:
        """`segments` with a start, an end and a text."""
        return _is_segments(dig(document, "segments"))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one recording of a document."""
        yield Transcript(
            _pieces(records(document.get("segments"))),
            metadata={
                "language": first_text(document, "language") or None,
                "duration_ms": milliseconds(document.get("duration")),
            },
            by_words=True,
        )


class WhisperSegmentsReader(JsonReader):
    """``[{"start": 0.0, "end": 2.5, "text": ...}, ...]``: segments written without a frame."""

    name = "whisper-segments"
    title = "Whisper and faster-whisper (a list of segments)"
    array_is_document = True

    def recognises_document(self, document: Any) -> bool:
        """An array of segments that are not yet somebody's turns."""
        return _is_segments(document)

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one recording of a document."""
        yield Transcript(_pieces(records(document)), by_words=True)


def _pieces(segments: list[dict[str, Any]]) -> list[Piece]:
    """Segments; one that nobody was found to speak goes to whoever spoke before."""
    pieces: list[Piece] = []
    speaker = next((who for segment in segments if (who := _speaker(segment))), "")
    for segment in segments:
        speaker = _speaker(segment) or speaker
        pieces.append(
            Piece(
                speaker=speaker,
                text=first_text(segment, "text"),
                start_ms=milliseconds(segment.get("start")),
                end_ms=milliseconds(segment.get("end")),
            )
        )
    return pieces


def _speaker(segment: dict[str, Any]) -> str:
    told = Counter(first_text(word, "speaker") for word in records(segment.get("words")))
    told.pop("", None)
    most = told.most_common(1)
    return first_text(segment, "speaker") or (most[0][0] if most else "")
