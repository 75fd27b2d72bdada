"""Timed words made into pieces, for exports that tell who says each word."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.readers.transcript import Piece

PAUSE_MS = 800
"""A silence that ends a piece. Words of two channels are told apart by it: without it, two people
who talk at once would be one turn a word."""


def spoken(words: Iterable[Piece]) -> list[Piece]:
    """Consecutive words of one speaker as one piece, cut where the speaker changes or pauses."""
    pieces: list[Piece] = []
    said: list[str] = []
    for word in words:
        if not word.text.strip():
            continue
        if pieces and word.speaker == pieces[-1].speaker and not _pause(pieces[-1], word):
            said.append(word.text.strip())
            pieces[-1] = pieces[-1]._replace(end_ms=word.end_ms or pieces[-1].end_ms)
            continue
        if pieces:
            pieces[-1] = pieces[-1]._replace(text=" ".join(said))
        pieces.append(word)
        said = [word.text.strip()]
    if pieces:
        pieces[-1] = pieces[-1]._replace(text=" ".join(said))
    return pieces


def _pause(before: Piece, word: Piece) -> bool:
    if before.end_ms is None or word.start_ms is None:
        return False
    return word.start_ms - before.end_ms > PAUSE_MS
