"""How well discovery finds what truly recurs, against the corpus's labels.

*Truly recurs*, defined without the discovery's own words, slots, sketch or index: two turns of two
calls of one company, **both labelled boilerplate or canned by the author**, are laid side by side
word for word (`difflib`). Matching blocks that lie at most three words apart on both sides form a
chain; a chain of four or more equal words, or one that is a whole sentence of three, marks its
words in both turns. A sentence of which 60 % of the words are marked truly recurs. A turn without
punctuation has no sentences: there, each unbroken run of marked words counts as one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from analyzer.corpus import LabelledCall
from analyzer.scripts.book import ScriptBook
from analyzer.scripts.matching import find_scripts
from analyzer.scripts.words import House, company_of, is_punctuated, sentence_spans

SCRIPTED = frozenset({"boilerplate", "canned"})
_SHARE = 0.6
_GAP = 3
_LEAST_WORDS = 4

Spot = tuple[int, int]
"""A call's index and a turn's number."""


@dataclass(frozen=True, slots=True)
class Found:
    """Precision and recall of found pieces (sentences, or runs where there are none)."""

    found: int
    gold: int
    right: int
    recalled: int

    @property
    def precision(self) -> float:
        """Share of the found pieces that truly recur."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the pieces that truly recur that were found."""
        return self.recalled / self.gold if self.gold else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} ({self.right} of {self.found}), "
            f"recall {self.recall:.3f} ({self.recalled} of {self.gold})"
        )


def measure_discovery(
    calls: Sequence[LabelledCall], book: ScriptBook, threshold: float = 0.5
) -> Found:
    """Compare the scripts found in each agent turn with those that truly recur.

    Args:
        calls: The labelled calls the book was learnt from.
        book: What `discover_scripts` found in them.
        threshold: An occurrence counts as found from this probability on, the call itself left out.
    """
    marks = recurring_words(calls)
    found = gold = right = recalled = 0
    for index, labelled in enumerate(calls):
        call = labelled.call()
        house = House.of(call)
        for number, turn in call.turns_of("agent"):
            spans = word_spans(turn.text)
            true = marks.get((index, number), set())
            said = {
                at
                for match in find_scripts(turn.text, book, house, leave_out=call)
                if match.probability >= threshold
                for at, (start, end) in enumerate(spans)
                if start >= match.start and end <= match.end
            }
            gold_pieces = list(_pieces(turn.text, spans, true))
            found_pieces = list(_pieces(turn.text, spans, said))
            gold += len(gold_pieces)
            found += len(found_pieces)
            recalled += sum(_mostly(piece, said) for piece in gold_pieces)
            right += sum(_mostly(piece, true) for piece in found_pieces)
    return Found(found, gold, right, recalled)


def recurring_words(calls: Sequence[LabelledCall]) -> dict[Spot, set[int]]:
    """The positions of the words that truly recur, by call index and turn number."""
    houses: dict[str, list[Spot]] = defaultdict(list)
    for index, call in enumerate(calls):
        for number, turn in enumerate(call.turns, 1):
            if SCRIPTED & set(turn.labels):
                houses[company_of(call.call())].append((index, number))
    marks: dict[Spot, set[int]] = defaultdict(set)
    for spots in houses.values():
        texts = {spot: calls[spot[0]].turns[spot[1] - 1].text for spot in spots}
        for i, one in enumerate(spots):
            for other in spots[i + 1 :]:
                if one[0] != other[0]:
                    mine, theirs = _shared(texts[one], texts[other])
                    marks[one] |= mine
                    marks[other] |= theirs
    return marks


def word_spans(text: str) -> list[tuple[int, int]]:
    """The plain words of a text, as places in it."""
    return [match.span() for match in re.finditer(r"\w+(?:['’]\w+)*", text)]


def _shared(one: str, other: str) -> tuple[set[int], set[int]]:
    a = [_spoken(one[s:e]) for s, e in word_spans(one)]
    b = [_spoken(other[s:e]) for s, e in word_spans(other)]
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()[:-1]
    mine: set[int] = set()
    theirs: set[int] = set()
    for chain in _chains([(block.a, block.b, block.size) for block in blocks]):
        size = sum(block[2] for block in chain)
        first, last = chain[0], chain[-1]
        span_a = range(first[0], last[0] + last[2])
        span_b = range(first[1], last[1] + last[2])
        whole = size >= 3 and (_is_sentence(one, span_a) or _is_sentence(other, span_b))
        if size >= _LEAST_WORDS or whole:
            mine.update(span_a)
            theirs.update(span_b)
    return mine, theirs


def _chains(blocks: list[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    chain: list[tuple[int, int, int]] = []
    for block in blocks:
        if chain:
            a, b, size = chain[-1]
            if block[0] - (a + size) > _GAP or block[1] - (b + size) > _GAP:
                yield chain
                chain = []
        chain.append(block)
    if chain:
        yield chain


def _is_sentence(text: str, places: range) -> bool:
    spans = word_spans(text)
    return any(
        [at for at, (start, end) in enumerate(spans) if start >= s and end <= e] == list(places)
        for s, e in sentence_spans(text)
    )


def _pieces(text: str, spans: list[tuple[int, int]], marked: set[int]) -> Iterator[set[int]]:
    if not is_punctuated(text):
        run: set[int] = set()
        for at in range(len(spans) + 1):
            if at in marked:
                run.add(at)
            elif run:
                if len(run) >= 3:
                    yield run
                run = set()
        return
    for start, end in sentence_spans(text):
        words = {at for at, (s, e) in enumerate(spans) if s >= start and e <= end}
        if len(words) >= 3 and _mostly(words, marked):
            yield words


def _mostly(piece: set[int], marked: set[int]) -> bool:
    return len(piece & marked) >= _SHARE * len(piece)


def _spoken(word: str) -> str:
    return re.sub(r"['’]", "", word.lower())
