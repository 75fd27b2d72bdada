"""JSON objects with a turn each, as databases and query tools export them."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.errors import ReadError
from analyzer.readers.base import Export
from analyzer.readers.columns import Columns, find_columns
from analyzer.readers.fields import record
from analyzer.readers.rows import Row
from analyzer.readers.tables import Table, TableReader


class JsonRowsReader(TableReader):
    """``{"call_id": "c-17", "speaker": "agent", "text": "..."}``, an object a turn."""

    name = "json-rows"
    title = "JSON objects with a turn each"
    extensions = (".jsonl", ".json")

    def recognises(self, export: Export) -> bool:
        """An object that says who says what, and in which call."""
        columns = _columns(export)
        if columns is None or not columns.complete:
            return False
        if not export.text_head.lstrip().startswith("["):
            return True
        # An array without a column for the call is rather one call's own list of turns.
        return "call" in columns.found and columns.header[columns.found["call"]].lower() != "id"

    def tables(self, export: Export) -> Iterator[Table]:
        """All the objects as one table."""
        columns = _columns(export)
        if columns is not None:
            yield Table(columns, _rows(export, columns))


def _columns(export: Export) -> Columns | None:
    """The columns by the fields of the first object that are neither lists nor objects."""
    first = export.documents.first()
    if not isinstance(first, dict) or not all(isinstance(key, str) for key in first):
        return None
    flat = [key for key, value in first.items() if not isinstance(value, (dict, list))]
    return find_columns(flat, export.columns) if len(flat) > 1 else None


def _rows(export: Export, columns: Columns) -> Iterator[Row | ReadError]:
    for number, (_, document) in enumerate(export.documents.each(), 1):
        if isinstance(document, ReadError):
            yield document
        else:
            fields = record(document)
            yield Row(number, [fields.get(name) for name in columns.header])
