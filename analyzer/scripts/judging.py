"""How surely an agent's turns are house scripts, the judged call itself left out."""

from __future__ import annotations

from analyzer.call import Call
from analyzer.scripts.book import ScriptBook
from analyzer.scripts.matching import Match, find_scripts
from analyzer.scripts.probability import ONLY_WORDING
from analyzer.scripts.words import House, read_words


def judge(call: Call, book: ScriptBook) -> list[float | None]:
    """For each turn, how surely its words are a house script; None where it is not the agent's.

    Where the book was learnt from this call too, the call's own sayings do not count: a line is
    scripted because the *other* calls say it.
    """
    house = House.of(call)
    return [
        text_probability(turn.text, book, house, leave_out=call)
        if turn.speaker == "agent"
        else None
        for turn in call.turns
    ]


def text_probability(
    text: str, book: ScriptBook, house: House, *, leave_out: Call | None = None
) -> float:
    """How surely a text is a house script: as surely as the surest line in it."""
    found = find_scripts(text, book, house, leave_out=leave_out)
    return max(_surest(found), _wording(text, book, house))


def _surest(found: list[Match]) -> float:
    return max((match.probability for match in found), default=0.0)


def _wording(text: str, book: ScriptBook, house: House) -> float:
    words = [word.text for word in read_words(text, house)]
    return ONLY_WORDING * book.recurring_share(words, house.company)
