"""Amazon Connect Contact Lens: the analysis files of calls and chats.

https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso, milliseconds
from analyzer.readers.transcript import Piece, Transcript


class AmazonConnectReader(JsonReader):
    """``{"Channel": "VOICE", "Participants": [...], "Transcript": [{"ParticipantId": ...}]}``."""

    name = "amazon-connect"
    title = "Amazon Connect Contact Lens (voice and chat)"

    def recognises_document(self, document: Any) -> bool:
        """A `Transcript` whose entries name a participant of the contact."""
        return any("ParticipantId" in entry for entry in records(dig(document, "Transcript")))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one contact of a document."""
        entries = [
            entry
            for entry in records(document.get("Transcript"))
            if first_text(entry, "Content")
            and (first_text(entry, "ContentType") or "text/").startswith("text/")
        ]
        participants = records(document.get("Participants"))
        told = {
            first_text(one, "ParticipantId"): first_text(one, "ParticipantRole")
            for one in participants
        }
        chat = any("AbsoluteTime" in entry for entry in entries)
        began = next((entry["AbsoluteTime"] for entry in entries if "AbsoluteTime" in entry), None)
        contact = first_text({**document, **record(document.get("CustomerMetadata"))}, "ContactId")
        yield Transcript(
            [_piece(entry, told, began) for entry in entries],
            id=contact or None,
            metadata={
                **analysis_metadata(document, "chat" if chat else "phone"),
                "contact_id": contact or None,
                "started_at": iso(began),
                "agent": _agent(entries),
            },
            join=not chat,
        )


def _piece(entry: dict[str, Any], told: dict[str, str], began: Any) -> Piece:
    participant = first_text(entry, "ParticipantId")
    role = first_text(entry, "ParticipantRole") or told.get(participant) or participant
    start = milliseconds(entry.get("BeginOffsetMillis"), "ms")
    return Piece(
        speaker=participant or role,
        text=first_text(entry, "Content"),
        start_ms=elapsed_ms(entry.get("AbsoluteTime"), began) if start is None else start,
        end_ms=milliseconds(entry.get("EndOffsetMillis"), "ms"),
        role=role_of(role),
    )


def _agent(entries: list[dict[str, Any]]) -> str | None:
    """The name that the chat shows for its agent, unless it is redacted."""
    for entry in entries:
        shown = first_text(entry, "DisplayName")
        if first_text(entry, "ParticipantRole") == "AGENT" and shown.strip("[]") not in ("", "PII"):
            return shown
    return None


def analysis_metadata(document: dict[str, Any], channel: str = "phone") -> dict[str, Any]:
    """What Contact Lens and Transcribe Call Analytics tell of a conversation alike."""
    measured = record(document.get("ConversationCharacteristics"))
    return {
        **common_metadata(
            {
                "language": document.get("LanguageCode"),
                "channel": first_text(document, "Channel") or channel,
                "interruptions": dig(measured, "Interruptions", "TotalCount"),
            }
        ),
        "duration_ms": milliseconds(measured.get("TotalConversationDurationMillis"), "ms"),
        "non_talk_ms": milliseconds(dig(measured, "NonTalkTime", "TotalTimeMillis"), "ms"),
    }
