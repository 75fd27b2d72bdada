"""How much a single input may ask for, so that a broken or hostile file cannot fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is read, generous for real exports.

    Attributes:
        whole: Bytes or characters of a file, member or JSON document held in memory at once.
        unpacked: Bytes that one archive or compressed file may unpack to.
        ratio: How many times larger the unpacked bytes may be than the packed ones.
        members: Files in one archive.
        nesting: Archives within archives.
    """

    whole: int = 512 * MIB
    unpacked: int = 16 * 1024 * MIB
    ratio: int = 400
    members: int = 200_000
    nesting: int = 3


DEFAULT = Limits()
