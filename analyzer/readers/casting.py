"""Who plays which role in a transcript: by the user's word, the export's, its names, the talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from analyzer.call import Speaker
from analyzer.errors import InvalidCallError
from analyzer.readers.speakers import role_of
from analyzer.readers.transcript import Piece
from analyzer.roles import announces, infer_roles, nearer_role, swapped_roles

_FEWEST_WORDS = 8
_FEWEST_WORDS_OF_A_SIDE = 15
_SURE_OF_SWAP = 0.98
_OTHER_SIDE: dict[Speaker, Speaker] = {"agent": "customer", "customer": "agent", "other": "other"}

Part = tuple[str, Speaker | None]
"""A speaker as the export knows one: the name, and the role given beside it."""

_role_of = lru_cache(maxsize=4096)(role_of)


@dataclass(slots=True)
class Cast:
    """Roles by speaker, and what the call's metadata should say about them."""

    roles: dict[Part, Speaker]
    notes: dict[str, Any] = field(default_factory=dict)


def cast(
    pieces: Sequence[Piece],
    *,
    given: Mapping[str, Speaker],
    convention: Mapping[str, Speaker],
    metadata: Mapping[str, Any],
) -> Cast:
    """The role of every speaker.

    What the user gave comes first, then what the export says, then what a speaker's name means.
    With one side known, a single other speaker is the other side. Speakers that remain are told
    apart by the platform's convention or by the talk, and `metadata["roles"]` says so.

    Raises:
        InvalidCallError: If the speakers cannot be told apart.
    """
    parts = list(dict.fromkeys((piece.speaker, piece.role) for piece in pieces))
    known = {part: role for part in parts if (role := _known(part, given, metadata))}
    if len({name for name, _ in parts if name}) > 1:
        # What nobody is said to say, beside two who speak, is nobody's.
        known |= {part: "other" for part in parts if part == ("", None)}
    unknown = [part for part in parts if part not in known]
    if not unknown and not _indistinct(parts, known, given):
        return Cast(known)
    if _indistinct(parts, known, given):
        known, unknown = {}, parts
    if len(unknown) == 1 and len(_sides(known)) == 1:
        rest: Speaker = "customer" if "agent" in known.values() else "agent"
        return Cast({**known, unknown[0]: rest})
    if not _sides(known) and len(unknown) > 1:
        return _told_by_convention(pieces, known, unknown, convention) or _told_by_talk(
            pieces, known, unknown
        )
    if _sides(known):
        return _told_beside(pieces, known, unknown)
    agreed = {part: convention[part[0]] for part in unknown if part[0] in convention}
    if len(agreed) == len(unknown):
        return Cast({**known, **agreed}, {"roles": "convention"})
    raise _indistinguishable(unknown)


def checked(found: Cast, pieces: Sequence[Piece], *, trusted: bool) -> Cast:
    """The same roles, or the other way round where the talk plainly says that they are swapped.

    Recordings with their channels mixed up have every agent labelled as the customer. Both
    sides must say enough to be judged by; `metadata["roles"]` tells of a correction. Roles that
    the user vouches for (`trusted`) stay, and `metadata["roles_doubtful"]` tells of the doubt.
    """
    if "roles" in found.notes:
        return found
    said = [(found.roles[piece.speaker, piece.role], piece.text) for piece in pieces]
    if min(_count(said, role) for role in ("agent", "customer")) < _FEWEST_WORDS_OF_A_SIDE:
        return found
    certainty = swapped_roles(said)
    if certainty < _SURE_OF_SWAP:
        return found
    if trusted:
        return Cast(found.roles, {**found.notes, "roles_doubtful": True})
    corrected = {part: _OTHER_SIDE[role] for part, role in found.roles.items()}
    notes = {"roles": "corrected", "roles_confidence": round(certainty, 3)}
    return Cast(corrected, {**found.notes, **notes})


def _count(said: Sequence[tuple[Speaker, str]], role: str) -> int:
    return sum(len(text.split()) for speaker, text in said if speaker == role)


