"""Pieces as exports cut them, joined into turns as people hear them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from analyzer.readers.transcript import Piece


def in_order(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces by their start, overlapping ones too; as they stand where a start is missing."""
    listed = list(pieces)
    starts = [piece.start_ms for piece in listed]
    if any(start is None for start in starts):
        return listed
    return sorted(listed, key=lambda piece: piece.start_ms or 0)


def attributed(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces without a speaker given to the one who speaks both before and after them."""
    listed = list(pieces)
    named = [number for number, piece in enumerate(listed) if piece.speaker or piece.role]
    if len(named) in (0, len(listed)):
        return listed
    for before, after in pairwise(named):
        first, second = listed[before], listed[after]
        if (first.speaker, first.role) == (second.speaker, second.role):
            for number in range(before + 1, after):
                listed[number] = listed[number]._replace(speaker=first.speaker, role=first.role)
    return listed


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Consecutive pieces of one speaker as one, from the first start to the last end."""
    turns: list[Piece] = []
    words: list[str] = []
    for piece in pieces:
        last = turns[-1] if turns else None
        if last and (last.speaker, last.role) == (piece.speaker, piece.role):
            words.append(piece.text)
            turns[-1] = last._replace(end_ms=_later(last.end_ms, piece.end_ms))
            continue
        if last:
            turns[-1] = last._replace(text=" ".join(words))
        turns.append(piece)
        words = [piece.text]
    if turns:
        turns[-1] = turns[-1]._replace(text=" ".join(words))
    return turns


def _later(one: int | None, other: int | None) -> int | None:
    return max(one, other) if one is not None and other is not None else other
