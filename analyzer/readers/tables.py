"""Tables with a row a turn, or a row a call: what CSV, Excel, Parquet and JSON rows share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers.base import Export, Reader
from analyzer.readers.columns import Columns, find_columns, missing_columns
from analyzer.readers.rows import Row, are_dialogues, calls_of, dialogues_of
from analyzer.readers.transcript import Transcript

_HEADER_WITHIN = 15
_ROWS_LOOKED_AT = 20


class Table(NamedTuple):
    """A table of an export: its columns, the rows below its header, and its name if it has one."""

    columns: Columns
    rows: Iterable[Row | ReadError]
    name: str = ""


class TableReader(Reader):
    """A format whose files are tables."""

    @abstractmethod
    def tables(self, export: Export) -> Iterator[Table]:
        """The tables of an export, whether or not they tell turns."""

    def read(self, export: Export) -> Iterator[Transcript | Call | ReadError]:
        """The calls of every table that tells who says what."""
        first: Table | None = None
        told = False
        for table in self.tables(export):
            first = first or table
            transcripts = _transcripts(table)
            if transcripts is not None:
                told = True
                yield from transcripts
        if not told:
            columns = first.columns if first else Columns((), {}, {})
            raise missing_columns(columns, export.columns, export.name)


def table_below_header(
    cells: Iterable[Sequence[Any]], export: Export, *, name: str = ""
) -> Table | None:
    """The table that begins with the first row that is a header; else with the first row."""
    rows = iter(cells)
    top = list(islice(rows, _HEADER_WITHIN))
    if not top:
        return None
    headers = [find_columns(_names(row), export.columns) for row in top]
    complete = (number for number, columns in enumerate(headers) if columns.complete)
    partial = (number for number, columns in enumerate(headers) if "text" in columns.found)
    at = next(complete, next(partial, 0))
    below = (
        Row(number, list(row)) for number, row in enumerate(chain(top[at + 1 :], rows), at + 2)
    )
    return Table(headers[at], below, name)


def _names(row: Sequence[Any]) -> list[str]:
    return [cell.strip() if isinstance(cell, str) else "" for cell in row]


def _transcripts(table: Table) -> Iterator[Transcript | ReadError] | None:
    """The calls of a table, or None where it does not tell who says what."""
    if table.columns.complete:
        return calls_of(table.rows, table.columns)
    if "text" not in table.columns.found:
        return None
    rows = iter(table.rows)
    some = list(islice(rows, _ROWS_LOOKED_AT))
    if not are_dialogues(some, table.columns):
        return None
    return dialogues_of(chain(some, rows), table.columns)
