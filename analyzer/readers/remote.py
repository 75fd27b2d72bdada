"""Exports behind an address (`s3://`, `gs://`, `az://`, `https://`), through fsspec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.archives import ignored
from analyzer.readers.sources import Opened

_REMEDY = "Install what it needs with `pip install 'empathy-analyzer[remote]'`."


def open_remote(address: str) -> Iterator[Opened | ReadError]:
    """The files at an address: one, those of a folder, or those that fit a glob."""
    scheme = address.split("://", 1)[0]
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        yield _failed(address, "needs the library fsspec.", _REMEDY, error)
        return
    try:
        system, path = url_to_fs(address)
        paths = _paths(system, path)
    except ImportError as error:
        yield _failed(address, f"needs a library for {scheme}://.", _REMEDY, error)
        return
    except Exception as error:  # every storage service brings errors of its own
        yield _unreachable(address, error)
        return
    if not paths:
        yield _failed(address, "has no files.", "Check the address and your access to it.", None)
    for found in paths:
        name = system.unstrip_protocol(found)
        try:
            yield Opened(name, system.open(found, "rb"))
        except Exception as error:
            yield _unreachable(name, error)


def _paths(system: Any, path: str) -> list[str]:
    if any(sign in path for sign in "*[") and not path.startswith(("http://", "https://")):
        return sorted(found for found in system.glob(path) if not system.isdir(found))
    if path.startswith(("http://", "https://")) or system.isfile(path):
        return [path]
    inside = path.rstrip("/") + "/"
    return sorted(p for p in system.find(path) if not ignored(p.removeprefix(inside)))


def _unreachable(address: str, error: Exception) -> ReadError:
    return _failed(
        address,
        f"cannot be reached ({type(error).__name__}: {error}).",
        "Check the address and your access to it.",
        error,
    )


def _failed(address: str, problem: str, remedy: str, cause: Exception | None) -> ReadError:
    error = ReadError(problem, source=address, remedy=remedy)
    error.__cause__ = cause
    return error
