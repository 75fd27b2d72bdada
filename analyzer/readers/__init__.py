"""Readers: one file a format, found by content."""

from __future__ import annotations

from analyzer.readers.base import Export, JsonReader, Piece, Reader, Transcript
from analyzer.readers.reading import read_calls
from analyzer.readers.registry import reader_named, readers, recognise, register

__all__ = [
    "Export",
    "JsonReader",
    "Piece",
    "Reader",
    "Transcript",
    "read_calls",
    "reader_named",
    "readers",
    "recognise",
    "register",
]
