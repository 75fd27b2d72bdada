"""What an earlier run left in a folder of results, so that the folder tells of one run alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ValidationError

from analyzer.batch.publishing import STANDARDS
from analyzer.files import clear_errors
from analyzer.report import CallReport
from analyzer.report_files import FILES, CsvFile, JsonLinesFile, ParquetFile, ReportFile
from analyzer.rows import COLUMNS
from analyzer.standards import StandardsResult
from analyzer.writers import PAGE

_PAGE_STARTS = 1 << 20  # bytes: its style and its heading
_PAGE_HEADING = b'<p class="brand" id="brand">'


def remove_earlier(out: str | Path, written: Collection[str], inputs: Iterable[str] = ()) -> None:
    """Remove results of an earlier run that a run has not written anew.

    A file that has the name of a result but not its content stays: exports may lie in the folder.
    Where the run has read anything in the folder, nothing is removed.

    Args:
        out: The folder of results.
        written: Names of the files that the run wrote.
        inputs: What the run was given to read.

    Raises:
        OutputError: If a file cannot be read or removed.
    """
    folder = os.path.realpath(out)
    if any(Path(os.path.realpath(one)).is_relative_to(folder) for one in inputs):
        return
    with clear_errors(out):
        for name, is_ours in _results().items():
            path = Path(out) / name
            if name not in written and path.is_file() and is_ours(path):
                _remove_page(path) if name == PAGE else path.unlink()


def _results() -> dict[str, Callable[[Path], bool]]:
    """Every file that a run may write, and what tells that one is such a file."""
    known: dict[str, Callable[[Path], bool]] = {
        JsonLinesFile.name: partial(_holds, kind=CallReport),
        CsvFile.name: _is_csv,
        STANDARDS: partial(_holds, kind=StandardsResult),
        PAGE: _is_page,
    }
    for kind in FILES["parquet"]:
        known[kind.name] = partial(_is_table, kind)
    return known


def _holds(path: Path, kind: type[BaseModel]) -> bool:
    """Whether the first line is a `kind`; so is an empty file, of a run without calls."""
    line = _first_line(path)
    try:
        return not line or bool(kind.model_validate_json(line))
    except ValidationError:
        return False


def _is_csv(path: Path) -> bool:
    return _first_line(path).strip() == ",".join(COLUMNS).encode()


def _is_table(kind: type[ReportFile], path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not issubclass(kind, ParquetFile):
        return False
    try:
        return bool(pq.read_schema(path).names == kind.make_schema().names)
    except (OSError, pa.ArrowException):
        return False


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return _PAGE_HEADING in file.read(_PAGE_STARTS)


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline()


def _remove_page(path: Path) -> None:
    """Remove a page and the folder it may keep beside it."""
    from analyzer.pages.transcripts import remove_transcripts  # draws: only where needed

    path.unlink()
    remove_transcripts(path)
