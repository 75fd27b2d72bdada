"""The neutral format: JSON Lines, a call a line, turns kept exactly as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import InvalidCallError, ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, items, record
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript

_REPORT = {"flags", "cues", "opportunities", "model"}


class NeutralReader(JsonReader):
    """``{"id": "c-17", "turns": [{"speaker": "agent", "text": "..."}], "metadata": {}}``."""

    name = "neutral"
    title = "Neutral JSON Lines"
    extensions = (".jsonl", ".json")

    def recognises_document(self, document: Any) -> bool:
        """A `turns` array of objects with `speaker` and `text`, or an id with no turns at all."""
        fields = record(document)
        turns = fields.get("turns")
        if turns == []:
            return "id" in fields
        return record(dig(turns, 0)).keys() >= {"speaker", "text"}

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one call of a document."""
        if document.keys() >= _REPORT:
            raise InvalidCallError(
                "is a report of this analyzer, not an export.",
                remedy="Give the export that it was made from.",
            )
        pieces = []
        for number, turn in enumerate(items(record(document).get("turns")), 1):
            fields = record(turn)
            if not isinstance(fields.get("text"), str):
                raise InvalidCallError(
                    "is a turn without text.",
                    place=f"turn {number}",
                    remedy="Give every turn a `speaker` and a `text`.",
                )
            pieces.append(
                Piece(
                    speaker=first_text(fields, "speaker"),
                    text=fields["text"],
                    start_ms=milliseconds(fields.get("start_ms"), "ms"),
                    end_ms=milliseconds(fields.get("end_ms"), "ms"),
                )
            )
        yield Transcript(
            pieces,
            id=first_text(document, "id") or None,
            metadata=record(document.get("metadata")),
            join=False,
            keep_empty=True,
            trusted=True,
        )
