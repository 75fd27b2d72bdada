"""The Action-Based Conversations Dataset: chats of an online shop, as published.

https://github.com/asappresearch/abcd
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, items, record, records, text
from analyzer.readers.transcript import Piece, Transcript

_SPLITS = ("train", "dev", "test")


class AbcdReader(JsonReader):
    """``[{"convo_id": 3592, "original": [["agent", "Hi!"], ...]}]``, or such lists by split."""

    name = "abcd"
    title = "Action-Based Conversations Dataset (ABCD)"
    extensions = (".json",)

    def recognises_document(self, document: Any) -> bool:
        """A conversation id beside `original` or `delexed` turns, or splits of such."""
        return "convo_id" in (next(_conversations(document), None) or {})

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The conversation of a document, or those of its splits."""
        for conversation in _conversations(document):
            original = [
                (text(dig(turn, 0)), text(dig(turn, 1)))
                for turn in items(conversation.get("original"))
            ]
            delexed = [
                (first_text(turn, "speaker"), first_text(turn, "text"))
                for turn in records(conversation.get("delexed"))
            ]
            scenario = record(conversation.get("scenario"))
            yield Transcript(
                # "action" is what the agent did in the shop's system: nobody says it.
                [Piece(speaker, said) for speaker, said in original or delexed],
                id=first_text(conversation, "convo_id") or None,
                metadata={
                    "channel": "chat",
                    "flow": scenario.get("flow"),
                    "subflow": scenario.get("subflow"),
                },
                join=False,
            )


def _conversations(document: Any) -> Iterator[dict[str, Any]]:
    fields = record(document)
    if "original" in fields or "delexed" in fields:
        yield fields
        return
    for split in _SPLITS:
        yield from records(fields.get(split))
