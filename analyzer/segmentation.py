"""Where the turns and sentences of a call stand, from one spaCy tokenisation of the whole call."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from itertools import accumulate, pairwise

import spacy
from spacy.language import Language
from spacy.pipeline import Sentencizer
from spacy.tokens import Doc, Token

from analyzer.call import Call

LONGEST_SENTENCE = 120
"""Tokens; a longer stretch without a full stop is cut, so that nothing is unbounded."""

_JOINT = "\n"
_CLAUSE_ENDS = frozenset({",", ";", ":", "-", "–", "—"})
_CLAUSE_STARTS = frozenset({"and", "but", "so", "because", "then", "or", "which", "anyway"})

TokenRange = tuple[int, int]


def sentences_of(call: Call, nlp: Language | None = None) -> list[list[tuple[int, int]]]:
    """Where the sentences of each turn stand in that turn's text.

    A sentence never crosses a turn. A turn without punctuation is one sentence, cut only where it
    is longer than `LONGEST_SENTENCE` words.

    Args:
        call: The call.
        nlp: Whose tokenizer to use; a blank English one by default.

    Returns:
        For each turn, in order, (first character, one past the last) of its sentences: at least
        one where the turn has any text, none where it is blank.
    """
    doc, _, sentences = segment([turn.text for turn in call.turns], nlp)
    offsets = offsets_of([turn.text for turn in call.turns])
    return [
        [
            (doc[first].idx - offset, doc[last - 1].idx + len(doc[last - 1]) - offset)
            for first, last in found
        ]
        for offset, found in zip(offsets, sentences, strict=True)
    ]


@cache
def _blank() -> Language:
    return spacy.blank("en")


@cache
def _sentencizer() -> Sentencizer:
    return Sentencizer()


def offsets_of(texts: list[str]) -> list[int]:
    """Where each turn's text starts in the Doc's text."""
    return list(accumulate((len(text) + len(_JOINT) for text in texts), initial=0))[:-1]


def segment(
    texts: list[str], nlp: Language | None
) -> tuple[Doc, list[TokenRange], list[list[TokenRange]]]:
    """Tokenise the turns as one Doc; give the token ranges of turns and of their sentences."""
    doc = (nlp or _blank()).tokenizer(_JOINT.join(texts))
    starts = [token.idx for token in doc]
    turns = [
        _tokens_of(text, at, starts) for text, at in zip(texts, offsets_of(texts), strict=True)
    ]
    for first, last in turns:
        if last > first:
            doc[first].is_sent_start = True
    _sentencizer()(doc)
    return doc, turns, [_sentences_in(doc, turn) for turn in turns]


def _tokens_of(text: str, offset: int, starts: list[int]) -> TokenRange:
    """The tokens of a turn, less the white space around it."""
    words = text.strip()
    if not words:
        return 0, 0
    begin = offset + len(text) - len(text.lstrip())
    return bisect_left(starts, begin), bisect_left(starts, begin + len(words))


def _sentences_in(doc: Doc, turn: TokenRange) -> list[TokenRange]:
    first, last = turn
    starts = (_with_opening_marks(doc, i) for i in range(first + 1, last) if doc[i].is_sent_start)
    cuts = [first, *starts, last]
    found = []
    for start, end in pairwise(cuts):
        start, end = _trimmed(doc, start, end)
        if start < end:
            found += _bounded(doc, start, end)
    return found


def _with_opening_marks(doc: Doc, start: int) -> int:
    """Where a sentence starts with the quotes, brackets and signs that open it.

    The sentencizer gives all marks after a full stop to the sentence before.
    """
    first = start
    while first > 0 and _opens_with(doc[first - 1]):
        first -= 1
    return first if first > 0 and doc[first - 1].whitespace_ else start


def _opens_with(mark: Token) -> bool:
    """Whether it is a mark that touches the next token and ends no sentence."""
    ends = mark.text in _sentencizer().punct_chars
    return mark.is_punct and not mark.whitespace_ and not ends


def _bounded(doc: Doc, start: int, end: int) -> list[TokenRange]:
    """Cut an overlong stretch, at the last clause end in its second half where there is one."""
    pieces = []
    while end - start > LONGEST_SENTENCE:
        cut = start + LONGEST_SENTENCE
        at = next((i for i in range(cut, start + LONGEST_SENTENCE // 2, -1) if _opens(doc, i)), cut)
        pieces.append((start, at))
        start = at
    pieces.append((start, end))
    return [piece for piece in (_trimmed(doc, *p) for p in pieces) if piece[1] > piece[0]]


def _opens(doc: Doc, i: int) -> bool:
    """Whether a clause may start at this token."""
    return doc[i - 1].text in _CLAUSE_ENDS or doc[i].lower_ in _CLAUSE_STARTS


def _trimmed(doc: Doc, start: int, end: int) -> TokenRange:
    while start < end and doc[start].is_space:
        start += 1
    while start < end and doc[end - 1].is_space:
        end -= 1
    return start, end
