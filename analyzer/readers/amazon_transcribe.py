"""Amazon Transcribe: batch jobs with channel identification or speaker labels.

https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-output
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript
from analyzer.readers.words import spoken


class AmazonTranscribeReader(JsonReader):
    """``{"jobName": ..., "results": {"transcripts": [...], "speaker_labels": {...}}}``."""

    name = "amazon-transcribe"
    title = "Amazon Transcribe (channels or speaker labels)"

    def recognises_document(self, document: Any) -> bool:
        """`results` with `transcripts` and timed items, channels or segments."""
        results = record(dig(document, "results"))
        return "transcripts" in results and bool(
            results.keys() & {"items", "channel_labels", "speaker_labels", "audio_segments"}
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one call of a document."""
        results = record(document.get("results"))
        pieces = _segments(results) or _channels(results) or _diarised(results)
        whole = Piece("", first_text(dig(results, "transcripts", 0), "transcript"))
        yield Transcript(
            pieces or [whole],
            id=first_text(document, "jobName") or None,
            metadata=common_metadata({"language": results.get("language_code")}),
            # The order in which AWS's own documentation and tools lay out a stereo call.
            convention={"ch_0": "agent", "ch_1": "customer"},
        )


def _segments(results: dict[str, Any]) -> list[Piece]:
    """The segments that newer jobs write, with their text put together."""
    return [
        Piece(
            speaker=first_text(segment, "channel_label", "speaker_label"),
            text=first_text(segment, "transcript"),
            start_ms=milliseconds(segment.get("start_time")),
            end_ms=milliseconds(segment.get("end_time")),
        )
        for segment in records(results.get("audio_segments"))
    ]


def _channels(results: dict[str, Any]) -> list[Piece]:
    return [
        piece
        for channel in records(dig(results, "channel_labels", "channels"))
        for piece in spoken(
            _words(channel.get("items"), speaker=first_text(channel, "channel_label"))
        )
    ]


def _diarised(results: dict[str, Any]) -> list[Piece]:
    """Words by the label that each has, or that the segments give to its start."""
    labels = {
        first_text(item, "start_time"): first_text(item, "speaker_label")
        for segment in records(dig(results, "speaker_labels", "segments"))
        for item in records(segment.get("items"))
    }
    return spoken(_words(results.get("items"), labels=labels))


def _words(items: Any, speaker: str = "", labels: dict[str, str] | None = None) -> Iterable[Piece]:
    word: Piece | None = None
    for item in records(items):
        content = first_text(dig(item, "alternatives", 0), "content")
        if item.get("type") == "punctuation":
            word = word and word._replace(text=word.text + content)
            continue
        if word:
            yield word
        told = first_text(item, "speaker_label") or (labels or {}).get(
            first_text(item, "start_time"), ""
        )
        word = Piece(
            speaker or told,
            content,
            milliseconds(item.get("start_time")),
            milliseconds(item.get("end_time")),
        )
    if word:
        yield word
