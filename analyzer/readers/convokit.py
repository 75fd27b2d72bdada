"""ConvoKit corpora: a folder with `utterances.jsonl` and its companions, or that file alone.

https://convokit.cornell.edu/documentation/data_format.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import Export, Reader
from analyzer.readers.fields import dig, first_text, record
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso, moment
from analyzer.readers.transcript import Piece, Transcript

_IN_ARCHIVE = " > "
_UTTERANCES = "utterances.jsonl"
_COMPANIONS = {"conversations.json", "speakers.json", "users.json", "corpus.json", "index.json"}

_FIELDS = ({"conversation_id", "root"}, {"speaker", "user"}, {"reply-to", "reply_to", "meta"})


class ConvokitReader(Reader):
    """``{"id": ..., "conversation_id": ..., "speaker": ..., "text": ..., "reply-to": ...}``."""

    name = "convokit"
    title = "ConvoKit corpora"
    extensions = (".jsonl", ".json")

    def recognises(self, export: Export) -> bool:
        """An utterance on the first line, or a companion beside the file of the utterances."""
        keys = record(export.documents.first()).keys()
        utterance = {"id", "text"} <= keys and all(keys & one_of for one_of in _FIELDS)
        return utterance or self.is_companion(export)

    def is_companion(self, export: Export) -> bool:
        """Whether the utterances lie beside this file of the corpus."""
        name = _own_name(export)
        if name not in _COMPANIONS:
            return False
        if export.beside.has(_UTTERANCES):
            return True
        return _IN_ARCHIVE in export.name and _looks_like(name, export.documents.first())

    def read(self, export: Export) -> Iterator[Transcript | ReadError]:
        """The conversations, in the order of their first utterances; none of a companion."""
        if self.is_companion(export):
            return
        conversations: dict[str, list[dict[str, Any]]] = {}
        for _, document in export.documents.each():
            if isinstance(document, ReadError):
                yield document
                continue
            utterance = record(document)
            of = first_text(utterance, "conversation_id", "root")
            conversations.setdefault(of, []).append(utterance)
        about = _companion(export, "conversations.json")
        people = _companion(export, "speakers.json") or _companion(export, "users.json")
        for of, utterances in conversations.items():
            yield _conversation(of, utterances, record(about.get(of)), people)


def _conversation(
    of: str, utterances: list[dict[str, Any]], about: dict[str, Any], people: dict[str, Any]
) -> Transcript:
    times = [found for one in utterances if (found := moment(one.get("timestamp")))]
    if len(times) == len(utterances):
        ordered = sorted(zip(times, range(len(times)), strict=True))
        utterances = [utterances[position] for _, position in ordered]
    began = utterances[0].get("timestamp")
    return Transcript(
        [_piece(one, began, people) for one in utterances],
        id=of or None,
        metadata={"started_at": iso(began), **common_metadata(record(about.get("meta", about)))},
        join=False,
    )


def _piece(utterance: dict[str, Any], began: Any, people: dict[str, Any]) -> Piece:
    speaker = first_text(utterance, "speaker", "user")
    metas = (dig(source, "meta") for source in (people.get(speaker), utterance))
    roles = (first_text(meta, "role", "speaker_role", "speaker_type", "type") for meta in metas)
    return Piece(
        speaker=speaker,
        text=first_text(utterance, "text"),
        start_ms=elapsed_ms(utterance.get("timestamp"), began),
        role=next((role for told in roles if (role := role_of(told))), None),
    )


def _own_name(export: Export) -> str:
    return export.name.replace("\\", "/").rsplit(_IN_ARCHIVE, 1)[-1].rsplit("/", 1)[-1]


def _looks_like(name: str, document: Any) -> bool:
    """Whether content is that of a companion, for archives in which nothing can be looked up."""
    fields = record(document)
    if name == "corpus.json":
        return not any(isinstance(value, list) for value in fields.values())
    if name == "index.json":
        return "utterances-index" in fields
    return bool(fields) and all(
        isinstance(about, dict) and about.keys() <= {"meta", "vectors"} and "meta" in about
        for about in fields.values()
    )


def _companion(export: Export, name: str) -> dict[str, Any]:
    """Another file of the corpus, where the corpus is a folder or a zip archive."""
    try:
        if _own_name(export) == _UTTERANCES:
            return record(json.loads(export.beside.read(name, export.limits.whole) or b"{}"))
    except (ValueError, RecursionError):
        pass
    return {}
