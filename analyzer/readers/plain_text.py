"""Plain text as people paste it: `Agent: ...`, `[00:01:23] Rep - Dana: ...`, wrapped lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.errors import ReadError
from analyzer.readers.base import Export, Reader
from analyzer.readers.metadata import common_metadata
from analyzer.readers.spoken_lines import SYSTEM, LineReader
from analyzer.readers.stamps import timeline
from analyzer.readers.text_blocks import Block, blocks
from analyzer.readers.transcript import Piece, Transcript

_LINES_LOOKED_AT = 1000


class PlainTextReader(Reader):
    """Lines that start with a speaker's name, with times in many notations or without.

    Several calls may follow each other, each under a heading (`Call 17`) or a rule (`-----`).
    """

    name = "text"
    title = "Plain text (Agent: ..., [00:01:23] Rep - Dana: ...)"
    extensions = (".txt", ".md", ".log")

    def recognises(self, export: Export) -> bool:
        """Several lines that start with a speaker's name."""
        return is_dialogue(export.text_head)

    def read(self, export: Export) -> Iterator[Transcript | ReadError]:
        """The calls of the text."""
        found = list(blocks(export.text().split("\n")))
        reader = LineReader(line for block in found for line in block.lines)
        for block in found:
            pieces, began = _pieces(block.lines, reader)
            if pieces:
                about = {"started_at": began, **common_metadata(block.fields)}
                yield Transcript(
                    pieces,
                    _identity(block, export.stem),
                    about,
                    join=False,
                    place=f"line {block.first}" if len(found) > 1 else None,
                )


def is_dialogue(text: str) -> bool:
    """Whether a text is told in lines that start with a speaker's name."""
    return len(dialogue(text, most_lines=_LINES_LOOKED_AT)) > 1


def dialogue(text: str, *, most_lines: int | None = None) -> list[Piece]:
    """The pieces of one call told in such lines; empty where the text is none."""
    lines = [line for block in blocks(text.split("\n")[:most_lines]) for line in block.lines]
    pieces, _ = _pieces(lines, LineReader(lines))
    return pieces if any(piece.speaker != SYSTEM for piece in pieces) else []


def _identity(block: Block, stem: str) -> str | None:
    """The call's own id; a mere number is told apart by the file's name."""
    if block.id and block.id.isdigit() and len(block.id) < 4:
        return f"{stem}-{block.id}"
    return block.id


def _pieces(lines: Iterable[str], reader: LineReader) -> tuple[list[Piece], str | None]:
    """What is said, and when it began where that is told."""
    said: list[tuple[str, list[str], str | None]] = []
    waiting: str | None = None
    for text in lines:
        line = reader.read(text, opens=not said)
        if line.speaker is not None:
            said.append((line.speaker, [line.words], line.time or waiting))
            waiting = None
        elif line.time and not line.words:
            waiting = line.time
        elif said and line.words:
            said[-1][1].append(line.words)
    times = timeline([time for _, _, time in said])
    pieces = [
        Piece(speaker, " ".join(filter(None, words)), start, end)
        for (speaker, words, _), start, end in zip(said, times.starts, times.ends, strict=True)
    ]
    return [piece for piece in pieces if piece.text], times.started_at
