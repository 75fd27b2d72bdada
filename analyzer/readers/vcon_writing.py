"""A call and its report as a vCon, for other tools."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzer.call import Call, Speaker
from analyzer.readers.times import moment
from analyzer.readers.vcon_parts import METADATA_FILE
from analyzer.report import CallReport

_SPEAKERS: tuple[Speaker, ...] = ("agent", "customer", "other")
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def to_vcon(
    call: Call, report: CallReport | None = None, *, created_at: datetime | None = None
) -> dict[str, Any]:
    """The call as a vCon: turns as text dialogs, the report as an `analysis` entry.

    Args:
        call: The call. Read from a vCon, it is written as an amendment of that one.
        report: What was found in it.
        created_at: When the vCon was made; now, if not given.

    Returns:
        The unsigned form, to be written as JSON. A call whose start is not known starts on
        1 January 1970, since a dialog must have a date.
    """
    began = moment(call.metadata.get("started_at")) or _UNKNOWN
    used = [who for who in _SPEAKERS if who in {turn.speaker for turn in call.turns}]
    vcon: dict[str, Any] = {
        "vcon": "0.4.0",
        "uuid": _uuid(call, report),
        "extensions": ["CC"],
        "created_at": (created_at or datetime.now(UTC)).isoformat(),
        "parties": [_party(who, call) for who in used],
        "dialog": list(_dialogs(call, used, began)),
        "analysis": [_analysis(report, len(call.turns))] if report else [],
        "attachments": [
            {
                "start": began.isoformat(),
                "party": 0,
                "dialog": 0,
                "mediatype": "application/json",
                "filename": METADATA_FILE,
                "encoding": "json",
                "body": {key: value for key, value in call.metadata.items() if key != "vcon"},
            }
        ],
    }
    if "vcon" in call.metadata:
        vcon["amended"] = {"uuid": str(call.metadata["vcon"])}
    return vcon


def _uuid(call: Call, report: CallReport | None) -> str:
    """A version 8 UUID of the content, so that writing the same twice gives the same."""
    told = call.model_dump_json() + (report.model_dump_json() if report else "")
    number = int.from_bytes(hashlib.sha256(told.encode()).digest()[:16])
    number = number & ~(0xF << 76) | 8 << 76
    return str(uuid.UUID(int=number & ~(0b11 << 62) | 0b10 << 62))


def _party(speaker: Speaker, call: Call) -> dict[str, Any]:
    party = {"role": speaker} if speaker != "other" else {"role": "thirdparty", "type": "bot"}
    name = call.metadata.get(speaker)
    return {**party, "name": str(name), "validation": "none"} if name else party


def _dialogs(call: Call, parties: list[Speaker], began: datetime) -> Iterator[dict[str, Any]]:
    """A text dialog a turn. A turn without a time has that of the turn before."""
    start_ms = 0
    for turn in call.turns:
        start_ms = start_ms if turn.start_ms is None else turn.start_ms
        dialog = {
            "type": "text",
            "start": (began + timedelta(milliseconds=start_ms)).isoformat(),
            "parties": parties.index(turn.speaker),
            "mediatype": "text/plain",
            "encoding": "none",
            "body": turn.text,
            "interaction_id": call.id,
        }
        if turn.start_ms is not None and turn.end_ms is not None:
            dialog["duration"] = (turn.end_ms - turn.start_ms) / 1000
        yield dialog


def _analysis(report: CallReport, turns: int) -> dict[str, Any]:
    return {
        "type": "empathy",
        "dialog": list(range(turns)),
        "mediatype": "application/json",
        "vendor": "empathy-analyzer",
        "product": f"{report.model.name} {report.model.version}",
        "schema": "CallReport",
        "encoding": "json",
        "body": report.model_dump(mode="json"),
    }
