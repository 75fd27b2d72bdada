"""AssemblyAI: transcripts with utterances by speaker or by channel.

https://www.assemblyai.com/docs/api-reference/transcripts/get
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import first_text, record, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript
from analyzer.readers.words import spoken

_STATED = {"audio_url", "audio_duration", "language_code", "acoustic_model", "speech_model"}


class AssemblyAIReader(JsonReader):
    """``{"id": ..., "audio_url": ..., "utterances": [{"speaker": "A", "text": ...}]}``."""

    name = "assemblyai"
    title = "AssemblyAI (utterances)"

    def recognises_document(self, document: Any) -> bool:
        """Utterances or words with texts, and what AssemblyAI states of the audio."""
        fields = record(document)
        said = records(fields.get("utterances")) or records(fields.get("words"))
        return bool(fields.keys() & _STATED) and any(
            {"text", "start"} <= one.keys() for one in said
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one transcript of a document."""
        utterances = [_piece(one) for one in records(document.get("utterances"))]
        language, _, region = first_text(document, "language_code").replace("_", "-").partition("-")
        region = {"uk": "GB"}.get(region.lower(), region.upper())
        yield Transcript(
            utterances or spoken(_piece(word) for word in records(document.get("words"))),
            id=first_text(document, "id") or None,
            metadata={
                "duration_ms": milliseconds(document.get("audio_duration")),
                "language": "-".join(part for part in (language, region) if part) or None,
            },
        )


def _piece(said: dict[str, Any]) -> Piece:
    channel, speaker = first_text(said, "channel"), first_text(said, "speaker")
    return Piece(
        speaker=speaker or (f"channel {channel}" if channel else ""),
        text=first_text(said, "text"),
        start_ms=milliseconds(said.get("start"), "ms"),
        end_ms=milliseconds(said.get("end"), "ms"),
    )
