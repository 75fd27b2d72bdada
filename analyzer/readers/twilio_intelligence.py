"""Twilio Conversational Intelligence: the sentences of a transcript.

https://www.twilio.com/docs/conversational-intelligence/api/transcript-sentence-subresource
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript

_SID = re.compile(r"\bGT[0-9a-fA-F]{32}\b")


class TwilioIntelligenceReader(JsonReader):
    """``{"sentences": [{"media_channel": 1, "transcript": ...}], "meta": {...}}``.

    The transcript resource may stand around the sentences, or beside them as `transcript`: its
    participants tell the roles, which otherwise follow Twilio's default.
    """

    name = "twilio-intelligence"
    title = "Twilio Conversational Intelligence"

    def recognises_document(self, document: Any) -> bool:
        """`sentences` with a channel and a transcript."""
        return any(
            "transcript" in one and one.keys() & {"media_channel", "mediaChannel"}
            for one in records(dig(document, "sentences"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one transcript of a document."""
        about = {**document, **record(document.get("transcript"))}
        participants = {
            first_text(one, "channel_participant"): one
            for one in records(dig(about, "channel", "participants"))
        }
        agent = next((one for one in participants.values() if _role(one) == "agent"), {})
        addresses = first_text(document.get("meta"), "url", "first_page_url")
        sid = _SID.search(f"{first_text(about, 'sid')} {addresses}")
        yield Transcript(
            [_piece(one, participants) for one in records(document.get("sentences"))],
            id=sid.group() if sid else None,
            metadata={
                **common_metadata(
                    {
                        "agent": agent.get("full_name"),
                        "agent_id": agent.get("user_id"),
                        "started_at": about.get("media_start_time"),
                        "language": about.get("language_code"),
                        "contact_id": first_text(
                            dig(about, "channel", "media_properties"), "source_sid"
                        ),
                    }
                ),
                "duration_ms": milliseconds(about.get("duration") or None),
                "channel": "phone",
            },
            # "By default, channel 1 is the agent and channel 2 the customer."
            convention={"channel 1": "agent", "channel 2": "customer"},
        )


def _role(participant: Any) -> Any:
    return role_of(first_text(participant, "role"))


def _piece(sentence: dict[str, Any], participants: dict[str, Any]) -> Piece:
    channel = first_text(sentence, "media_channel", "mediaChannel")
    start = sentence.get("start_time", sentence.get("startTime"))
    end = sentence.get("end_time", sentence.get("endTime"))
    return Piece(
        speaker=f"channel {channel}",
        text=first_text(sentence, "transcript"),
        start_ms=milliseconds(start),
        end_ms=milliseconds(end),
        role=_role(participants.get(channel)),
    )
