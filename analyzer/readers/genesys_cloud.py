"""Genesys Cloud: transcripts of speech and text analytics.

https://developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso, milliseconds, moment
from analyzer.readers.transcript import Piece, Transcript


class GenesysCloudReader(JsonReader):
    """``{"conversationId": ..., "transcripts": [{"phrases": [{"participantPurpose": ...}]}]}``."""

    name = "genesys-cloud"
    title = "Genesys Cloud speech and text analytics"

    def recognises_document(self, document: Any) -> bool:
        """`transcripts` made of `phrases`."""
        return any("phrases" in one for one in records(dig(document, "transcripts")))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one communication of a document."""
        transcripts = records(document.get("transcripts"))
        phrases = [phrase for one in transcripts for phrase in records(one.get("phrases"))]
        starts = [document.get("startTime"), dig(transcripts, 0, "startTime")]
        starts += [phrase.get("startTimeMs") for phrase in phrases]
        began = next((value for value in starts if moment(value)), None)
        participants = records(document.get("participants"))
        agent = next((one for one in participants if first_text(one, "userId")), {})
        language = first_text(transcripts[0], "language")
        yield Transcript(
            [_piece(phrase, began, participants) for phrase in phrases],
            id=first_text(document, "conversationId", "communicationId") or None,
            metadata={
                **common_metadata(
                    {
                        "channel": document.get("mediaType"),
                        "agent_id": agent.get("userId"),
                        "team": agent.get("teamId"),
                        "queue": agent.get("queueId"),
                        "direction": dig(participants, 0, "initialDirection"),
                    }
                ),
                "started_at": iso(document.get("conversationStartTime")) or iso(began),
                "duration_ms": _length(document),
                "language": language[:2] + language[2:].upper() or None,
            },
            join=not first_text(document, "mediaType").lower().startswith(("message", "chat")),
        )


def _length(source: Any) -> int | None:
    duration = dig(source, "duration")
    return milliseconds(
        dig(duration, "milliseconds") if isinstance(duration, dict) else duration, "ms"
    )


def _piece(phrase: dict[str, Any], began: Any, participants: list[dict[str, Any]]) -> Piece:
    when = phrase.get("startTimeMs")
    start = elapsed_ms(when, began) if moment(when) else milliseconds(when, "ms")
    length = _length(phrase)
    purpose = first_text(phrase, "participantPurpose")
    speaker = _machine_at(when, participants) or purpose if purpose == "internal" else purpose
    return Piece(
        speaker=speaker,
        text=first_text(phrase, "decoratedText", "text"),
        start_ms=start,
        end_ms=start + length if start is not None and length is not None else None,
    )


def _machine_at(when: Any, participants: list[dict[str, Any]]) -> str | None:
    """`ivr`, `acd` ... where no person of the company was on the call yet, or any more.

    The phrases of agents and of machines are alike `internal`.
    """
    now = moment(when)
    on_the_call = [
        first_text(one, "participantPurpose")
        for one in participants
        if now
        and (begin := moment(one.get("startTimeMs")))
        and begin <= now <= (moment(one.get("endTimeMs")) or now)
    ]
    machines = [purpose for purpose in on_the_call if role_of(purpose) == "other"]
    people = any(role_of(purpose) == "agent" for purpose in on_the_call)
    return machines[0] if machines and not people else None
