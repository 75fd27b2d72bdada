"""Azure AI Speech: results of batch and of fast transcription, by channel or diarised.

https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get
https://learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript


class AzureSpeechReader(JsonReader):
    """``{"recognizedPhrases": [...]}`` (batch) or ``{"combinedPhrases": .., "phrases": [...]}``."""

    name = "azure-speech"
    title = "Azure AI Speech (batch and fast transcription)"

    def recognises_document(self, document: Any) -> bool:
        """Recognised phrases, or phrases beside their combination by channel."""
        fields = record(document)
        return bool(records(fields.get("recognizedPhrases"))) or (
            "combinedPhrases" in fields and bool(records(fields.get("phrases")))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one recording of a document."""
        phrases = [
            phrase
            for phrase in records(document.get("recognizedPhrases") or document.get("phrases"))
            if first_text(phrase, "recognitionStatus") in ("", "Success")
        ]
        stereo = len({first_text(phrase, "channel") for phrase in phrases}) > 1
        locale = next((found for one in phrases if (found := first_text(one, "locale"))), None)
        length = document.get("durationMilliseconds")
        if length is None:
            length = document.get("duration")
        yield Transcript(
            [_piece(phrase, stereo) for phrase in phrases],
            id=_recording(first_text(document, "source")),
            metadata={"duration_ms": milliseconds(length, "ms"), "language": locale},
            # As in Microsoft's own samples of stereo calls.
            convention={"channel 0": "agent", "channel 1": "customer"},
        )


def _piece(phrase: dict[str, Any], stereo: bool) -> Piece:
    best = dig(phrase, "nBest", 0)
    start, length = _time(phrase, "offset"), _time(phrase, "duration")
    channel, speaker = first_text(phrase, "channel"), first_text(phrase, "speaker")
    diarised = f"speaker {speaker}" if speaker else ""
    return Piece(
        speaker=f"channel {channel}" if stereo else diarised,
        text=first_text(best, "display", "itn", "lexical") or first_text(phrase, "text"),
        start_ms=start,
        end_ms=start + length if start is not None and length is not None else None,
    )


def _time(phrase: dict[str, Any], name: str) -> int | None:
    """An offset or a length, as any version of the service writes it."""
    for value, unit in (
        (phrase.get(f"{name}Milliseconds"), "ms"),
        (phrase.get(f"{name}InTicks"), "ticks"),
        (phrase.get(name), "ms"),
    ):
        found = milliseconds(value, unit)  # type: ignore[arg-type]
        if found is not None:
            return found
    return None


def _recording(source: str) -> str | None:
    """The audio file's name: the address around it may hold an access signature."""
    last = urlsplit(source).path.rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[0] or None
