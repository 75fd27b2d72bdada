"""The files that reports are written to: calls.jsonl, calls.csv and calls.parquet."""

from __future__ import annotations

import csv
import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Literal

from analyzer.report import CallReport
from analyzer.rows import COLUMNS, Cell, row_of

OutputFormat = Literal["jsonl", "csv", "parquet"]

_ROWS_A_GROUP = 1_000
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


class ReportFile(ABC):
    """One file of results in one format; reports go in one by one and none is kept."""

    name: str

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def write(self, report: CallReport) -> None:
        """Add one report."""

    @abstractmethod
    def close(self) -> None:
        """Write what is still held back, and close the file."""


class JsonLinesFile(ReportFile):
    """A CallReport a line, whole."""

    name = "calls.jsonl"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, report: CallReport) -> None:
        """Add one report as a line."""
        self._file.write(report.model_dump_json() + "\n")

    def close(self) -> None:
        """Close the file, once its content is on the disk."""
        with self._file:
            sync(self._file)


class CsvFile(ReportFile):
    """A row a call, made for spreadsheets."""

    name = "calls.csv"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._rows.writerow(COLUMNS)

    def write(self, report: CallReport) -> None:
        """Add one report as a row."""
        self._rows.writerow([_spreadsheet_cell(value) for value in row_of(report).values()])

    def close(self) -> None:
        """Close the file, once its content is on the disk."""
        with self._file:
            sync(self._file)


class ParquetFile(ReportFile):
    """A row a call, typed, in row groups of a thousand calls."""

    name = "calls.parquet"

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        super().__init__(path)
        kinds = {"text": pa.string(), "number": pa.float64(), "count": pa.int64()}
        self._schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[dict[str, Cell]] = []

    def write(self, report: CallReport) -> None:
        """Add one report as a row."""
        self._waiting.append(row_of(report))
        if len(self._waiting) == _ROWS_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write the last row group and the footer."""
        try:
            if self._waiting:
                self._write_group()
        finally:
            self._writer.close()

    def _write_group(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
        self._waiting.clear()


FILES: dict[OutputFormat, type[ReportFile]] = {
    "jsonl": JsonLinesFile,
    "csv": CsvFile,
    "parquet": ParquetFile,
}


def _spreadsheet_cell(value: Cell) -> Cell:
    """Keep a spreadsheet from running text as a formula: transcripts come from strangers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def sync(file: Any) -> None:
    """Make sure that what was written to an open file is on the disk."""
    file.flush()
    os.fsync(file.fileno())
