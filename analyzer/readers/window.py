"""A text that arrives in chunks, of which only what is still needed is held."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.errors import ReadError
from analyzer.readers.limits import Limits

_SPACE = " \t\n\r\ufeff"
_SPACES = re.compile(f"[{_SPACE}]*")
_LONG_LINE = 1 << 23


class Window:
    """The part of a text that is held: it grows at the end and is forgotten at the start.

    Positions count from the start of what is held.
    """

    def __init__(self, chunks: Iterator[str], name: str, limits: Limits) -> None:
        self.text = ""
        self._chunks = chunks
        self._name = name
        self._limits = limits
        self._ended = False

    def at(self, position: int) -> str:
        """The character at a position, or an empty text at the end."""
        while position >= len(self.text):
            if not self.grow():
                return ""
        return self.text[position]

    def skip_space(self, position: int) -> int:
        """The position of the next character that is no space."""
        while True:
            match = _SPACES.match(self.text, position)
            position = match.end() if match else position
            if position < len(self.text) or not self.grow():
                return position

    def grow(self) -> bool:
        """Read on until twice as much is held, at least a chunk; False at the end.

        Raises:
            ReadError: If more would be held than the limit allows.
        """
        wanted, size = 2 * len(self.text), len(self.text)
        parts = [self.text]
        while not self._ended and (len(parts) == 1 or size < wanted):
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            elif chunk:
                parts.append(chunk)
                size += len(chunk)
                self._check(size)
        if len(parts) == 1:
            return False
        self.text = "".join(parts)
        return True

    def forget(self, before: int) -> int:
        """Let go of the text before a position, if that is worth it; how much was let go."""
        if 2 * before < len(self.text):
            return 0
        self.text = self.text[before:]
        return before

    def first_lines(self, count: int) -> list[str]:
        """The first lines with something in them, without spaces around; at least one.

        After many megabytes there are no more, and a line as long as that is cut.
        """
        lines: list[str] = []
        start = 0
        while len(lines) < count and self.at(start):
            end = self.text.find("\n", start)
            while end < 0 and len(self.text) - start < _LONG_LINE and self.grow():
                end = self.text.find("\n", start)
            cut = end < 0 and len(self.text) - start >= _LONG_LINE
            end = len(self.text) if end < 0 else end
            if line := self.text[start:end].strip(_SPACE):
                lines.append(line)
            if cut or end > _LONG_LINE:
                break
            start = end + 1
        return lines or [""]

    def numbered_lines(self) -> Iterator[tuple[int, str]]:
        """The lines with something in them, with their numbers; the text is let go."""
        number, rest = 0, self.text
        self.text = ""
        while True:
            *lines, rest = rest.split("\n")
            for line in lines:
                number += 1
                if line := line.strip(_SPACE):
                    yield number, line
            parts, size = [rest], len(rest)
            while not self._ended and "\n" not in parts[-1]:
                chunk = next(self._chunks, None)
                self._ended = chunk is None
                parts.append(chunk or "")
                size += len(parts[-1])
                self._check(size)
            rest = "".join(parts)
            if self._ended and "\n" not in rest:
                break
        if line := rest.strip(_SPACE):
            yield number + 1, line

    def _check(self, size: int) -> None:
        if size > self._limits.whole:
            raise ReadError(
                f"holds one document of more than {self._limits.whole >> 20} MiB.",
                source=self._name,
                remedy="Split it, for example into JSON Lines with a call a line.",
            )
