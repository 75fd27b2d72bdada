"""Intercom: conversations with their parts.

https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.call import Speaker
from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.html_text import plain
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso
from analyzer.readers.transcript import Piece, Transcript

_CHANNELS = {"conversation": "chat", "phone_call": "phone", "phone_switch": "phone"}


class IntercomReader(JsonReader):
    """``{"type": "conversation", "source": {...}, "conversation_parts": {...}}``, or many."""

    name = "intercom"
    title = "Intercom conversations"

    def recognises_document(self, document: Any) -> bool:
        """Conversation parts beside the message that opened the conversation."""
        conversation = _conversations(document)[0]
        return bool(conversation.keys() & {"source", "conversation_message"}) and (
            "conversation_parts" in conversation
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The conversations of a document."""
        for one in _conversations(document):
            source = record(one.get("source") or one.get("conversation_message"))
            began = one.get("created_at")
            parts = [
                {"created_at": began, **source},
                *records(dig(one, "conversation_parts", "conversation_parts")),
            ]
            # Notes are the team's own; a part without a body is an event.
            said = [part for part in parts if "note" not in first_text(part, "part_type")]
            pieces = [_piece(part, began) for part in said if first_text(part, "body")]
            kind = first_text(source, "type")
            yield Transcript(
                pieces,
                id=first_text(one, "id") or None,
                metadata={
                    "channel": _CHANNELS.get(kind, kind) or None,
                    "started_at": iso(began),
                    "agent": _first_name(said, "agent"),
                    "agent_id": first_text(one, "admin_assignee_id") or None,
                    "team": first_text(one, "team_assignee_id") or None,
                    "customer": _first_name(said, "customer"),
                },
                join=False,
            )


def _conversations(document: Any) -> list[dict[str, Any]]:
    return records(dig(document, "conversations")) or [record(document)]


def _author(part: dict[str, Any]) -> tuple[str, Speaker]:
    """Who wrote a part. The AI agent writes in the name of an admin, and says so beside."""
    author = record(part.get("author"))
    role = role_of(first_text(author, "type")) or "other"
    if author.get("from_ai_agent") is True or author.get("is_ai_answer") is True:
        role = "other"
    name = first_text(author, "name", "email", "id") or role
    return (f"{name} (AI)" if role == "other" else name), role


def _first_name(parts: list[dict[str, Any]], role: Speaker) -> str | None:
    for part in parts:
        if first_text(part, "body") and _author(part)[1] == role:
            return first_text(part.get("author"), "name") or None
    return None


def _piece(part: dict[str, Any], began: Any) -> Piece:
    name, role = _author(part)
    return Piece(
        speaker=name,
        text=plain(first_text(part, "body")),
        start_ms=elapsed_ms(part.get("created_at"), began),
        role=role,
    )
