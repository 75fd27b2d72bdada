"""Calls written in an exchange format: neutral JSON Lines, or vCon documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from analyzer.call import Call
from analyzer.readers.vcon_writing import to_vcon
from analyzer.writers import write_lines

ExchangeFormat = Literal["neutral", "vcon"]


def convert_calls(calls: Iterable[Call], out: str | Path, to: ExchangeFormat = "neutral") -> int:
    """Write calls to a file, a call a line; the file appears when it is complete.

    Args:
        calls: What to write; read lazily.
        out: The file.
        to: `neutral` JSON Lines, or `vcon`: a vCon document a line.

    Returns:
        How many calls were written.

    Raises:
        OutputError: If the file cannot be written.
    """
    line_of = _LINES[to]
    written = 0

    def lines() -> Iterator[str]:
        nonlocal written
        for call in calls:
            yield line_of(call)
            written += 1

    write_lines(out, lines())
    return written


def _neutral_line(call: Call) -> str:
    return call.model_dump_json(exclude_none=True)


def _vcon_line(call: Call) -> str:
    return json.dumps(to_vcon(call), ensure_ascii=False, default=str)


_LINES: dict[ExchangeFormat, Callable[[Call], str]] = {
    "neutral": _neutral_line,
    "vcon": _vcon_line,
}
