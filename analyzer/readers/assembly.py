"""A transcript made into a call: tidy texts, sensible times, turns, a role for every speaker."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from analyzer.call import Call, Speaker
from analyzer.errors import InvalidCallError, ReadError
from analyzer.readers.casting import cast, checked
from analyzer.readers.joining import attributed, in_order, joined
from analyzer.readers.speakers import person_in
from analyzer.readers.transcript import Piece, Transcript
from analyzer.roles import Segment, roles_by_words

_UNWRITABLE = re.compile("[\ud800-\udfff\0]")
_DEEPEST = 20
_LONGEST_ID = 500
_LATEST_MS = 1 << 40


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
    identity = _identity(transcript.id) or fallback_id
    try:
        return _assembled(transcript, identity, roles or {})
    except ReadError as error:
        where = [transcript.place, f"call {identity}" if transcript.id else None]
        error.source = error.source or name
        error.place = error.place or ", ".join(part for part in where if part) or None
        raise


def _assembled(transcript: Transcript, identity: str, given: Mapping[str, Speaker]) -> Call:
    pieces = [_tidy(piece) for piece in transcript.pieces]
    if not transcript.keep_empty:
        pieces = [piece._replace(text=text) for piece in pieces if (text := piece.text.strip())]
    if not any(piece.text.strip() for piece in pieces):
        raise InvalidCallError(
            "has no turns with words in them.",
            remedy="Leave the call out, or export it with its transcript.",
        )
    metadata = {
        _writable(str(key)): _plain(value)
        for key, value in transcript.metadata.items()
        if value is not None
    }
    guessed = _guessed(pieces) if transcript.by_words and "" not in given else None
    if guessed:
        pieces = guessed
        metadata["roles"] = "guessed"
    if transcript.join:
        pieces = joined(attributed(in_order(pieces)))
    found = cast(pieces, given=given, convention=transcript.convention, metadata=metadata)
    if "agent" not in found.roles.values():
        raise InvalidCallError(
            "has no turn of an agent, so there is nothing to score.",
            remedy="Say who the agent is with --roles NAME=agent, or leave the call out.",
        )
    if "customer" not in found.roles.values():
        found.notes["one_speaker"] = True
    if "agent" not in metadata and (agent := _agent_named(found.roles)):
        metadata["agent"] = agent
    if not given and not guessed:
        # After the name: where voices are mixed up, the name is still the agent's.
        found = checked(found, pieces, trusted=transcript.trusted)
    turns = [
        {
            "speaker": found.roles[piece.speaker, piece.role],
            "text": piece.text,
            "start_ms": piece.start_ms,
            "end_ms": piece.end_ms,
        }
        for piece in pieces
    ]
    try:
        return Call.model_validate(
            {"id": identity, "turns": turns, "metadata": {**metadata, **found.notes}}
        )
    except ValidationError as error:
        raise InvalidCallError(
            f"is not a call ({error.errors()[0]['msg']}).", remedy="Correct it in the export."
        ) from error


def _guessed(pieces: Sequence[Piece]) -> list[Piece] | None:
    """Pieces of which none has a speaker with roles by what they say, if that can be told."""
    if any(piece.speaker or piece.role for piece in pieces):
        return None
    ordered = in_order(pieces)
    roles = roles_by_words([Segment(one.text, one.start_ms, one.end_ms) for one in ordered])
    if roles is None:
        return None
    return [one._replace(role=role) for one, role in zip(ordered, roles, strict=True)]


def _agent_named(roles: Mapping[tuple[str, Speaker | None], Speaker]) -> str | None:
    """The agent's name, where exactly one agent speaks under a name."""
    names = {person_in(name) for (name, _), role in roles.items() if role == "agent"}
    return names.pop() if len(names) == 1 else None


def _tidy(piece: Piece) -> Piece:
    start, end = _sensible(piece.start_ms), _sensible(piece.end_ms)
    if start is not None and end is not None and end < start:
        end = None
    return Piece(_writable(piece.speaker).strip(), _writable(piece.text), start, end, piece.role)


def _sensible(milliseconds: int | None) -> int | None:
    return milliseconds if milliseconds is not None and 0 <= milliseconds < _LATEST_MS else None


def _identity(value: str | None) -> str | None:
    return _writable(value).strip()[:_LONGEST_ID] or None if isinstance(value, str) else None


def _writable(text: str) -> str:
    """Without half characters (lone surrogates) and zeros, which many files cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)


def _plain(value: Any, depth: int = 0) -> Any:
    """Metadata as JSON can hold it."""
    if isinstance(value, str):
        return _writable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth >= _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {_writable(str(key)): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return _writable(str(value))
