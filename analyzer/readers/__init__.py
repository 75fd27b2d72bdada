"""Readers: one file a format, found by content."""

from __future__ import annotations

from analyzer.readers.base import Export, JsonReader, Piece, Reader, Transcript
from analyzer.readers.reading import Reading, read_calls, readings
from analyzer.readers.registry import formats, reader_named, readers, recognise, register

__all__ = [
    "Export",
    "JsonReader",
    "Piece",
    "Reader",
    "Reading",
    "Transcript",
    "formats",
    "read_calls",
    "reader_named",
    "readers",
    "readings",
    "recognise",
    "register",
]
