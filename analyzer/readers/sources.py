"""Where exports come from: files, folders, globs, standard input, open streams, addresses."""

from __future__ import annotations

import glob
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple, cast

from analyzer.errors import ReadError, UsageError
from analyzer.files import PARTIAL
from analyzer.readers.archives import ignored

Source = str | os.PathLike[str] | IO[Any] | Iterable["str | os.PathLike[str] | IO[Any]"]
"""What `read_calls` reads from."""


class Opened(NamedTuple):
    """A file about to be read: its name as the user knows it, and how to open its bytes."""

    name: str
    stream: AbstractContextManager[BinaryIO]


def open_sources(
    source: Source,
    leave_out: Iterable[str | os.PathLike[str]] = (),
    on_left_out: Callable[[str], None] | None = None,
) -> Iterator[Opened | ReadError]:
    """Every file that a source stands for, each once, folders in sorted order.

    What cannot be opened is yielded as its error, and the others follow.

    Args:
        source: Files, folders, globs, addresses, streams.
        leave_out: Files and folders that are left out where they lie in a folder that is read,
            and files too where a glob matches them: what is written meanwhile. What is given by
            its own name is read.
        on_left_out: Called with the path of every file that is left out.
    """
    seen: set[str] = set()
    avoided = _Avoided(leave_out, on_left_out)
    for one in _each(source):
        for opened in _open_one(one, avoided):
            key = os.path.realpath(opened.name) if isinstance(opened, Opened) else None
            if key and os.path.exists(key):
                if key in seen:
                    continue
                seen.add(key)
            yield opened


class _Avoided:
    """What is left out, and the files that stand for it until it is complete."""

    def __init__(
        self,
        paths: Iterable[str | os.PathLike[str]],
        on_left_out: Callable[[str], None] | None,
    ) -> None:
        self._paths = {os.path.realpath(path) for path in paths}
        self._partial = {path + PARTIAL for path in self._paths}
        self._tell = on_left_out

    def folder(self, path: str) -> bool:
        return bool(self._paths) and os.path.realpath(path) in self._paths

    def file(self, path: str) -> bool:
        real = os.path.realpath(path) if self._paths else ""
        if real in self._paths and self._tell:
            self._tell(path)
        return real in self._paths or real in self._partial


def _each(source: Source) -> Iterator[str | os.PathLike[str] | IO[Any]]:
    if isinstance(source, (str, os.PathLike)) or hasattr(source, "read"):
        yield cast("str | os.PathLike[str] | IO[Any]", source)
    elif isinstance(source, Iterable):
        yield from source
    else:
        raise UsageError(
            f"calls cannot be read from {type(source).__name__}.",
            remedy="Give a path, a glob, an open stream, or a list of these.",
        )


def _open_one(
    source: str | os.PathLike[str] | IO[Any], avoided: _Avoided
) -> Iterator[Opened | ReadError]:
    if not isinstance(source, (str, os.PathLike)):
        yield Opened(_stream_name(source), nullcontext(_binary(source)))
        return
    path = os.fspath(source)
    if path == "-":
        yield Opened("standard input", nullcontext(sys.stdin.buffer))
    elif "://" in path:
        from analyzer.readers.remote import open_remote

        yield from open_remote(path)
    elif os.path.isdir(path):
        yield from _folder(path, avoided)
    elif os.path.lexists(path):
        yield from _file(path)
    elif glob.has_magic(path):
        yield from _glob(path, avoided)
    else:
        yield ReadError("does not exist.", source=path, remedy="Check the path.")


def _folder(folder: str, avoided: _Avoided) -> Iterator[Opened | ReadError]:
    found = False
    closed: list[OSError] = []
    for directory, below, files in os.walk(folder, onerror=closed.append):
        below[:] = sorted(
            name
            for name in below
            if not ignored(name) and not avoided.folder(os.path.join(directory, name))
        )
        for path in (os.path.join(directory, name) for name in sorted(files) if not ignored(name)):
            # A pipe or a device among the files would never end; a broken link is told.
            if os.path.isfile(path) or not os.path.exists(path):
                if avoided.file(path):
                    continue
                found = True
                yield from _file(path)
    yield from (_unopened(str(error.filename), error) for error in closed)
    if not found and not closed:
        yield ReadError(
            "is a folder without files.", source=folder, remedy="Give the folder of the exports."
        )


def _glob(pattern: str, avoided: _Avoided) -> Iterator[Opened | ReadError]:
    paths = sorted(glob.glob(os.path.expanduser(pattern), recursive=True))
    if not paths:
        yield ReadError("matches no file.", source=pattern, remedy="Check the pattern.")
    for path in paths:
        if os.path.isdir(path):
            yield from _folder(path, avoided)
        elif not avoided.file(path):
            yield from _file(path)


def _file(path: str) -> Iterator[Opened | ReadError]:
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed by whoever reads it
    except OSError as error:
        yield _unopened(path, error)
        return
    yield Opened(path, stream)


def _unopened(path: str, error: OSError) -> ReadError:
    return ReadError(
        f"cannot be opened ({error.strerror or error}).",
        source=path,
        remedy="Check that it exists and that you may read it.",
    )


def _stream_name(stream: IO[Any]) -> str:
    name = getattr(stream, "name", None)
    return name if isinstance(name, str) else "stream"


def _binary(stream: IO[Any]) -> BinaryIO:
    """The bytes of a stream, also of one opened as text."""
    if isinstance(stream, io.TextIOBase):
        buffer = getattr(stream, "buffer", None)
        return cast(BinaryIO, buffer) if buffer is not None else io.BytesIO(stream.read().encode())
    return cast(BinaryIO, stream)
