"""Rows of a table, a turn each, made into calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, NamedTuple

from analyzer.errors import ReadError
from analyzer.readers.columns import Columns
from analyzer.readers.fields import text
from analyzer.readers.metadata import common_metadata, common_name
from analyzer.readers.plain_text import dialogue
from analyzer.readers.row_times import turn_times
from analyzer.readers.speakers import role_of
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript

_ROWS_HELD = 20_000
_ROWS_QUIET = 5_000
_ROWS_LOOKED_AT = 50
_LONGEST_REMARK = 300
_MOST_REMARKS = 40


class Row(NamedTuple):
    """A row: its number as the user counts, and its cells."""

    number: int
    cells: Sequence[Any]


def calls_of(rows: Iterable[Row | ReadError], columns: Columns) -> Iterator[Transcript | ReadError]:
    """The calls of a table with a row a turn.

    Rows of a call need not follow each other: a call is complete when it has not been met for
    many rows, so that a long table is never held as a whole. Where no column tells the call, the
    table is one call.
    """
    rows = iter(rows)
    first = list(islice(rows, _ROWS_LOOKED_AT))
    call_at = _call_column([row for row in first if isinstance(row, Row)], columns)
    open_calls: dict[str, list[Row]] = {}
    held, look_at = 0, _ROWS_HELD
    for row in chain(first, rows):
        if isinstance(row, ReadError):
            yield row
            continue
        key = "" if call_at is None else _cell(row, call_at)
        if not any(_cell(row, position) for position in columns.found.values()):
            continue
        open_calls.setdefault(key, []).append(row)
        held += 1
        if held > look_at:
            quiet = row.number - _ROWS_QUIET
            for other in [one for one, said in open_calls.items() if said[-1].number < quiet]:
                yield _transcript(other, open_calls.pop(other), columns)
            held = sum(map(len, open_calls.values()))
            look_at = max(_ROWS_HELD, held + _ROWS_QUIET)
    for key, turns in open_calls.items():
        yield _transcript(key, turns, columns)


def dialogues_of(
    rows: Iterable[Row | ReadError], columns: Columns
) -> Iterator[Transcript | ReadError]:
    """The calls of a table with a row a call, whose text is told in lines of `Agent: ...`."""
    call_at = columns.found.get("call")
    for row in rows:
        if isinstance(row, ReadError):
            yield row
        elif words := _cell(row, columns.found["text"]):
            about = _about([row], columns)
            identity = "" if call_at is None else _cell(row, call_at)
            yield Transcript(
                dialogue(words), identity or None, about, join=False, place=f"row {row.number}"
            )


def are_dialogues(rows: Sequence[Row | ReadError], columns: Columns) -> bool:
    """Whether the texts of some rows are each a whole talk."""
    cells = (_cell(row, columns.found["text"]) for row in rows if isinstance(row, Row))
    texts = [words for words in cells if words]
    told = sum(len(dialogue(words)) > 1 for words in texts)
    return bool(texts) and 2 * told > len(texts)


def _transcript(key: str, rows: list[Row], columns: Columns) -> Transcript:
    found = columns.found
    lengths = _column(rows, found.get("duration"))
    same_throughout = len(rows) > 1 and len(set(map(str, lengths))) == 1
    times = turn_times(
        _column(rows, found.get("start")),
        _column(rows, found.get("end")),
        [None] * len(rows) if same_throughout else lengths,
        columns.unit("start") or columns.unit("duration"),
    )
    pieces = [
        Piece(_cell(row, found["speaker"]), _cell(row, found["text"]), start, end)
        for row, start, end in zip(rows, times.starts, times.ends, strict=True)
    ]
    order = _order(rows, columns, times.starts)
    return Transcript(
        [pieces[number] for number in sorted(range(len(rows)), key=lambda number: order[number])],
        key or None,
        {
            "started_at": times.started_at,
            "duration_ms": milliseconds(lengths[0]) if same_throughout else None,
            **_about(rows, columns),
        },
        join=False,
        place=f"row {rows[0].number}",
    )


def _order(rows: Sequence[Row], columns: Columns, starts: Sequence[int | None]) -> Sequence[float]:
    """What the turns are sorted by: a column of numbers, or their starts, or as they stand."""
    numbers = [_number(cell) for cell in _column(rows, columns.found.get("order"))]
    if all(number is not None for number in numbers):
        return [number or 0.0 for number in numbers]
    if all(start is not None for start in starts):
        return [float(start or 0) for start in starts]
    return range(len(rows))


def _about(rows: Sequence[Row], columns: Columns) -> dict[str, Any]:
    """Metadata: columns of a common name, and others that say the same of all of a call."""
    header = columns.header
    given = {name: _first(rows, position) for name, position in columns.about.items()}
    others = {header[position]: _first(rows, position) for position in columns.others()}
    about = {**common_metadata(others), **common_metadata(given)}
    if "name" in columns.found:
        roles = [_cell(row, columns.found["speaker"]) for row in rows]
        names = [_cell(row, columns.found["name"]) for row in rows]
        agents = {name for role, name in zip(roles, names, strict=True) if role_of(role) == "agent"}
        if len(agents) == 1:
            about.setdefault("agent", agents.pop() or None)
    remarks = (position for position in columns.others() if common_name(header[position]) is None)
    for position in islice(remarks, _MOST_REMARKS):
        values = {_cell(row, position) for row in rows}
        value = _first(rows, position)
        if len(values) == 1 and header[position] and value is not None:
            about.setdefault(header[position], value)
    return about


def _call_column(rows: Sequence[Row], columns: Columns) -> int | None:
    """The column that tells the call. One named `id` may number the rows instead."""
    position = columns.found.get("call")
    if position is None or columns.header[position].strip().lower() != "id":
        return position
    values = [_cell(row, position) for row in rows]
    return position if len(set(values)) < len(values) or len(values) == 1 else None


def _column(rows: Sequence[Row], position: int | None) -> list[Any]:
    if position is None:
        return [None] * len(rows)
    return [row.cells[position] if position < len(row.cells) else None for row in rows]


def _cell(row: Row, position: int) -> str:
    """A cell as text; whole numbers without a fraction."""
    value = row.cells[position] if position < len(row.cells) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return text(value).strip()


def _first(rows: Sequence[Row], position: int) -> Any:
    """The first cell of a column with something in it, as metadata can hold it."""
    for row in rows:
        value = row.cells[position] if position < len(row.cells) else None
        if value is None or value == "" or isinstance(value, (list, dict, bytes)):
            continue
        plain = (
            value if isinstance(value, (bool, int, float)) else (_cell(row, position) or str(value))
        )
        return plain[:_LONGEST_REMARK] if isinstance(plain, str) else plain
    return None


def _number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None
