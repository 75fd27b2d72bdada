"""Calls written in an exchange format: neutral JSON Lines, or vCon documents."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from analyzer.call import Call, Speaker, Turn
from analyzer.writers import write_lines

ExchangeFormat = Literal["neutral", "vcon"]

_VCON_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:empathy-analyzer:call")


def convert_calls(calls: Iterable[Call], out: str | Path, to: ExchangeFormat = "neutral") -> int:
    """Write calls to a file, a call a line; the file appears when it is complete.

    Args:
        calls: What to write; read lazily.
        out: The file.
        to: `neutral` JSON Lines, or `vcon`: a vCon document a line.

    Returns:
        How many calls were written.

    Raises:
        OutputError: If the file cannot be written.
    """
    line_of = _LINES[to]
    written = 0

    def lines() -> Iterator[str]:
        nonlocal written
        for call in calls:
            yield line_of(call)
            written += 1

    write_lines(out, lines())
    return written


def neutral_line(call: Call) -> str:
    """The call as a line of the neutral format."""
    return call.model_dump_json(exclude_none=True)


def vcon(call: Call) -> dict[str, Any]:
    """The call as a vCon document (draft-ietf-vcon-vcon-core), a text dialog a turn.

    Roles are told as the contact-centre extension has them. Where the call has no `started_at`,
    times count from the moment of conversion. What else is known of the call is an attachment.
    """
    start = _started_at(call)
    speakers = [role for role in get_args(Speaker) if any(t.speaker == role for t in call.turns)]
    document: dict[str, Any] = {
        "vcon": "0.4.0",
        "uuid": str(uuid.uuid5(_VCON_IDS, call.id)),
        "extensions": ["CC"],
        "created_at": start.isoformat(),
        "subject": call.id,
        "parties": [_party(call, role) for role in speakers],
        "dialog": [_dialog(turn, start, speakers) for turn in call.turns],
        "analysis": [],
        "attachments": [],
    }
    if call.metadata:
        document["attachments"].append(
            {
                "purpose": "metadata",
                "start": start.isoformat(),
                "party": 0,
                "dialog": 0,
                "mediatype": "application/json",
                "encoding": "json",
                "body": call.metadata,
            }
        )
    return document


def _party(call: Call, role: Speaker) -> dict[str, Any]:
    name = call.agent if role == "agent" else None
    return {"role": role, **({"name": name} if name else {})}


def _dialog(turn: Turn, start: datetime, speakers: list[Speaker]) -> dict[str, Any]:
    begins = start + timedelta(milliseconds=turn.start_ms or 0)
    dialog: dict[str, Any] = {
        "type": "text",
        "start": begins.isoformat(),
        "parties": speakers.index(turn.speaker),
        "mediatype": "text/plain",
        "encoding": "none",
        "body": turn.text,
    }
    if turn.start_ms is not None and turn.end_ms is not None:
        dialog["duration"] = (turn.end_ms - turn.start_ms) / 1000
    return dialog


def _started_at(call: Call) -> datetime:
    try:
        start = datetime.fromisoformat(str(call.metadata["started_at"]))
    except (KeyError, ValueError):
        return datetime.now(UTC).replace(microsecond=0)
    return start if start.tzinfo else start.replace(tzinfo=UTC)


def _vcon_line(call: Call) -> str:
    return json.dumps(vcon(call), ensure_ascii=False, default=str)


_LINES: dict[ExchangeFormat, Callable[[Call], str]] = {
    "neutral": neutral_line,
    "vcon": _vcon_line,
}
