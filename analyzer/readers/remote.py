"""Exports behind an address (`s3://`, `gs://`, `az://`, `https://`), through fsspec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.archives import ignored
from analyzer.readers.sources import Opened

_EXTRAS = {"s3": "s3", "gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure"}
_WEB = ("http://", "https://")


def open_remote(address: str) -> Iterator[Opened | ReadError]:
    """The files at an address: one, those of a folder, or those that fit a glob."""
    scheme = address.split("://", 1)[0]
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        yield _failed(address, "needs the library fsspec.", _to_install(scheme), error)
        return
    try:
        system, path = url_to_fs(address)
        paths = _paths(system, path)
    except ImportError as error:
        yield _failed(address, f"needs a library for {scheme}://.", _to_install(scheme), error)
        return
    except Exception as error:  # every storage service brings errors of its own
        yield _unreachable(address, error)
        return
    if not paths:
        yield _failed(address, "has no files.", "Check the address and your access to it.", None)
    for found in paths:
        name = _without_signature(system.unstrip_protocol(found))
        try:
            yield Opened(name, system.open(found, "rb"))
        except Exception as error:
            yield _unreachable(name, error)


def _paths(system: Any, path: str) -> list[str]:
    if any(sign in path for sign in "*[") and not path.startswith(_WEB):
        return sorted(found for found in system.glob(path) if not system.isdir(found))
    if path.startswith(_WEB) or system.isfile(path):
        return [path]
    inside = path.rstrip("/") + "/"
    return sorted(p for p in system.find(path) if not ignored(p.removeprefix(inside)))


def _to_install(scheme: str) -> str:
    extra = _EXTRAS.get(scheme, "remote")
    return f"Install the extra `{extra}`: `pip install 'empathy-analyzer[{extra}]'`."


def _without_signature(address: str) -> str:
    """A web address without its query, which may hold the right to read: it names calls."""
    return address.split("?", 1)[0] if address.startswith(_WEB) else address


def _unreachable(address: str, error: Exception) -> ReadError:
    named = _without_signature(address)
    why = f": {error}" if named == address else ""
    return _failed(
        address,
        f"cannot be reached ({type(error).__name__}{why}).",
        "Check the address and your access to it.",
        error,
    )


def _failed(address: str, problem: str, remedy: str, cause: Exception | None) -> ReadError:
    error = ReadError(problem, source=_without_signature(address), remedy=remedy)
    error.__cause__ = cause
    return error
