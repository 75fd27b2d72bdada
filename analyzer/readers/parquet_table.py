"""Parquet files with a row a turn, or a row a call with a list of turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers.base import Export, JsonReader
from analyzer.readers.columns import find_columns
from analyzer.readers.rows import Row
from analyzer.readers.tables import Table, TableReader
from analyzer.readers.transcript import Transcript

_BATCH = 1024


class ParquetReader(TableReader):
    """A Parquet file, read in batches of rows."""

    name = "parquet"
    title = "Parquet with a row a turn"
    extensions = (".parquet",)

    def recognises(self, export: Export) -> bool:
        """The four letters that such files begin with."""
        return export.head.startswith(b"PAR1")

    def read(self, export: Export) -> Iterator[Transcript | Call | ReadError]:
        """The calls of the table; rows with lists of turns are read as JSON documents are."""
        file = _opened(export)
        columns = find_columns(_names(file), export.columns)
        if columns.complete or not _has_lists(file):
            yield from super().read(export)
            return
        reader: JsonReader | None = None
        for row in _rows(file, export.name):
            document = dict(zip(columns.header, row.cells, strict=True))
            reader = reader or _reader_of(document)
            if reader is None:
                break
            for found in reader.calls(document, export.name):
                if isinstance(found, Transcript):
                    found.place = f"row {row.number}"
                yield found
        if reader is None:
            yield from super().read(export)

    def tables(self, export: Export) -> Iterator[Table]:
        """The one table of a file."""
        file = _opened(export)
        yield Table(find_columns(_names(file), export.columns), _rows(file, export.name))


def _opened(export: Export) -> Any:
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(export.file())
    except ReadError:
        raise
    except Exception as error:  # a damaged file fails in pyarrow in several ways
        raise _damaged(export.name, error) from error


def _names(file: Any) -> list[str]:
    return [str(name) for name in file.schema_arrow.names]


def _has_lists(file: Any) -> bool:
    from pyarrow import types

    return any(types.is_list(kind) or types.is_large_list(kind) for kind in file.schema_arrow.types)


def _rows(file: Any, source: str) -> Iterator[Row]:
    number = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH):
            columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield Row(number, cells)
    except Exception as error:  # as above
        raise _damaged(source, error) from error


def _reader_of(document: dict[str, Any]) -> JsonReader | None:
    from analyzer.readers.registry import readers

    for reader in readers():
        if isinstance(reader, JsonReader) and reader.recognises_document(document):
            return reader
    return None


def _damaged(source: str, error: Exception) -> ReadError:
    return ReadError(
        f"is a Parquet file that cannot be read ({type(error).__name__}).",
        source=source,
        remedy="Write it again, or write it as CSV.",
    )
