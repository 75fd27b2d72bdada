"""Google Customer Experience Insights (Contact Center AI): rows of the export to BigQuery.

https://cloud.google.com/contact-center/insights/docs/bigquery-v10-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.times import elapsed_ms, iso, milliseconds, moment
from analyzer.readers.transcript import Piece, Transcript


class GoogleInsightsBigQueryReader(JsonReader):
    """``{"conversationName": ..., "sentences": [{"sentence": ..., "participantRole": ...}]}``."""

    name = "google-insights-bigquery"
    title = "Google CX Insights (rows of the BigQuery export)"

    def recognises_document(self, document: Any) -> bool:
        """Sentences with a role or a speaker tag."""
        return any(
            "sentence" in one and one.keys() & {"participantRole", "speakerTag"}
            for one in records(dig(document, "sentences"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a row."""
        sentences = records(document.get("sentences"))
        created = (one.get("createTimeNanos") for one in sentences)
        began = document.get("startTimestampUtc") or next(
            (when for when in created if moment(when)), None
        )
        agent = dig(document, "agents", 0)
        medium = first_text(document, "medium").lower()
        labels = {
            first_text(one, "key"): one.get("value") for one in records(document.get("labels"))
        }
        yield Transcript(
            [_piece(one, began) for one in sentences],
            id=first_text(document, "conversationName").rsplit("/", 1)[-1] or None,
            metadata={
                "started_at": iso(began),
                "duration_ms": milliseconds(document.get("durationNanos"), "ns"),
                "non_talk_ms": milliseconds(document.get("silenceNanos"), "ns"),
                "language": first_text(document, "languageCode") or None,
                "channel": {"phone_call": "phone", "chat": "chat"}.get(medium),
                "agent": first_text(agent, "agentDisplayName") or None,
                "agent_id": first_text(document, "agentId") or first_text(agent, "agentId") or None,
                "team": first_text(agent, "agentTeam") or None,
                **common_metadata(labels),
            },
            join=medium != "chat",
        )


def _piece(sentence: dict[str, Any], began: Any) -> Piece:
    start = milliseconds(sentence.get("startOffsetNanos"), "ns")
    return Piece(
        speaker=first_text(sentence, "participantRole")
        or f"speaker {first_text(sentence, 'speakerTag')}",
        text=first_text(sentence, "sentence"),
        start_ms=elapsed_ms(sentence.get("createTimeNanos"), began) if start is None else start,
        end_ms=milliseconds(sentence.get("endOffsetNanos"), "ns"),
    )
