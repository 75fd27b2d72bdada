"""Inputs that change under the reader's hands: told, as their calls may be cut or mixed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from analyzer.errors import ReadError
from analyzer.readers.reading import Reading


def steady(found: Iterable[Reading]) -> Iterator[Reading]:
    """The readings; after the last of each file an error, if the file has changed meanwhile."""
    source: str | None = None
    before: tuple[int, int] | None = None
    for reading in found:
        if reading.source != source:
            yield from _check(source, before)
            source, before = reading.source, _state(reading.source)
        yield reading
    yield from _check(source, before)


def _check(source: str | None, before: tuple[int, int] | None) -> Iterator[Reading]:
    if source is None or before is None:
        return
    now = _state(source)
    if now != before:
        what = "vanished" if now is None else "changed"
        error = ReadError(
            f"{what} while it was read: its calls may be incomplete.",
            source=source,
            remedy="Score it again when nothing writes to it any more.",
        )
        yield Reading(source, None, error=error)


def _state(source: str) -> tuple[int, int] | None:
    """Size and time of change of a file; None where the source is none."""
    try:
        state = os.stat(source)
    except (OSError, ValueError):
        return None
    return state.st_size, state.st_mtime_ns
