"""A text as a stream of JSON documents: one document, many in an array, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.readers.window import Window

_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_NEAR_THE_END = 1 << 16
_LINES_TRIED = 5
_LINES_LOOKED_AT = 20
_DOCUMENTS = 5
_ELEMENTS = 20

Placed = tuple[str | None, Any]
"""Where a document stands (None for an only one), and the document or the error in its place."""


class JsonDocuments:
    """JSON documents of one text, parsed as they are asked for.

    `leading` and `first` can be asked repeatedly and consume nothing; `each` reads through once.
    An array at the top is a list of documents unless the caller says that it is a document.
    """

    def __init__(self, chunks: Iterator[str], name: str, limits: Limits = DEFAULT) -> None:
        self._name = name
        self._window = Window(chunks, name, limits)
        self._leading: dict[bool, list[Any]] = {}
        self._parsed: tuple[int, Any, int] | None = None

    def looks_like_json(self) -> bool:
        """Whether the text starts as a JSON object or array does, or has one on a line."""
        window = self._window
        start = window.skip_space(0)
        if window.at(start) in ("{", "["):
            following = window.at(window.skip_space(start + 1))
            if following in ('"', "{", "[", "]", "}", ""):
                return True
        lines = window.first_lines(_LINES_TRIED)
        return any(line.startswith("{") and _is_document(line) for line in lines)

    def leading(self, *, array_is_document: bool = False) -> list[Any]:
        """The first few documents that can be parsed.

        With `array_is_document`, a long array is cut after its first elements.
        """
        if array_is_document not in self._leading:
            found = self._look_ahead(array_is_document) if self.looks_like_json() else []
            self._leading[array_is_document] = found
        return self._leading[array_is_document]

    def first(self, *, array_is_document: bool = False) -> Any | None:
        """The first document that can be parsed, or None where there is none."""
        return next(iter(self.leading(array_is_document=array_is_document)), None)

    def trouble(self) -> ReadError | None:
        """Why a text that looks like JSON cannot be parsed; None where it can, or is not JSON."""
        if not self.looks_like_json() or self.leading():
            return None
        try:
            self._value(self._window.skip_space(0))
        except ReadError as error:
            return error
        return None

    def each(self, *, array_is_document: bool = False) -> Iterator[Placed]:
        """Every document with its place; what cannot be parsed comes as a `ReadError`."""
        if not self.looks_like_json():
            yield None, self._bad("it does not start as JSON does", None)
        elif self._is_lines():
            yield from self._each_line(array_is_document)
        else:
            yield from self._each_value(array_is_document)

    def _is_lines(self) -> bool:
        """Whether a line among the first is a whole document, and not part of a larger one."""
        lines = self._window.first_lines(_LINES_TRIED)
        if lines[0][-1:] in ("{", "[", ",", ":"):
            return False
        if lines[0].startswith("["):
            # One long array is streamed by element; several arrays are documents, one a line.
            return lines[1:2] != [] and _is_document(lines[1])
        return any(_is_document(line) for line in lines)

    def _look_ahead(self, array_is_document: bool) -> list[Any]:
        if self._is_lines():
            return self._leading_lines(array_is_document)
        start = self._window.skip_space(0)
        if self._window.at(start) == "{":
            try:
                value, end = self._value(start)
            except ReadError:
                return []
            self._parsed = (start, value, end)
            return [value]
        wanted = _ELEMENTS if array_is_document else _DOCUMENTS
        elements: list[Any] = []
        try:
            for element, _ in islice(self._elements(start), wanted):
                elements.append(element)
        except ReadError:
            pass
        return [elements] if array_is_document and elements else elements

    def _leading_lines(self, array_is_document: bool) -> list[Any]:
        found: list[Any] = []
        for line in self._window.first_lines(_LINES_LOOKED_AT):
            try:
                value = _DECODER.decode(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, list) and not array_is_document:
                found += value[:_DOCUMENTS]
            else:
                found.append(value)
            if len(found) >= _DOCUMENTS:
                break
        return found

    def _each_line(self, array_is_document: bool) -> Iterator[Placed]:
        for number, line in self._window.numbered_lines():
            place = f"line {number}"
            try:
                value = _DECODER.decode(line)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(line) or "Unterminated" in error.msg
                yield place, self._truncated(place) if cut else self._bad(error.msg, place)
            except (ValueError, RecursionError) as error:
                yield place, self._bad(type(error).__name__, place)
            else:
                if isinstance(value, list) and not array_is_document:
                    yield from ((place, element) for element in value)
                else:
                    yield place, value

    def _each_value(self, array_is_document: bool) -> Iterator[Placed]:
        window = self._window
        start, count = window.skip_space(0), 0
        try:
            while window.at(start):
                if window.at(start) == "[" and not array_is_document:
                    end = start + 1
                    for element, end in self._elements(start, forget=True):
                        if end >= 0:
                            count += 1
                            yield f"item {count}", element
                    start = window.skip_space(-end)
                else:
                    count += 1
                    value, end = self._value(start)
                    start = window.skip_space(end)
                    only = count == 1 and not window.at(start)
                    yield (None if only else f"document {count}"), value
                start -= window.forget(start)
        except ReadError as error:
            if count or error.place is None:
                error.place = f"item {count + 1}"
            if count:
                error.problem += " It and what follows it were not read."
            yield error.place, error

    def _elements(self, start: int, *, forget: bool = False) -> Iterator[tuple[Any, int]]:
        """Elements of the array at `start` with their ends.

        With `forget`, the text that was read is let go, and a last pair is no element but tells
        the array's end as a negative number.
        """
        window = self._window
        position = window.skip_space(start + 1)
        while True:
            sign = window.at(position)
            if sign == "]":
                if forget:
                    yield None, -(position + 1)
                return
            if not sign:
                raise self._truncated(None)
            value, position = self._value(position)
            yield value, position
            if forget:
                position -= window.forget(position)
            position = window.skip_space(position)
            sign = window.at(position)
            if sign == ",":
                position = window.skip_space(position + 1)
            elif sign not in ("]", ""):
                raise self._bad("a comma is missing between two items", None)

    def _value(self, start: int) -> tuple[Any, int]:
        """The value at `start` and its end, reading on until it is complete."""
        if self._parsed and self._parsed[0] == start:
            _, value, end = self._parsed
            self._parsed = None
            return value, end
        window = self._window
        while True:
            try:
                value, end = _DECODER.raw_decode(window.text, start)
            except json.JSONDecodeError as error:
                unfinished = (
                    error.pos >= len(window.text) - _NEAR_THE_END or "Unterminated" in error.msg
                )
                if unfinished and window.grow():
                    continue
                at_the_end = error.pos >= len(window.text.rstrip()) or "Unterminated" in error.msg
                place = f"line {error.lineno}, column {error.colno}"
                if at_the_end:
                    raise self._truncated(place) from error
                raise self._bad(error.msg, place) from error
            except (ValueError, RecursionError) as error:
                raise self._bad(type(error).__name__, None) from error
            # A number may go on in the next chunk; objects, arrays and texts end where they end.
            if end < len(window.text) or isinstance(value, (dict, list, str)) or not window.grow():
                return value, end

    def _truncated(self, place: str | None) -> ReadError:
        return ReadError(
            "is truncated JSON: it ends in the middle of a document.",
            source=self._name,
            place=place,
            remedy="Export or download it again.",
        )

    def _bad(self, detail: str, place: str | None) -> ReadError:
        return ReadError(
            f"is not valid JSON ({detail}).",
            source=self._name,
            place=place,
            remedy="Export it again, or correct it there.",
        )


def _is_document(line: str) -> bool:
    try:
        return isinstance(_DECODER.decode(line), (dict, list))
    except (ValueError, RecursionError):
        return False
