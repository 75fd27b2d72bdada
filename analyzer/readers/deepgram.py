"""Deepgram: pre-recorded transcription, with utterances, diarised words, or channels.

https://developers.deepgram.com/docs/utterances
https://developers.deepgram.com/docs/diarization
https://developers.deepgram.com/docs/multichannel
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript
from analyzer.readers.words import spoken


class DeepgramReader(JsonReader):
    """``{"metadata": {...}, "results": {"channels": [{"alternatives": [...]}]}}``."""

    name = "deepgram"
    title = "Deepgram (utterances, or words with speakers)"

    def recognises_document(self, document: Any) -> bool:
        """`results` with utterances, or with alternatives by channel."""
        results = record(dig(document, "results"))
        return any("alternatives" in one for one in records(results.get("channels"))) or any(
            "transcript" in one for one in records(results.get("utterances"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one recording of a document."""
        results = record(document.get("results"))
        channels = records(results.get("channels"))
        utterances = records(results.get("utterances"))
        stereo = len(channels) > 1 or len({first_text(one, "channel") for one in utterances}) > 1
        pieces = [
            _piece(one, first_text(one, "channel"), stereo, text="transcript") for one in utterances
        ]
        for number, channel in enumerate([] if pieces else channels):
            pieces += _channel(dig(channel, "alternatives", 0), str(number), stereo)
        yield Transcript(
            pieces,
            id=first_text(document.get("metadata"), "request_id") or None,
            metadata={
                "duration_ms": milliseconds(dig(document, "metadata", "duration")),
                "language": first_text(channels[0] if channels else {}, "detected_language")
                or None,
            },
        )


def _channel(alternative: Any, channel: str, stereo: bool) -> list[Piece]:
    words = records(dig(alternative, "words"))
    if not words:
        whole = first_text(alternative, "transcript")
        return [Piece(f"channel {channel}" if stereo else "", whole)]
    return spoken(_piece(word, channel, stereo, text="word") for word in words)


def _piece(said: dict[str, Any], channel: str, stereo: bool, text: str) -> Piece:
    """An utterance or a word. Speakers are numbered anew on every channel."""
    speaker = first_text(said, "speaker")
    diarised = f"speaker {speaker}" if speaker else ""
    # On a channel of one's own, the first speaker is the channel's.
    beside = f" {diarised}" if speaker not in ("", "0") else ""
    return Piece(
        speaker=f"channel {channel}{beside}" if stereo else diarised,
        text=first_text(said, "punctuated_word", text),
        start_ms=milliseconds(said.get("start")),
        end_ms=milliseconds(said.get("end")),
    )
