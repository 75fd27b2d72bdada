"""vCon, the IETF's container of conversations: text dialogs, and transcripts in its analysis.

https://datatracker.ietf.org/doc/draft-ietf-vcon-vcon-core/, and `role`, `skill` and `campaign`
of https://datatracker.ietf.org/doc/draft-ietf-vcon-cc-extension/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers import vcon_parts as parts
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records, text
from analyzer.readers.metadata import common_metadata
from analyzer.readers.times import elapsed_ms, iso, milliseconds, moment
from analyzer.readers.transcript import Piece, Transcript
from analyzer.readers.vcon_transcripts import transcripts


class VconReader(JsonReader):
    """``{"uuid": ..., "parties": [...], "dialog": [...], "analysis": [...]}``, or its signed form.

    A transcript is read as any export is, by its content.
    """

    name = "vcon"
    title = "vCon (IETF draft)"
    extensions = (".vcon", ".json", ".jsonl")

    def recognises_document(self, document: Any) -> bool:
        """Parties beside dialog or analysis, signed or not; or an encrypted vCon."""
        return parts.is_encrypted(document) or parts.is_vcon(parts.unsigned(document))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one conversation of a document."""
        if parts.is_encrypted(document):
            raise ReadError("is an encrypted vCon.", remedy="Decrypt it first.")
        vcon = parts.unsigned(document)
        people, dialogs = records(vcon.get("parties")), records(vcon.get("dialog"))
        ours = parts.our_attachment(vcon)
        starts = sorted(filter(None, (moment(dialog.get("start")) for dialog in dialogs)))
        began = moment(ours.get("start")) or (starts[0] if starts else None)
        texts = [_text(one, people, began) for one in dialogs if first_text(one, "type") == "text"]
        if len(texts) > 1 and len(set(starts)) == 1:
            # One moment for every message is no time of any.
            texts = [piece._replace(start_ms=None, end_ms=None) for piece in texts]
        spoken, about = transcripts(vcon, dialogs, people, began, name)
        pieces = [*spoken, *texts]
        if all(piece.start_ms is not None for piece in pieces):
            pieces.sort(key=lambda piece: piece.start_ms or 0)
        recordings = [one for one in dialogs if first_text(one, "type") == "recording"]
        skill = dig(dialogs, 0, "skill")
        interaction = first_text(dig(dialogs, 0), "interaction_id") or None
        yield Transcript(
            pieces,
            id=(interaction if ours else None) or first_text(vcon, "uuid") or None,
            metadata={
                "started_at": None if began is None or began.year < 1990 else iso(began),
                "duration_ms": milliseconds(dig(recordings, 0, "duration")),
                "agent": parts.name_of(people, "agent"),
                "customer": parts.name_of(people, "customer"),
                **common_metadata(record(dig(dialogs, 0)), only=("campaign",)),
                "queue": text(skill) or text(dig(skill, 0)) or None,
                **about,
                "contact_id": None if ours else interaction,
                **record(parts.body_of(ours)),
                "vcon": first_text(vcon, "uuid") or None,
            },
            join=bool(spoken),
        )


def _text(dialog: dict[str, Any], people: list[dict[str, Any]], began: Any) -> Piece:
    index = dialog.get("originator")
    index = dialog.get("parties") if index is None else index
    party = parts.nth(people, index)
    start, length = elapsed_ms(dialog.get("start"), began), milliseconds(dialog.get("duration"))
    return Piece(
        speaker=first_text(party, "name", "tel", "mailto", "role") or f"party {index}",
        text=parts.text_of(dialog),
        start_ms=start,
        end_ms=start + length if start is not None and length else None,
        role=parts.role_of_party(party),
    )
