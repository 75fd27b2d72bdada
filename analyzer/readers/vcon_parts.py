"""The parts of a vCon: its forms, its parties, its bodies."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from analyzer.call import Speaker
from analyzer.readers.fields import dig, first_text, record, records, text
from analyzer.readers.html_text import plain
from analyzer.readers.limits import DEFAULT
from analyzer.readers.speakers import role_of

METADATA_FILE = "call-metadata.json"
"""The attachment in which our own vCons keep a call's metadata."""
_GZIP = 31
_ROLES: dict[str, Speaker] = {"supervisor": "agent", "sme": "agent", "thirdparty": "other"}


def is_vcon(document: Any) -> bool:
    """Whether a document is a vCon in its unsigned form."""
    fields = record(document)
    return bool(records(fields.get("parties"))) and bool(
        fields.keys() & {"vcon", "dialog", "analysis"}
    )


def is_encrypted(document: Any) -> bool:
    """Whether a document is a vCon in its encrypted form."""
    kind = first_text(dig(document, "unprotected"), "cty")
    return "ciphertext" in record(document) and "vcon" in kind


def unsigned(document: Any) -> dict[str, Any]:
    """The unsigned form of a vCon; a signature is not verified."""
    fields = record(document)
    if not {"payload", "signatures"} <= fields.keys():
        return fields
    payload = _decoded(text(fields["payload"]))
    try:
        if payload.startswith(b"\x1f\x8b"):
            payload = zlib.decompressobj(_GZIP).decompress(payload, DEFAULT.whole)
        return record(json.loads(payload))
    except (ValueError, RecursionError, zlib.error):
        return {}


def _decoded(encoded: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(encoded.encode() + b"=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return b""


def nth(things: list[dict[str, Any]], index: Any) -> dict[str, Any]:
    """The party or the dialog of an index, which may be a list of indices; empty without one."""
    first = index[0] if isinstance(index, list) and index else index
    number = text(first)
    return things[int(number)] if number.isdecimal() and int(number) < len(things) else {}


def body_of(part: dict[str, Any]) -> Any:
    """The content that a dialog, an analysis or an attachment holds inline."""
    body, encoding = part.get("body"), first_text(part, "encoding")
    if not isinstance(body, str):
        return body
    if encoding == "base64url":
        body = _decoded(body).decode("utf-8", errors="replace")
    if encoding == "json" or "json" in first_text(part, "mediatype"):
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return body
    return body


def text_of(dialog: dict[str, Any]) -> str:
    """The words of a text dialog."""
    body = body_of(dialog)
    said = body if isinstance(body, str) else first_text(body, "text", "body", "message")
    return plain(said) if "html" in first_text(dialog, "mediatype", "mimetype") else said


def role_of_party(party: Any) -> Speaker | None:
    """Who a party is, by its role, its nature or its name."""
    if first_text(party, "type") in ("bot", "ai"):
        return "other"
    role = first_text(party, "role").lower()
    return _ROLES.get(role) or role_of(role) or role_of(first_text(party, "name"))


def name_of(parties: list[dict[str, Any]], role: Speaker) -> str | None:
    """The name of the first party in a role."""
    named = (first_text(party, "name") for party in parties if role_of_party(party) == role)
    return next((name for name in named if name), None)


def our_attachment(vcon: dict[str, Any]) -> dict[str, Any]:
    """The attachment in which our own writer put a call's metadata; empty in another's vCon."""
    attachments = records(vcon.get("attachments"))
    return next((one for one in attachments if first_text(one, "filename") == METADATA_FILE), {})
