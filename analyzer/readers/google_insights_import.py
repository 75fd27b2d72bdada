"""Google Customer Experience Insights (Contact Center AI): conversations as text for import.

https://cloud.google.com/contact-center/insights/docs/conversation-data-format
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, records
from analyzer.readers.times import elapsed_ms, iso, milliseconds, moment
from analyzer.readers.transcript import Piece, Transcript


class GoogleInsightsImportReader(JsonReader):
    """``{"entries": [{"text": ..., "role": "AGENT", "start_timestamp_usec": ...}]}``."""

    name = "google-insights-import"
    title = "Google CX Insights (JsonConversationInput)"

    def recognises_document(self, document: Any) -> bool:
        """`entries` with a role or a user id and a start in microseconds."""
        return any(
            "text" in entry and entry.keys() & {"user_id", "role", "start_timestamp_usec"}
            for entry in records(dig(document, "entries"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a document."""
        entries = records(document.get("entries"))
        began = next((entry.get("start_timestamp_usec") for entry in entries), None)
        absolute = moment(began) is not None
        pieces = []
        for entry in entries:
            start = entry.get("start_timestamp_usec")
            pieces.append(
                Piece(
                    speaker=first_text(entry, "role") or f"user {first_text(entry, 'user_id')}",
                    text=first_text(entry, "text"),
                    start_ms=elapsed_ms(start, began) if absolute else milliseconds(start, "us"),
                )
            )
        yield Transcript(pieces, metadata={"started_at": iso(began)})
