"""What a reader takes out of an export, before it is made into a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from analyzer.call import Speaker


class Piece(NamedTuple):
    """Something said by one speaker, as the export cuts it: a turn, a sentence, a phrase.

    Attributes:
        speaker: The speaker as the export names it: ``"AGENT"``, ``"spk_0"``, ``"Dana Reyes"``,
            ``"channel 1"``; empty where the export does not tell speakers apart.
        text: The words.
        start_ms: Milliseconds from the start of the call, where known.
        end_ms: Milliseconds from the start of the call, where known.
        role: Who the speaker is, where the export says so elsewhere than in `speaker`.
    """

    speaker: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    role: Speaker | None = None


@dataclass(slots=True)
class Transcript:
    """One call as the export tells it. `analyzer.readers.assembly` makes a `Call` of it.

    Attributes:
        pieces: What was said. Empty texts may be left in: they are dropped later.
        id: The call's id in its export; None takes the name of the file.
        metadata: Under the common names of `analyzer.readers.metadata`; None values are dropped.
        join: Whether consecutive pieces of one speaker are one turn. False keeps every piece as
            a turn of its own, in the given order (chat messages, rows).
        keep_empty: Whether a piece without words stays a turn, as in the neutral format.
        convention: Roles that the platform's documentation promises for speaker names that mean
            nothing by themselves, such as ``{"ch_0": "agent", "ch_1": "customer"}``. The talk
            may overrule it.
        trusted: Whether roles are the user's own word, as in the neutral format: where the talk
            plainly says that they are swapped, that is noted and nothing is changed.
        by_words: Whether pieces of which none has a speaker are given one by what is said. For
            exports that cut at pauses or sentences.
        place: Where in the export the call stands, such as ``"line 17"``, for error messages.
    """

    pieces: Iterable[Piece]
    id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    join: bool = True
    keep_empty: bool = False
    convention: Mapping[str, Literal["agent", "customer", "other"]] = field(default_factory=dict)
    trusted: bool = False
    by_words: bool = False
    place: str | None = None
