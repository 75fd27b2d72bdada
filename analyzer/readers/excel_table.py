"""Excel workbooks (`.xlsx`, `.xlsm`): every sheet with a row a turn."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import Export
from analyzer.readers.tables import Table, TableReader, table_below_header

_OVERHEAD = 2


class ExcelReader(TableReader):
    """A workbook whose sheets have a header."""

    name = "excel"
    title = "Excel workbook with a row a turn"
    extensions = (".xlsx", ".xlsm")

    def recognises(self, export: Export) -> bool:
        """A zip archive that holds a workbook."""
        if not export.head.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(export.file()) as archive:
                return "xl/workbook.xml" in archive.namelist()
        except (zipfile.BadZipFile, OSError):
            return False

    def tables(self, export: Export) -> Iterator[Table]:
        """The sheets with something in them."""
        workbook = _opened(export)
        try:
            for sheet in workbook.worksheets:
                sheet.reset_dimensions()
                rows = _rows(sheet, export.name)
                if table := table_below_header(rows, export, name=sheet.title):
                    yield table
        finally:
            workbook.close()


def _opened(export: Export) -> Any:
    from openpyxl import load_workbook

    file = export.file()
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _OVERHEAD * export.limits.whole:
            raise ReadError(
                f"unpacks to {size >> 20} MiB.",
                source=export.name,
                remedy="Save it as CSV.",
            )
        file.seek(0)
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except ReadError:
        raise
    except Exception as error:  # a damaged workbook fails in openpyxl in any way it likes
        raise _damaged(export.name, error) from error


def _rows(sheet: Any, source: str) -> Iterator[tuple[Any, ...]]:
    try:
        yield from sheet.iter_rows(values_only=True)
    except Exception as error:  # as above
        raise _damaged(source, error) from error


def _damaged(source: str, error: Exception) -> ReadError:
    return ReadError(
        f"is a workbook that cannot be read ({type(error).__name__}).",
        source=source,
        remedy="Open it and save it again, or save it as CSV.",
    )
