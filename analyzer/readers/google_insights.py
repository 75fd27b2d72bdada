"""Google Customer Experience Insights (Contact Center AI): conversations as exported.

https://cloud.google.com/contact-center/insights/docs/reference/rest/v1/projects.locations.conversations
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.times import elapsed_ms, iso, milliseconds
from analyzer.readers.transcript import Piece, Transcript


class GoogleInsightsReader(JsonReader):
    """``{"name": "projects/...", "transcript": {"transcriptSegments": [...]}}``."""

    name = "google-insights"
    title = "Google CX Insights (exported conversations)"

    def recognises_document(self, document: Any) -> bool:
        """A transcript made of segments."""
        return bool(_segments(document))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a document."""
        segments = _segments(document)
        began = _of(document, "startTime") or next(
            (found for one in segments if (found := _of(one, "messageTime"))), None
        )
        agent = record(dig(_of(document, "qualityMetadata"), "agentInfo", 0)) or record(
            dig(_of(document, "qualityMetadata"), "agent_info", 0)
        )
        medium = first_text(document, "medium").lower()
        yield Transcript(
            [_piece(segment, began) for segment in segments],
            id=first_text(document, "name").rsplit("/", 1)[-1] or None,
            metadata={
                "started_at": iso(began),
                "duration_ms": milliseconds(document.get("duration")),
                "language": _of(document, "languageCode"),
                "channel": {"phone_call": "phone", "chat": "chat"}.get(medium),
                "agent": _of(agent, "displayName"),
                "agent_id": _of(document, "agentId") or _of(agent, "agentId"),
                "team": agent.get("team"),
                **common_metadata(record(document.get("labels"))),
            },
            join=medium != "chat",
            convention=_channels(record(_of(document, "callMetadata"))),
        )


def _of(source: Any, name: str) -> Any:
    """A field under its name in the REST interface, or in snake case as client libraries write."""
    fields = record(source)
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return fields.get(name, fields.get(snake))


def _segments(document: Any) -> list[dict[str, Any]]:
    return records(_of(record(dig(document, "transcript")), "transcriptSegments"))


def _piece(segment: dict[str, Any], began: Any) -> Piece:
    words = records(segment.get("words"))
    start = milliseconds(_of(words[0], "startOffset")) if words else None
    who = record(_of(segment, "segmentParticipant"))
    channel = first_text({"tag": _of(segment, "channelTag")}, "tag")
    return Piece(
        speaker=first_text(who, "role") or f"channel {channel}",
        text=first_text(segment, "text"),
        start_ms=elapsed_ms(_of(segment, "messageTime"), began) if start is None else start,
        end_ms=milliseconds(_of(words[-1], "endOffset")) if words else None,
    )


def _channels(metadata: dict[str, Any]) -> dict[str, Literal["agent", "customer", "other"]]:
    """Which channel the export says is whose."""
    return {
        f"channel {_of(metadata, 'agentChannel')}": "agent",
        f"channel {_of(metadata, 'customerChannel')}": "customer",
    }
