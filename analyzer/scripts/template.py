"""How a script is shown to a person."""

from __future__ import annotations

from analyzer.scripts.words import Word


def template_of(text: str, words: list[Word]) -> str:
    """The text of some words as it stands, with the slots in the place of the call's facts."""
    parts = []
    at = words[0].start
    for word in words:
        parts.append(text[at : word.start])
        parts.append(word.text if word.is_slot else text[word.start : word.end])
        at = word.end
    parts.append(_closing_mark(text, at))
    return " ".join("".join(parts).split())


def _closing_mark(text: str, at: int) -> str:
    return text[at] if at < len(text) and text[at] in ".!?…" else ""
