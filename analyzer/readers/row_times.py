"""Start and end of the turns of a table, whatever its times are written as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise
from statistics import median
from typing import Any, NamedTuple

from analyzer.readers.stamps import timeline
from analyzer.readers.times import Unit, elapsed_ms, iso, milliseconds, moment

_MS_FROM_GAP = 200
_EPOCH_FROM = 1e8


class Times(NamedTuple):
    """Start and end of every turn in milliseconds, and when the call began, where told."""

    starts: list[int | None]
    ends: list[int | None]
    started_at: str | None


def turn_times(
    starts: Sequence[Any],
    ends: Sequence[Any],
    durations: Sequence[Any],
    unit: Unit | None,
) -> Times:
    """The times of one call's turns.

    Args:
        starts: Cells of the column of starts, one a turn; None where there is none.
        ends: Cells of the column of ends.
        durations: Cells of a column of lengths, for turns without an end.
        unit: Of numbers; None if the column's name does not tell. Then fractions are seconds,
            and whole numbers are what gives turns of a sensible length.
    """
    begins, ends = [_plain(cell) for cell in starts], [_plain(cell) for cell in ends]
    first = next((cell for cell in begins if cell is not None), None)
    started_at = None
    if isinstance(first, str):
        texts = [
            cell if isinstance(cell, str) else None
            for cell in chain(*zip(begins, ends, strict=True))
        ]
        read = timeline(texts)
        from_start, until, started_at = read.starts[::2], read.starts[1::2], read.started_at
    elif isinstance(first, datetime) or (first is not None and first >= _EPOCH_FROM):
        from_start = [elapsed_ms(cell, first) for cell in begins]
        until = [elapsed_ms(cell, first) for cell in ends]
        started_at = iso(first)
    else:
        unit = unit or _unit([cell for cell in begins if isinstance(cell, float)])
        from_start = [milliseconds(cell, unit) for cell in begins]
        until = [milliseconds(cell, unit) for cell in ends]
    lengths = [milliseconds(_plain(cell), unit or "s") for cell in durations]
    ended = [
        end if end is not None or start is None or length is None else start + length
        for start, end, length in zip(from_start, until, lengths, strict=True)
    ]
    return Times(from_start, ended, started_at)


def _plain(cell: Any) -> datetime | float | str | None:
    """A cell as a point in time, a number, or a clock's text."""
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return cell.strftime("%H:%M:%S.%f")
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, (int, float)):
        return float(cell)
    text = str(cell).strip()
    if not text or len(text) > 64:
        return None
    try:
        return float(text)
    except ValueError:
        return moment(text) or text


def _unit(numbers: Sequence[float]) -> Unit:
    if any(number % 1 for number in numbers):
        return "s"
    gaps = [later - earlier for earlier, later in pairwise(numbers) if later > earlier]
    gap = median(gaps) if gaps else max(numbers, default=0.0)
    return "ms" if gap >= _MS_FROM_GAP else "s"
