"""A text as a stream of JSON documents: one document, many in an array, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.limits import DEFAULT, Limits

_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_SPACE = " \t\n\r\ufeff"
_SLACK = 1 << 16
_LEADING = 20
_ABSENT = object()

Placed = tuple[str | None, Any]
"""Where a document stands (None for the only one), and the document or the error in its place."""


class JsonDocuments:
    """JSON documents of one text, parsed as they are asked for.

    `first` can be asked repeatedly and consumes nothing; `each` reads through once. An array at
    the top is a list of documents unless the caller says that it is a document.
    """

    def __init__(self, chunks: Iterator[str], name: str, limits: Limits = DEFAULT) -> None:
        self._chunks = chunks
        self._name = name
        self._limits = limits
        self._text = ""
        self._ended = False
        self._whole: Any = _ABSENT
        self._end_of_whole = 0

    def looks_like_json(self) -> bool:
        """Whether the text starts as a JSON object or array does."""
        start = self._skip(0)
        if self._text[start : start + 1] not in ("{", "["):
            return False
        following = self._text[self._skip(start + 1) :][:1]
        return following in ('"', "{", "[", "]", "}", "")

    def first(self, *, array_is_document: bool = False) -> Any | None:
        """The first document that can be parsed, or None where the text is not JSON.

        With `array_is_document`, a long array is cut after its first elements.
        """
        if not self.looks_like_json():
            return None
        if self._by_line():
            return self._first_of_lines(array_is_document)
        start = self._skip(0)
        if self._text[start] == "{":
            return self._first_value(start)
        leading: list[Any] = []
        try:
            for _, element in self._elements(start, keep=True):
                leading.append(element)
                if not array_is_document or len(leading) == _LEADING:
                    break
        except ReadError:
            pass
        if array_is_document:
            return leading or None
        return leading[0] if leading else None

    def broken(self) -> ReadError:
        """The error that tells why `first` found nothing in a text that looks like JSON."""
        try:
            self._value(self._skip(0))
        except ReadError as error:
            return error
        return ReadError(
            "is JSON without a call in it.",
            source=self._name,
            remedy="Give an export that holds at least one call.",
        )

    def each(self, *, array_is_document: bool = False) -> Iterator[Placed]:
        """Every document with its place; what cannot be parsed comes as a `ReadError`."""
        if not self.looks_like_json():
            return
        if self._by_line():
            yield from self._each_line(array_is_document)
        else:
            yield from self._each_value(array_is_document)

    def _by_line(self) -> bool:
        """Whether the text is JSON Lines: one of its first two lines is a whole document."""
        lines = []
        start = self._skip(0)
        for _ in range(2):
            end = self._line_end(start)
            lines.append(self._text[start:end].strip())
            start = self._skip(end)
        if lines[0][-1:] not in ("}", "]") and lines[0] != "":
            # A document that goes on in the next line, or a broken first line of many.
            return lines[0][-1:] not in ("{", "[", ",", ":") and _parses(lines[1])
        if lines[0].startswith("["):
            # One long array is streamed by element; arrays on several lines are documents.
            return lines[1].startswith(("[", "{")) and _parses(lines[1])
        return _parses(lines[0]) or _parses(lines[1])

    def _first_of_lines(self, array_is_document: bool) -> Any | None:
        start = self._skip(0)
        for _ in range(_LEADING):
            end = self._line_end(start)
            try:
                value = _DECODER.decode(self._text[start:end].strip())
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict) or (isinstance(value, list) and array_is_document):
                return value
            if isinstance(value, list) and value:
                return value[0]
            start = self._skip(end)
            if start >= len(self._text):
                break
        return None

    def _each_line(self, array_is_document: bool) -> Iterator[Placed]:
        for number, line in self._numbered_lines():
            place = f"line {number}"
            try:
                value = _DECODER.decode(line)
            except (ValueError, RecursionError) as error:
                yield place, self._bad(error, place)
                continue
            if isinstance(value, list) and not array_is_document:
                for element in value:
                    yield place, element
            else:
                yield place, value

    def _numbered_lines(self) -> Iterator[tuple[int, str]]:
        number, rest = 0, self._text
        self._text = ""
        ended = False
        while not ended:
            chunk = next(self._chunks, None)
            ended = chunk is None
            lines = (rest + (chunk or "")).split("\n")
            rest = "" if ended else lines.pop()
            if len(rest) > self._limits.whole:
                raise self._too_long()
            for line in lines:
                number += 1
                line = line.strip(_SPACE)
                if line:
                    yield number, line
        self._ended = True

    def _each_value(self, array_is_document: bool) -> Iterator[Placed]:
        start, count = self._skip(0), 0
        while start < len(self._text):
            try:
                if self._text[start] == "[" and not array_is_document:
                    end = start
                    for end, element in self._elements(start):
                        if element is not _ABSENT:
                            count += 1
                            yield f"item {count}", element
                    start = end
                else:
                    count += 1
                    value, start = self._value(start)
                    start = self._skip(start)
                    alone = count == 1 and start >= len(self._text)
                    yield (None if alone else f"document {count}"), value
            except ReadError as error:
                yield error.place, error
                return
            self._text, start = self._text[start:], 0
            start = self._skip(0)

    def _elements(self, start: int, *, keep: bool = False) -> Iterator[tuple[int, Any]]:
        """Elements of the array at `start`; the last pair is the array's end and no element."""
        position = self._skip(start + 1)
        while True:
            if position >= len(self._text):
                raise self._truncated()
            if self._text[position] == "]":
                yield position + 1, _ABSENT
                return
            value, position = self._value(position)
            yield position, value
            if not keep:
                self._text, position = self._text[position:], 0
            position = self._skip(position)
            if self._text[position : position + 1] == ",":
                position = self._skip(position + 1)
            elif position < len(self._text) and self._text[position] != "]":
                raise self._bad(json.JSONDecodeError("expected , or ]", "", 0), None)

    def _first_value(self, start: int) -> Any | None:
        if self._whole is _ABSENT:
            try:
                self._whole, self._end_of_whole = self._value(start)
            except ReadError:
                self._whole = None
        return self._whole

    def _value(self, start: int) -> tuple[Any, int]:
        """The value at `start` and its end, reading on until it is complete."""
        if self._end_of_whole > start and self._whole not in (_ABSENT, None):
            value, end = self._whole, self._end_of_whole
            self._whole, self._end_of_whole = _ABSENT, 0
            return value, end
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, start)
            except json.JSONDecodeError as error:
                may_go_on = error.pos > len(self._text) - _SLACK or "Unterminated" in error.msg
                if not (may_go_on and self._grow()):
                    if may_go_on:
                        raise self._truncated(error) from error
                    raise self._bad(error, _row_and_column(error)) from error
            except (ValueError, RecursionError) as error:
                raise self._bad(error, None) from error
            else:
                # A number may go on in the next chunk; objects and arrays end where they end.
                if end < len(self._text) or isinstance(value, (dict, list)) or not self._grow():
                    return value, end

    def _skip(self, position: int) -> int:
        while True:
            while position < len(self._text) and self._text[position] in _SPACE:
                position += 1
            if position < len(self._text) or not self._fill():
                return position

    def _line_end(self, start: int) -> int:
        searched = start
        while (end := self._text.find("\n", searched)) < 0:
            searched = len(self._text)
            if not self._fill():
                return len(self._text)
        return end

    def _fill(self) -> bool:
        chunk = None if self._ended else next(self._chunks, None)
        if chunk is None:
            self._ended = True
            return False
        if len(self._text) > self._limits.whole:
            raise self._too_long()
        self._text += chunk
        return True

    def _grow(self) -> bool:
        """Read on until there is twice as much text; False at the end."""
        wanted = 2 * len(self._text) + 1
        grown = False
        while len(self._text) < wanted and self._fill():
            grown = True
        return grown

    def _truncated(self, error: json.JSONDecodeError | None = None) -> ReadError:
        return ReadError(
            "is truncated JSON: it ends in the middle of a document.",
            source=self._name,
            place=_row_and_column(error) if error else None,
            remedy="Export or download it again.",
        )

    def _bad(self, error: Exception, place: str | None) -> ReadError:
        detail = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        return ReadError(
            f"is not valid JSON ({detail}).",
            source=self._name,
            place=place,
            remedy="Export it again, or correct it there.",
        )

    def _too_long(self) -> ReadError:
        return ReadError(
            f"holds one JSON document of more than {self._limits.whole >> 20} MiB.",
            source=self._name,
            remedy="Split it, for example into JSON Lines with a call a line.",
        )


def _parses(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line), (dict, list))
    except (ValueError, RecursionError):
        return False


def _row_and_column(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}"
