"""The files that reports are written to: calls.jsonl, calls.csv and the Parquet tables."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analyzer.files import sync
from analyzer.frames import findings_frame, opportunities_frame, turns_frame
from analyzer.report import CallReport
from analyzer.rows import COLUMNS, row_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

OutputFormat = Literal["jsonl", "csv", "parquet"]

_CALLS_A_GROUP = 500
_FORMULA_STARTS = tuple("=+-@\t\n\uff1d\uff0b\uff0d\uff20")


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
        self._rows.writerow([spreadsheet_cell(value) for value in row_of(report).values()])

    def close(self) -> None:
        """Close the file, once its content is on the disk."""
        with self._file:
            sync(self._file)


class ParquetFile(ReportFile):
    """A table in Parquet, typed; the reports are turned into rows some hundreds at a time."""

    schema: pa.Schema

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        super().__init__(path)
        self.schema = self.make_schema()
        self._writer = pq.ParquetWriter(path, self.schema, compression="zstd")
        self._waiting: list[CallReport] = []

    @classmethod
    @abstractmethod
    def make_schema(cls) -> pa.Schema:
        """The table's columns."""

    @abstractmethod
    def table(self, reports: list[CallReport]) -> pa.Table:
        """The rows of some reports."""

    def write(self, report: CallReport) -> None:
        """Add the rows of one report."""
        self._waiting.append(report)
        if len(self._waiting) == _CALLS_A_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write the last row group and the footer."""
        try:
            if self._waiting:
                self._write_group()
        finally:
            self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(self.table(self._waiting))
        self._waiting.clear()


class CallsTable(ParquetFile):
    """A row a call: the columns of calls.csv."""

    name = "calls.parquet"

    @classmethod
    def make_schema(cls) -> pa.Schema:
        """The columns of `analyzer.rows.COLUMNS`."""
        import pyarrow as pa

        kinds = {"text": pa.string(), "number": pa.float64(), "count": pa.int64()}
        return pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])

    def table(self, reports: list[CallReport]) -> pa.Table:
        """A row a call."""
        import pyarrow as pa

        return pa.Table.from_pylist([row_of(report) for report in reports], schema=self.schema)


class _FrameTable(ParquetFile):
    """A table that has a pandas frame of the same columns."""

    frame: Callable[[Iterable[CallReport]], pd.DataFrame]

    @classmethod
    def make_schema(cls) -> pa.Schema:
        """The columns of the frame, categories as text."""
        import pandas as pd
        import pyarrow as pa

        kinds = {"i": pa.int64(), "f": pa.float64(), "b": pa.bool_()}
        types = cls.frame([]).dtypes.items()
        return pa.schema(
            [
                (
                    str(name),
                    pa.string()
                    if isinstance(kind, pd.CategoricalDtype | pd.StringDtype)
                    else kinds[kind.kind],
                )
                for name, kind in types
            ]
        )

    def table(self, reports: list[CallReport]) -> pa.Table:
        """The rows of the frame."""
        import pyarrow as pa

        frame = type(self).frame(reports)
        return pa.Table.from_pandas(frame, schema=self.schema, preserve_index=False)


class FindingsTable(_FrameTable):
    """A row a finding; see `analyzer.frames.findings_frame`."""

    name = "findings.parquet"
    frame = staticmethod(findings_frame)


class OpportunitiesTable(_FrameTable):
    """A row a recovery opportunity; see `analyzer.frames.opportunities_frame`."""

    name = "opportunities.parquet"
    frame = staticmethod(opportunities_frame)


class TurnsTable(_FrameTable):
    """A row a turn; see `analyzer.frames.turns_frame`."""

    name = "turns.parquet"
    frame = staticmethod(turns_frame)


FILES: dict[OutputFormat, tuple[type[ReportFile], ...]] = {
    "jsonl": (JsonLinesFile,),
    "csv": (CsvFile,),
    "parquet": (CallsTable, FindingsTable, OpportunitiesTable, TurnsTable),
}


def spreadsheet_cell(value: object) -> object:
    """Keep a spreadsheet from running text as a formula: transcripts come from strangers.

    Ends of lines become line feeds; a lone carriage return would be left unquoted.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
