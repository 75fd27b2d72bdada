"""How much a single input may ask for, so that a broken or hostile file cannot fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is read, generous for real exports.

    Attributes:
        whole: Bytes or characters of a file, archive member or JSON document that are held in
            memory at once.
        unpacked: Bytes that one archive or compressed file may unpack to, all members together.
        ratio: How many times larger than its packed bytes an archive may unpack; looked at
            beyond `ratio_from` unpacked bytes only.
        ratio_from: See `ratio`.
        members: Files in one archive.
        nesting: Layers of packing: three for a `.gz` in a `.tar.gz`.
    """

    whole: int = 256 * MIB
    unpacked: int = 16 * 1024 * MIB
    ratio: int = 200
    ratio_from: int = 64 * MIB
    members: int = 100_000
    nesting: int = 4


DEFAULT = Limits()
