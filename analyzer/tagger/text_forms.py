"""The forms in which one conversation reaches us: as people write it, as recognisers give it."""

from __future__ import annotations

import re

from analyzer.call import Call
from analyzer.tagger.placeholders import without_placeholders

_PUNCTUATION = re.compile(r"(?<!\w)['’]|['’](?!\w)|[^\w\s'’$£€%#@&\[\]]")
_SPACES = re.compile(r"\s+")


def recogniser_form(text: str) -> str:
    """The text as a speech recogniser without punctuation gives it: lower case, words only.

    Apostrophes inside words stay, as recognisers keep them; placeholders become the words they are
    read as, since brackets would be lost.
    """
    said = without_placeholders(text).lower()
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", said)).strip() or said


def as_recognised(call: Call) -> Call:
    """The call as a speech recogniser without punctuation gives it."""
    turns = [turn.model_copy(update={"text": recogniser_form(turn.text)}) for turn in call.turns]
    return call.model_copy(update={"turns": turns})
