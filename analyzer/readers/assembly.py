"""A transcript made into a call: tidy texts, sensible times, turns, and a role for every speaker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from analyzer.call import Call, Speaker, Turn
from analyzer.errors import InvalidCallError
from analyzer.readers.joining import in_order, joined
from analyzer.readers.speakers import role_of
from analyzer.readers.transcript import Piece, Transcript

_SURROGATES = re.compile("[\ud800-\udfff]")


def assemble(
    transcript: Transcript,
    *,
    name: str,
    fallback_id: str,
    roles: Mapping[str, Speaker] | None = None,
) -> Call:
    """The call that a transcript tells.

    Args:
        transcript: What a reader took out of its export.
        name: The file, for errors.
        fallback_id: The call's id where the transcript has none.
        roles: Roles that the user gave for speaker names.

    Raises:
        InvalidCallError: If it is no call that can be scored.
    """
    pieces = [tidy for piece in transcript.pieces if (tidy := _tidy(piece)) is not None]
    if not pieces:
        raise InvalidCallError(
            "has no turns with words in them.",
            source=name,
            place=transcript.place,
            remedy="Leave the call out, or export it with its transcript.",
        )
    if transcript.join:
        pieces = joined(in_order(pieces))
    metadata = {
        key: _clean(value) for key, value in transcript.metadata.items() if value is not None
    }
    speakers = {
        piece.speaker: (roles or {}).get(piece.speaker)
        or piece.role
        or role_of(piece.speaker)
        or transcript.convention.get(piece.speaker)
        or "other"
        for piece in pieces
    }
    turns = [
        Turn(speaker=speakers[p.speaker], text=p.text, start_ms=p.start_ms, end_ms=p.end_ms)
        for p in pieces
    ]
    try:
        return Call(id=_clean(transcript.id) or fallback_id, turns=turns, metadata=metadata)
    except ValidationError as error:
        raise InvalidCallError(str(error), source=name, place=transcript.place) from error


def _tidy(piece: Piece) -> Piece | None:
    text = _clean(piece.text).strip()
    if not text:
        return None
    start, end = piece.start_ms, piece.end_ms
    if start is not None and end is not None and end < start:
        end = None
    return piece._replace(text=text, start_ms=start, end_ms=end)


def _clean(value: Any) -> Any:
    """Half characters (lone surrogates), which no file can hold, replaced."""
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value
