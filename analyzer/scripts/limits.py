"""What the readings of discovery share: when a line recurs, and the words of a call's agent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from analyzer.call import Call
from analyzer.scripts.book import HouseSize
from analyzer.scripts.sketch import GRAM
from analyzer.scripts.words import House, Word, read_words, split_sentences

Calls = Callable[[], Iterator[Call]]


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a line counts as recurring.

    Attributes:
        calls: Fewest calls that say it.
        share: Fewest calls, as a share of the company's calls: what recurs twice in ten thousand
            calls is chance.
        words: Fewest words, slots not counted.
    """

    calls: int = 2
    share: float = 0.001
    words: int = 3

    def fewest(self, size: HouseSize) -> int:
        """The fewest calls for a company of this size."""
        return max(self.calls, ceil(self.share * size.calls))


def agent_words(call: Call) -> Iterator[tuple[int, str, list[Word]]]:
    """Number, text and compared words of each agent turn."""
    house = House.of(call)
    for number, turn in call.turns_of("agent"):
        yield number, turn.text, read_words(turn.text, house)


def parts_of(text: str, words: list[Word]) -> list[list[Word]]:
    """The turn as a whole, and its sentences too short to hold a run."""
    short = [part for part in split_sentences(text, words) if len(part) < GRAM]
    return [words, *short] if words else []


def texts_of(words: Iterable[Word]) -> tuple[str, ...]:
    """The words alone."""
    return tuple(word.text for word in words)


def length_of(words: Sequence[str]) -> int:
    """Words of a line, with names as one: "this is {name}" is a line of three."""
    fixed = sum(word[0] != "{" for word in words)
    return fixed + ("{name}" in words or "{company}" in words)
