"""How a script is shown to a person."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.scripts.words import Word

Pieces = tuple[str, ...]


def pieces_of(text: str, words: Sequence[Word]) -> Pieces:
    """Each word as it stands, after what stands before it, slots named; then the closing mark."""
    pieces = []
    at = words[0].start
    for word in words:
        before = text[at : word.start]
        pieces.append(before + (word.text if word.is_slot else text[word.start : word.end]))
        at = word.end
    return (*pieces, text[at] if at < len(text) and text[at] in ".!?…" else "")


def template_of(pieces: Pieces, varying: frozenset[int] = frozenset()) -> str:
    """The line as it stands, with `{varies}` for the words at the places that vary."""
    shown: list[str] = []
    for place, piece in enumerate(pieces):
        if place not in varying:
            shown.append(piece)
        elif place - 1 not in varying:
            shown.append(" {varies}")
    return " ".join("".join(shown).split())