def _known(part: Part, given: Mapping[str, Speaker], metadata: Mapping[str, Any]) -> Speaker | None:
    name, role = part
    if given:
        if name in given:
            return given[name]
        if role and role in given:
            return given[role]
        folded = name.casefold()
        for other, meant in given.items():
            if other.casefold() == folded:
                return meant
    if role or not name:
        return role
    if name == metadata.get("agent"):
        return "agent"
    if name == metadata.get("customer"):
        return "customer"
    return _role_of(name)


def _sides(known: Mapping[Part, Speaker]) -> set[Speaker]:
    return {role for role in known.values() if role != "other"}


def _indistinct(
    parts: Sequence[Part], known: Mapping[Part, Speaker], given: Mapping[str, Speaker]
) -> bool:
    """Whether names such as `User 1` and `User 2` put all people on one side."""
    if given or any(role for _, role in parts) or len(_sides(known)) != 1:
        return False
    people = [part for part in parts if known.get(part) != "other"]
    return len(people) > 1 and all(part in known for part in people)


def _told_by_convention(
    pieces: Sequence[Piece],
    known: Mapping[Part, Speaker],
    unknown: Sequence[Part],
    convention: Mapping[str, Speaker],
) -> Cast | None:
    """What the platform promises of its channels, unless the talk is sure of the opposite."""
    agreed = {part: convention[part[0]] for part in unknown if part[0] in convention}
    if len(agreed) < len(unknown) or len(set(agreed.values())) < 2:
        return None
    said = {
        role: _said(pieces, [p for p in agreed if agreed[p] == role]) for role in _sides(agreed)
    }
    if set(said) == {"agent", "customer"}:
        talk = infer_roles((role, text) for role, texts in said.items() for text in texts)
        if talk.roles["agent"] == "customer" and talk.confidence > _SURE_OF_SWAP:
            return None
    return Cast({**known, **agreed}, {"roles": "convention"})


def _told_by_talk(
    pieces: Sequence[Piece], known: Mapping[Part, Speaker], unknown: Sequence[Part]
) -> Cast:
    numbers = {part: str(number) for number, part in enumerate(unknown)}
    guess = infer_roles(
        (numbers[part], piece.text)
        for piece in pieces
        if (part := (piece.speaker, piece.role)) in numbers
    )
    found = {part: guess.roles[number] for part, number in numbers.items()}
    notes = {"roles": "inferred", "roles_confidence": round(guess.confidence, 3)}
    return Cast({**known, **found}, notes)


def _told_beside(
    pieces: Sequence[Piece], known: Mapping[Part, Speaker], unknown: Sequence[Part]
) -> Cast:
    """More speakers beside known ones; who says next to nothing is neither."""
    sides: dict[Speaker, list[str]] = {
        role: _said(pieces, [part for part in known if known[part] == role])
        for role in ("agent", "customer")
    }
    found = dict(known)
    size = sum(len(piece.text) for piece in pieces)
    first = (pieces[0].speaker, pieces[0].role)
    for part in unknown:
        texts = _said(pieces, [part])
        share = sum(map(len, texts)) / max(1, size)
        too_few = sum(len(text.split()) for text in texts) < _FEWEST_WORDS
        if too_few or announces(texts, share, opens=part == first):
            found[part] = "other"
        else:
            found[part] = nearer_role(texts, sides["agent"], sides["customer"])
    missing = {"agent", "customer"} - set(found.values())
    if missing:
        longest = max(unknown, key=lambda part: sum(map(len, _said(pieces, [part]))))
        found[longest] = "agent" if "agent" in missing else "customer"
    heard = any(found[part] != "other" for part in unknown)
    return Cast(found, {"roles": "inferred"} if heard else {})


def _said(pieces: Sequence[Piece], parts: Sequence[Part]) -> list[str]:
    return [piece.text for piece in pieces if (piece.speaker, piece.role) in parts]


def _indistinguishable(unknown: Sequence[Part]) -> InvalidCallError:
    names = ", ".join(repr(name[:40]) for name, _ in unknown if name)
    if not names:
        return InvalidCallError(
            "does not say who speaks.",
            remedy="Transcribe it with speakers told apart (a channel each, or diarisation).",
        )
    return InvalidCallError(
        f"has one speaker only, {names}, whose role is not known.",
        remedy=f"Give the role with --roles {names}=agent, or leave the call out.",
    )
