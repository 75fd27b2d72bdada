"""Files that appear whole or not at all, and plain words where one cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from analyzer.errors import OutputError

PARTIAL = ".partial"
"""Ends the name of what is not complete yet."""

_NOT_WRITABLE = "Give a folder that you may write to."
_REMEDIES = {
    errno.ENOSPC: "Free some space, or give another folder.",
    errno.EDQUOT: "Free some of your quota, or give another folder.",
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EROFS: _NOT_WRITABLE,
    errno.EEXIST: "Give a folder, not a file.",
    errno.ENOTDIR: "Give a folder, not a file.",
    errno.EISDIR: "Give a file, not a folder.",
    errno.ENOENT: "Choose a folder that exists and can be written to.",
}


def write_lines(path: str | Path, lines: Iterable[str], *, what: str = "results") -> None:
    """Write lines to a file that appears under its name only when it is complete.

    Args:
        path: The file. A device or a pipe is written as the lines come.
        lines: The lines, without their ends; read lazily.
        what: What they are, for the error.

    Raises:
        OutputError: If the folder is not there or cannot be written, or the disk is full.
    """
    with _whole(Path(path), what) as file:
        file.writelines(f"{line}\n" for line in lines)


def write_text(
    path: str | Path, text: str, *, what: str = "results", errors: str = "strict"
) -> None:
    """Write a text to a file, as `write_lines` writes lines.

    Args:
        path: The file.
        text: All it holds.
        what: What it is, for the error.
        errors: What becomes of half characters: as for `open`.

    Raises:
        OutputError: If the folder is not there or cannot be written, or the disk is full.
    """
    with _whole(Path(path), what, errors) as file:
        file.write(text)


@contextmanager
def clear_errors(out: str | Path, what: str = "results") -> Iterator[None]:
    """Tell what the operating system says of a file that cannot be written as `OutputError`."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(
            f"{what} cannot be written: {why[:1].lower()}{why[1:]}.",
            source=str(out),
            remedy=_REMEDIES.get(error.errno or 0, "Check the folder, or give another."),
        ) from error


def sync(file: Any) -> None:
    """Make sure that what was written to an open file is on the disk."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _whole(target: Path, what: str, errors: str = "strict") -> Iterator[TextIO]:
    """A file to write to, which takes its name at the end; after an error nothing is left."""
    with clear_errors(target, what):
        if target.exists() and not target.is_file():
            # Nothing takes the place of a device such as /dev/stdout.
            with target.open("w", encoding="utf-8", errors=errors, newline="\n") as file:
                yield file
            return
        named = Path(os.path.realpath(target))  # a link goes on to be one
        partial = named.with_name(named.name + PARTIAL)
        try:
            with partial.open("w", encoding="utf-8", errors=errors, newline="\n") as file:
                yield file
                sync(file)
            partial.replace(named)
        finally:
            with suppress(OSError):
                partial.unlink()
