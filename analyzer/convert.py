"""Calls written in an exchange format: neutral JSON Lines, or vCon documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.files import write_lines
from analyzer.readers.vcon_writing import to_vcon
from analyzer.report import CallReport

ExchangeFormat = Literal["neutral", "vcon"]
FindReport = Callable[[Call], CallReport | None]


def convert_calls(
    calls: Iterable[Call],
    out: str | Path,
    to: ExchangeFormat = "neutral",
    *,
    report_of: FindReport = lambda call: None,
) -> int:
    """Write calls to a file, a call a line; the file appears when it is complete.

    Args:
        calls: What to write; read lazily.
        out: The file.
        to: `neutral` JSON Lines, or `vcon`: a vCon document a line.
        report_of: The report of a call, if there is one, to go into its vCon as an `analysis`
            entry; such as `StoredReports.of`.

    Returns:
        How many calls were written.

    Raises:
        OutputError: If the file cannot be written.
    """
    written = 0

    def lines() -> Iterator[str]:
        nonlocal written
        for call in calls:
            yield _vcon_line(call, report_of(call)) if to == "vcon" else _neutral_line(call)
            written += 1

    write_lines(out, lines())
    return written


def _neutral_line(call: Call) -> str:
    return call.model_dump_json(exclude_none=True)


def _vcon_line(call: Call, report: CallReport | None) -> str:
    return json.dumps(to_vcon(call, report), ensure_ascii=False, default=str)


class StoredReports:
    """The reports of a `calls.jsonl`, found by call. Only their places are held in memory.

    Attributes:
        found: How many calls a report was found for.

    Raises:
        ReadError: If the file cannot be read, or holds something else than reports.
    """

    def __init__(self, path: str | Path) -> None:
        self.found = 0
        self._path = Path(path)
        try:
            self._file = self._path.open("rb")
            self._places = dict(self._index())
        except OSError as error:
            raise ReadError(
                f"cannot be read ({error.strerror or error}).",
                source=str(path),
                remedy="Give the calls.jsonl that `analyzer score` wrote.",
            ) from error

    def of(self, call: Call) -> CallReport | None:
        """The report of this call, if there is one of as many turns."""
        place = self._places.get(call.id)
        if place is None:
            return None
        self._file.seek(place)
        report = CallReport.model_validate_json(self._file.readline())
        if len(report.turns) != len(call.turns):
            return None
        self.found += 1
        return report

    def _index(self) -> Iterator[tuple[str, int]]:
        place = 0
        for number, line in enumerate(self._file, 1):
            if line.strip():
                try:
                    yield CallReport.model_validate_json(line).id, place
                except ValidationError as error:
                    raise ReadError(
                        "is not a report of a call.",
                        source=str(self._path),
                        place=f"line {number}",
                        remedy="Give the calls.jsonl that `analyzer score` wrote.",
                    ) from error
            place += len(line)
