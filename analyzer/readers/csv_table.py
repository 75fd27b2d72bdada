"""CSV, TSV and the like: text with a separator, and a header that names the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from analyzer.errors import ReadError
from analyzer.readers.base import Export
from analyzer.readers.columns import find_columns
from analyzer.readers.limits import MIB
from analyzer.readers.rows import Row
from analyzer.readers.tables import Table, TableReader, table_below_header

_SEPARATORS = (",", "\t", ";", "|")
_HEADER_WITHIN = 15
_LONGEST_HEADER = 20_000


class CsvReader(TableReader):
    """A table as text, its columns found by name."""

    name = "csv"
    title = "CSV or TSV with a row a turn"
    extensions = (".csv", ".tsv", ".txt")

    def recognises(self, export: Export) -> bool:
        """A header with a column for the words, or with one that the user named."""
        return _separator(export) is not None

    def tables(self, export: Export) -> Iterator[Table]:
        """The one table of a file."""
        separator = _separator(export) or ","
        csv.field_size_limit(max(csv.field_size_limit(), 64 * MIB))
        table = table_below_header(_cells(export, separator), export)
        if table is not None:
            yield table._replace(rows=_mended(table, separator))


def _separator(export: Export) -> str | None:
    """The separator with which one of the first lines is a header."""
    best: tuple[int, str] | None = None
    for line in export.text_head.split("\n")[:_HEADER_WITHIN]:
        for separator in _SEPARATORS if len(line) <= _LONGEST_HEADER else ():
            names = next(csv.reader([line], delimiter=separator), [])
            if len(names) < 2 or not all(len(name) < 80 for name in names):
                continue
            columns = find_columns(names, export.columns)
            asked = any(name.strip() in export.columns.values() for name in names)
            points = 2 * columns.complete + asked + ("text" in columns.found and len(names) > 2)
            if points and (best is None or points > best[0]):
                best = (points, separator)
    return best[1] if best else None


def _cells(export: Export, separator: str) -> Iterator[list[str]]:
    try:
        yield from filter(None, csv.reader(_with_ends(export.lines()), delimiter=separator))
    except csv.Error as error:
        raise ReadError(
            f"is not a table that can be read ({error}).",
            source=export.name,
            remedy="Save it again as CSV, with quotes around text.",
        ) from error


def _mended(table: Table, separator: str) -> Iterator[Row | ReadError]:
    """The rows; what a separator within unquoted words has cut off goes back to them."""
    width = len(table.columns.header)
    words_come_last = table.columns.found.get("text") == width - 1
    for row in table.rows:
        if words_come_last and isinstance(row, Row) and len(row.cells) > width:
            cells = [*row.cells[: width - 1], separator.join(row.cells[width - 1 :])]
            yield row._replace(cells=cells)
        else:
            yield row


def _with_ends(lines: Iterable[str]) -> Iterator[str]:
    return (line + "\n" for line in lines)
