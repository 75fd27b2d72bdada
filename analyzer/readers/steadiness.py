"""Inputs that change under the reader's hands: told, as their calls may be cut or mixed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TypeVar

from analyzer.errors import ReadError

Found = TypeVar("Found")


def steady(path: str, found: Iterator[Found]) -> Iterator[Found | ReadError]:
    """What is found in a file just opened; then an error, if the file has changed meanwhile.

    It is read one ahead, so that whoever takes the last has all of it, and may move the file away.
    What is no file, such as a pipe, is not read ahead, and not told of.
    """
    before = _state(path)
    if before is None:
        yield from found
        return
    waiting: list[Found] = []
    for one in found:
        yield from waiting
        waiting = [one]
    now = _state(path)
    yield from waiting
    if now != before:
        yield ReadError(
            f"{'vanished' if now is None else 'changed'} while it was read: "
            "its calls may be incomplete.",
            source=path,
            remedy="Score it again when nothing writes to it any more.",
        )


def _state(path: str) -> tuple[int, int] | None:
    """Size and time of change of a file; None where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return None
    return (state.st_size, state.st_mtime_ns) if stat.S_ISREG(state.st_mode) else None
