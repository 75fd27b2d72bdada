"""Parquet files with a row a turn, or a row a call with a list of turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
        reader = _reader_of(document for _, document in _documents(file, export.name))
        if reader is None:
            yield from super().read(export)
            return
        for number, document in _documents(file, export.name):
            yield from reader.calls_at(f"row {number}", document, export.name)

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


def _documents(file: Any, source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows as JSON documents, each with its number."""
    names = _names(file)
    for row in _rows(file, source):
        yield row.number, dict(zip(names, row.cells, strict=True))


def _reader_of(documents: Iterable[dict[str, Any]]) -> JsonReader | None:
    """The reader of the first document that one recognises: some rows may have no turns."""
    from analyzer.readers.registry import readers

    of_json = [reader for reader in readers() if isinstance(reader, JsonReader)]
    fitting = (one for document in documents for one in of_json if one.fits(document))
    return next(fitting, None)


def _damaged(source: str, error: Exception) -> ReadError:
    return ReadError(
        f"is a Parquet file that cannot be read ({type(error).__name__}).",
        source=source,
        remedy="Write it again, or write it as CSV.",
    )
