"""Zendesk Chat: chats with their history.

https://developer.zendesk.com/api-reference/live-chat/chat-api/chats/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records, text
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso, milliseconds
from analyzer.readers.transcript import Piece, Transcript


class ZendeskChatReader(JsonReader):
    """``{"type": "chat", "history": [{"type": "chat.msg", "msg": ...}]}``, or `chats` of these."""

    name = "zendesk-chat"
    title = "Zendesk Chat"

    def recognises_document(self, document: Any) -> bool:
        """A history of chat events."""
        return any(
            first_text(event, "type").startswith("chat.")
            for chat in _listed(document, "chats")
            for event in records(chat.get("history"))
        )

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The chats of a document."""
        for chat in _listed(document, "chats"):
            messages = [one for one in records(chat.get("history")) if first_text(one, "msg")]
            began = dig(messages, 0, "timestamp") or chat.get("timestamp")
            yield Transcript(
                [
                    Piece(
                        speaker=first_text(one, "name") or first_text(one, "sender_type"),
                        text=first_text(one, "msg"),
                        start_ms=elapsed_ms(one.get("timestamp"), began),
                        role=role_of(first_text(one, "sender_type", "nick")),
                    )
                    for one in messages
                ],
                id=first_text(chat, "id") or None,
                metadata={
                    "channel": "chat",
                    "started_at": iso(chat.get("timestamp")) or iso(began),
                    "duration_ms": milliseconds(chat.get("duration")),
                    "agent": text(dig(chat, "agent_names", 0)) or None,
                    "team": first_text(chat, "department_name") or None,
                    "customer": first_text(chat.get("visitor"), "name") or None,
                },
                join=False,
            )


def _listed(document: Any, name: str) -> list[dict[str, Any]]:
    return records(dig(document, name)) or [record(document)]
