"""Amazon Transcribe Call Analytics: the output of a post-call analytics job.

https://docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.amazon_connect import analysis_metadata
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript


class AmazonCallAnalyticsReader(JsonReader):
    """``{"JobStatus": ..., "Transcript": [{"ParticipantRole": "AGENT", "Content": ...}]}``."""

    name = "amazon-call-analytics"
    title = "Amazon Transcribe Call Analytics"

    def recognises_document(self, document: Any) -> bool:
        """A `Transcript` whose entries have a role, and no participants beside it."""
        return any(
            "ParticipantRole" in entry and "ParticipantId" not in entry
            for entry in records(dig(document, "Transcript"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one call of a document."""
        yield Transcript(
            [
                Piece(
                    speaker=first_text(entry, "ParticipantRole"),
                    text=first_text(entry, "Content"),
                    start_ms=milliseconds(entry.get("BeginOffsetMillis"), "ms"),
                    end_ms=milliseconds(entry.get("EndOffsetMillis"), "ms"),
                )
                for entry in records(document.get("Transcript"))
            ],
            id=first_text(document, "JobName", "CallAnalyticsJobName") or None,
            metadata=analysis_metadata(document),
        )
