"""Messages with a role and a content: chat tools, data sets, logs of language models.

The last to be asked: it takes what nothing more particular has recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.call import Speaker
from analyzer.errors import ReadError
from analyzer.readers import message_fields as of
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import first_text, record, records
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import iso, moment
from analyzer.readers.transcript import Piece, Transcript

_LISTS = ("messages", "turns", "conversation", "conversations", "transcript", "dialogue", "dialog")
_IDS = ("id", "conversation_id", "conversationId", "call_id", "callId", "chat_id", "dialogue_id")
_MODELS = {"assistant", "ai", "gpt", "model", "chatgpt"}
_PROMPTS = {"system", "developer", "tool", "function"}


class ChatMessagesReader(JsonReader):
    """``{"id": ..., "messages": [{"role": "user", "content": ...}]}`` under many a name."""

    name = "messages"
    title = "Messages with role and content (chat tools, data sets)"

    def recognises_document(self, document: Any) -> bool:
        """A list of messages that say who and what."""
        return bool(_messages(document))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a document."""
        about = {key: value for key, value in document.items() if key not in _LISTS}
        yield _transcript(
            _messages(document),
            first_text(document, *_IDS) or None,
            {**common_metadata(about), **common_metadata(record(document.get("metadata")))},
        )


class MessageListReader(JsonReader):
    """``[{"role": "user", "content": ...}, ...]``: one conversation without a frame."""

    name = "message-list"
    title = "A list of messages with role and content"
    array_is_document = True

    def recognises_document(self, document: Any) -> bool:
        """An array of messages that say who and what."""
        return _are_messages(document)

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a document."""
        yield _transcript(records(document), None, {})


def _messages(document: Any) -> list[dict[str, Any]]:
    fields = record(document)
    return next((records(fields[key]) for key in _LISTS if _are_messages(fields.get(key))), [])


def _are_messages(value: Any) -> bool:
    return any(of.who(one) and of.said(one) for one in records(value)[:5])


def _transcript(
    messages: list[dict[str, Any]], known_id: str | None, about: dict[str, Any]
) -> Transcript:
    roles = {of.who(one).lower() for one in messages}
    # Beside a person, an assistant is a bot; alone with the customer it is the agent.
    alone = bool(roles & _MODELS) and all(role_of(role) != "agent" for role in roles - _MODELS)
    if alone:
        messages = [one for one in messages if of.who(one).lower() not in _PROMPTS]
    began = next((when for one in messages if moment(when := of.sent(one))), None)
    pieces = [
        Piece(
            speaker=first_text(one, "speaker") or of.who(one),
            text=of.said(one),
            start_ms=of.start_ms(one, began),
            end_ms=of.end_ms(one, began),
            role=_role(of.who(one), "agent" if alone else "other"),
        )
        for one in messages
    ]
    spoken = any(piece.end_ms is not None for piece in pieces)
    return Transcript(pieces, known_id, {"started_at": iso(began), **about}, join=spoken)


def _role(name: str, model: Speaker) -> Speaker | None:
    return model if name.lower() in _MODELS else role_of(name)
