"""Subtitles of meetings and recognisers: WebVTT (Zoom, Teams, Webex) and SRT.

https://www.w3.org/TR/webvtt1/. The files are parsed by webvtt-py; what is ours is finding out
who speaks: a voice tag, the name that Webex puts into a cue's identifier, or a name before a
colon (Zoom, and most SRT files with speakers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from itertools import pairwise

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from analyzer.errors import ReadError
from analyzer.readers.base import Export, Reader
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript

_SRT = re.compile(r"\s*\d+[ \t]*\n\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d{1,3}:\d\d:\d\d")
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,80})?\s{1,9}([^>]{1,200})>")
_TAG = re.compile(r"</?[a-zA-Z][^>]{0,200}>|<\d[\d:.]{0,20}>")
_WEBEX = re.compile(r'\d+\s+"(.+)"(?:\s+\(\d+\))?')
_NAMED = re.compile(
    r"\s*(?:>>\s*|-\s+)?(?:[\[(]([^\])\n]{1,60})[\])]:?|([^\W\d_][^:\n]{0,59}):)\s+(?=\S)"
)
_WORDS_OF_A_NAME = 5


class SubtitlesReader(Reader):
    """``WEBVTT`` and then cues, or numbered cues with ``00:00:01,000 --> 00:00:02,500``."""

    name = "subtitles"
    title = "WebVTT (Zoom, Teams, Webex) and SRT"
    extensions = (".vtt", ".srt")

    def recognises(self, export: Export) -> bool:
        """The WebVTT signature, or a first cue as SRT numbers it."""
        head = export.text_head.lstrip("\ufeff")
        return head.startswith("WEBVTT") or bool(_SRT.match(head))

    def read(self, export: Export) -> Iterator[Transcript | ReadError]:
        """The one recording of a file."""
        text = export.text().lstrip("\ufeff")
        kind = "vtt" if text.startswith("WEBVTT") else "srt"
        try:
            captions = webvtt.from_buffer(StringIO(text.lstrip()), format=kind).captions
        except (MalformedFileError, MalformedCaptionError) as error:
            raise ReadError(
                f"is no {kind.upper()} file that can be read ({error}).",
                source=export.name,
                remedy="Export the transcript again.",
            ) from error
        pieces = [piece for caption in captions for piece in _voices(caption)]
        yield Transcript(_named(pieces), by_words=True)


def _voices(caption: webvtt.Caption) -> Iterator[Piece]:
    """A cue's texts with the names that its tags or its identifier give."""
    webex = _WEBEX.fullmatch((caption.identifier or "").strip())
    spans = [(0, 0, webex[1] if webex else "")]
    spans += [(*tag.span(), unescape(tag[1]).strip()) for tag in _VOICE.finditer(caption.raw_text)]
    end = len(caption.raw_text)
    for (_, begin, name), (until, _, _) in pairwise([*spans, (end, end, "")]):
        text = unescape(_TAG.sub("", caption.raw_text[begin:until]))
        yield Piece(name, text, milliseconds(caption.start), milliseconds(caption.end))


def _named(pieces: list[Piece]) -> list[Piece]:
    """Pieces without a name take the one before their colon, where that is the file's habit."""
    nameless = [piece for piece in pieces if not piece.speaker and piece.text.strip()]
    found = [_NAMED.match(piece.text) for piece in nameless]
    names = [(match[1] or match[2]).strip() for match in found if match]
    names = [name for name in names if len(name.split()) <= _WORDS_OF_A_NAME]
    habit = len(names) * 3 >= len(nameless) and len(set(names)) * 2 <= max(len(names), 4)
    named, speaker = [], ""
    for piece in pieces:
        if not piece.text.strip():
            continue
        match = _NAMED.match(piece.text) if habit and not piece.speaker else None
        if match and len((match[1] or match[2]).split()) <= _WORDS_OF_A_NAME:
            speaker = (match[1] or match[2]).strip()
            piece = piece._replace(text=piece.text[match.end() :])
        speaker = piece.speaker or speaker
        named.append(piece._replace(speaker=speaker, text=" ".join(piece.text.split())))
    return named
