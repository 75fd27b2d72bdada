"""HarperValleyBank: simulated bank calls, as published.

https://github.com/cricketclub/gridspace-stanford-harper-valley
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import first_text, records
from analyzer.readers.times import milliseconds
from analyzer.readers.transcript import Piece, Transcript

_NOISES_ONLY = re.compile(r"(?:\s*[\[<][^\]>]*[\]>])*\s*")


class HarperValleyReader(JsonReader):
    """``[{"speaker_role": "agent", "human_transcript": ..., "start_ms": ...}, ...]``."""

    name = "harper-valley"
    title = "HarperValleyBank"
    extensions = (".json",)
    array_is_document = True

    def recognises_document(self, document: Any) -> bool:
        """An array of utterances with a role and the human transcript."""
        return any({"speaker_role", "human_transcript"} <= one.keys() for one in records(document))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one call of a document."""
        yield Transcript(
            [_piece(utterance) for utterance in records(document)], metadata={"channel": "phone"}
        )


def _piece(utterance: dict[str, Any]) -> Piece:
    """What the human heard, else what the recogniser did; noises alone are nothing said."""
    said = first_text(utterance, "human_transcript", "transcript")
    start = milliseconds(utterance.get("start_ms"), "ms")
    length = milliseconds(utterance.get("duration_ms"), "ms")
    return Piece(
        speaker=first_text(utterance, "speaker_role"),
        text="" if _NOISES_ONLY.fullmatch(said) else said,
        start_ms=start,
        end_ms=start + length if start is not None and length is not None else None,
    )
