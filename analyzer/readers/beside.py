"""The files beside an export, for formats that keep one call in several files."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath


class Beside:
    """The folder that an export lies in; this one is not known, and so holds nothing."""

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return False

    def read(self, name: str, largest: int) -> bytes | None:
        """Its bytes; None if it is not there, larger than this, or cannot be read."""
        return None


class BesideOnDisk(Beside):
    """The files beside a file."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        try:
            return self._path.with_name(name).is_file()
        except (OSError, ValueError):
            return False

    def read(self, name: str, largest: int) -> bytes | None:
        """Its bytes; None if it is not there, larger than this, or cannot be read."""
        try:
            path = self._path.with_name(name)
            return path.read_bytes() if path.stat().st_size <= largest else None
        except (OSError, ValueError):
            return None


class BesideInZip(Beside):
    """The files beside a member of a zip archive."""

    def __init__(self, archive: zipfile.ZipFile, member: str) -> None:
        self._archive = archive
        self._member = PurePosixPath(member)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return str(self._member.with_name(name)) in self._archive.NameToInfo

    def read(self, name: str, largest: int) -> bytes | None:
        """Its bytes; None if it is not there, larger than this, or cannot be read."""
        try:
            with self._archive.open(str(self._member.with_name(name))) as file:
                data = file.read(largest + 1)
        except (KeyError, OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile):
            return None
        return data if len(data) <= largest else None
