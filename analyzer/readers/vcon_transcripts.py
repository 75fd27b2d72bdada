"""The transcripts among the analyses of a vCon."""

from __future__ import annotations

import json
from typing import Any

from analyzer.errors import UnknownFormatError
from analyzer.readers.base import Export
from analyzer.readers.fields import first_text, records
from analyzer.readers.registry import recognise
from analyzer.readers.times import elapsed_ms
from analyzer.readers.transcript import Piece, Transcript
from analyzer.readers.vcon_parts import body_of, nth, role_of_party


def transcripts(
    vcon: dict[str, Any],
    dialogs: list[dict[str, Any]],
    people: list[dict[str, Any]],
    began: Any,
    name: str,
) -> tuple[list[Piece], dict[str, Any]]:
    """What was spoken in the recordings, and what their transcripts tell beside."""
    roles = {first_text(one, "name"): role_of_party(one) for one in people}
    pieces: list[Piece] = []
    about: dict[str, Any] = {}
    for analysis in records(vcon.get("analysis")):
        if "transcri" not in first_text(analysis, "type"):
            continue
        start = nth(dialogs, analysis.get("dialog")).get("start")
        found = _inside(body_of(analysis), name)
        later = elapsed_ms(start, began) or 0
        for piece in found.pieces if found else ():
            begin, end = piece.start_ms, piece.end_ms
            pieces.append(
                piece._replace(
                    start_ms=None if begin is None else begin + later,
                    end_ms=None if end is None else end + later,
                    role=piece.role or roles.get(piece.speaker),
                )
            )
        about |= dict(found.metadata) if found else {}
    return pieces, about


def _inside(body: Any, name: str) -> Transcript | None:
    """The transcript in an analysis, read by whichever reader recognises it."""
    export = Export.of(body if isinstance(body, str) else json.dumps(body), name)
    try:
        reader = recognise(export)
        found = None if reader.name == "vcon" else next(reader.read(export), None)
    except UnknownFormatError:
        return None
    return found if isinstance(found, Transcript) else None
