"""Who says what, and where, in text whose lines start with a speaker's name."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.call import Speaker
from analyzer.errors import InvalidCallError
from analyzer.readers.casting import cast
from analyzer.readers.spoken_lines import LineReader
from analyzer.readers.transcript import Piece


def spoken_lines(text: str) -> Iterator[tuple[int, int, Speaker]]:
    """The turns of such a text: first character, one past the last, and who speaks.

    Speakers and their roles are found as in pasted transcripts. A line without a name goes on with
    the turn before it. Text in which nobody is named is one turn of an agent.
    """
    turns = list(_turns(text))
    named = [Piece(name, text[start:end]) for start, end, name in turns if name]
    if not named:
        words = text.strip()
        if words:
            yield (start := text.index(words)), start + len(words), "agent"
        return
    roles = _roles(named)
    for start, end, name in turns:
        yield start, end, roles.get(name, "other")


def _turns(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of words with their speaker's name; "" before anybody is named."""
    lines = text.splitlines(keepends=True)
    reader = LineReader([line.rstrip("\r\n") for line in lines])
    at, start, end, speaker = 0, 0, 0, ""
    for whole in lines:
        line = reader.read(whole.rstrip("\r\n"))
        last = at + len(whole.rstrip())
        first = last - len(line.words)
        if line.speaker is not None:
            if start < end:
                yield start, end, speaker
            speaker, start, end = line.speaker, first, last
        elif line.words:
            start, end = (start if start < end else first), last
        at += len(whole)
    if start < end:
        yield start, end, speaker


def _roles(named: list[Piece]) -> dict[str, Speaker]:
    try:
        found = cast(named, given={}, convention={}, metadata={}).roles
    except InvalidCallError:  # only one speaks, under a name of no role
        return dict.fromkeys((piece.speaker for piece in named), "agent")
    return {name: role for (name, _), role in found.items()}
