"""Finds a company's house scripts in its calls.

Five readings of the calls, none of which keeps them in memory:

1. in how many calls each run of three words occurs, by a sketch of fixed size;
2. the sentences made of runs that recur: near-equal ones are grouped into scripts;
3. in text without punctuation, the recurring runs that those scripts leave over: grouped as well;
4. every agent turn is searched for the scripts, and what is found is counted: once with overlaps,
   to drop long lines that only one call says in full, and once without, for the figures.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil

from analyzer.call import Call
from analyzer.scripts.book import (
    HouseSize,
    Place,
    Script,
    ScriptBook,
    fingerprint,
    packed,
    short_hashes,
)
from analyzer.scripts.grouping import Line, group_lines, varying_places, with_slots
from analyzer.scripts.matching import ScriptIndex
from analyzer.scripts.sketch import GRAM, CallCounts, gram_hashes
from analyzer.scripts.template import pieces_of, template_of
from analyzer.scripts.words import (
    House,
    Word,
    company_of,
    is_punctuated,
    read_words,
    split_sentences,
)

_COVERED = 0.7  # share of a sentence's words that must lie in recurring runs
_BRIDGE = 2  # words of an unpunctuated run that may differ from call to call
_RUN = 4  # fewest words of an unpunctuated run
_MOST_LINES = 40_000  # wordings kept at a time; the rarest are dropped beyond
_MOST_RUNS = 100_000  # runs of words a book keeps: half a megabyte
_SEEN_IN = 5

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


def discover_scripts(
    calls: Iterable[Call], *, minimum_calls: int = 2, minimum_share: float = 0.001
) -> ScriptBook:
    """Find the lines that agents of a company say word for word, or nearly, across its calls.

    Args:
        calls: Calls of one or more companies (``metadata["company"]``; calls that name none are
            taken to be of one house). An iterator is copied to a temporary file, so that it can be
            read more than once; memory stays flat.
        minimum_calls: Fewest calls that say a line.
        minimum_share: Fewest calls that say a line, as a share of the company's calls.

    Returns:
        The scripts, the most said first.
    """
    limits = Limits(minimum_calls, minimum_share)
    with _readable_again(calls) as read:
        counts, sizes, seen = _count_runs(read)
        sentences = _sentences(read, counts, sizes, limits)
        proposed = _group(sentences, sizes, limits)
        index = ScriptIndex(proposed)
        runs = _runs(read, counts, sizes, limits, index)
        proposed += _group(runs, sizes, limits, first=len(proposed))
        supported = _count_sayings(read, proposed, sizes, limits, overlapping=True)
        scripts = _count_sayings(read, supported, sizes, limits)
    return ScriptBook(
        companies=sizes,
        scripts=scripts,
        learnt_from=packed(seen),
        recurring_runs=packed(sentences.recurring),
    )


@contextmanager
def _readable_again(calls: Iterable[Call]) -> Iterator[Calls]:
    if iter(calls) is not calls:
        yield lambda: iter(calls)
        return
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for call in calls:
            spool.write(call.model_dump_json() + "\n")

        def read() -> Iterator[Call]:
            spool.seek(0)
            return (Call.model_validate_json(line) for line in spool)

        yield read


def _agent_words(call: Call) -> Iterator[tuple[int, str, list[Word]]]:
    house = House.of(call)
    for number, turn in call.turns_of("agent"):
        yield number, turn.text, read_words(turn.text, house)


def _texts(words: Iterable[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)


def _count_runs(read: Calls) -> tuple[CallCounts, dict[str, HouseSize], set[int]]:
    counts = CallCounts()
    agents: dict[str, set[str]] = defaultdict(set)
    number = Counter[str]()
    seen: set[int] = set()
    for call in read():
        company = company_of(call)
        number[company] += 1
        seen.add(fingerprint(call))
        if call.agent:
            agents[company].add(call.agent)
        counts.add(
            gram_hashes(_texts(part), company)
            for _, text, words in _agent_words(call)
            for part in _parts(text, words)
        )
    sizes = {
        company: HouseSize(calls=count, agents=len(agents[company]))
        for company, count in sorted(number.items())
    }
    return counts, sizes, seen


def _parts(text: str, words: list[Word]) -> list[list[Word]]:
    """The turn as a whole, and its sentences too short to hold a run."""
    short = [part for part in split_sentences(text, words) if len(part) < GRAM]
    return [words, *short]


def _sentences(
    read: Calls, counts: CallCounts, sizes: dict[str, HouseSize], limits: Limits
) -> _Lines:
    lines = _Lines()
    for call in read():
        company = company_of(call)
        fewest = limits.fewest(sizes[company])
        lines.start(call)
        for _, text, words in _agent_words(call):
            for part in _parts(text, words):
                lines.note_recurring(part, counts, company, fewest)
            if not is_punctuated(text):
                continue
            for sentence in split_sentences(text, words):
                covered = _covered(sentence, counts, company, fewest)
                if sum(covered) >= _COVERED * len(sentence):
                    lines.add(company, sentence, text, limits)
    return lines


def _runs(
    read: Calls,
    counts: CallCounts,
    sizes: dict[str, HouseSize],
    limits: Limits,
    known: ScriptIndex,
) -> _Lines:
    lines = _Lines()
    for call in read():
        company = company_of(call)
        fewest = limits.fewest(sizes[company])
        lines.start(call)
        for _, text, words in _agent_words(call):
            if is_punctuated(text):
                continue
            covered = _covered(words, counts, company, fewest)
            for _, hit in known.find(text, words, company):
                covered[hit.first : hit.last + 1] = [False] * (hit.last + 1 - hit.first)
            for run in _bridged(words, covered):
                lines.add(company, run, text, limits)
    return lines


def _covered(words: list[Word], counts: CallCounts, company: str, fewest: int) -> list[bool]:
    covered = [False] * len(words)
    for place, count in enumerate(counts.of(gram_hashes(_texts(words), company))):
        if count >= fewest:
            covered[place : place + GRAM] = [True] * min(GRAM, len(words) - place)
    return covered


def _bridged(words: list[Word], covered: list[bool]) -> Iterator[list[Word]]:
    start = end = -1
    for place in [*(i for i, yes in enumerate(covered) if yes), len(words) + _BRIDGE + 1]:
        if start >= 0 and place - end > _BRIDGE + 1:
            if end + 1 - start >= _RUN:
                yield words[start : end + 1]
            start = -1
        if start < 0:
            start = place
        end = place


class _Lines:
    """Wordings and in how many calls each was said, never more than `_MOST_LINES`."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, tuple[str, ...]], Line] = {}
        self._in_this_call: set[tuple[str, tuple[str, ...]]] = set()
        self.recurring: set[int] = set()

    def note_recurring(
        self, words: list[Word], counts: CallCounts, company: str, fewest: int
    ) -> None:
        """Remember the runs of words that recur, as far as there is room."""
        if len(self.recurring) < _MOST_RUNS:
            hashes = gram_hashes(_texts(words), company)
            self.recurring.update(short_hashes(hashes[counts.of(hashes) >= fewest]).tolist())

    def start(self, call: Call) -> None:
        """What follows is said in another call."""
        self._in_this_call.clear()
        if len(self._lines) > _MOST_LINES:
            kept = sorted(self._lines.items(), key=lambda item: -item[1].calls)
            self._lines = dict(kept[: _MOST_LINES // 2])

    def add(self, company: str, words: list[Word], text: str, limits: Limits) -> None:
        """Count a wording once a call."""
        if _length(_texts(words)) < limits.words:
            return
        key = (company, _texts(words))
        if key in self._in_this_call:
            return
        self._in_this_call.add(key)
        if line := self._lines.get(key):
            line.calls += 1
        else:
            self._lines[key] = Line(key[1], pieces_of(text, words))

    def by_company(self) -> dict[str, list[Line]]:
        """The wordings of each company."""
        houses: dict[str, list[Line]] = defaultdict(list)
        for (company, _), line in self._lines.items():
            houses[company].append(line)
        return houses


def _length(words: Sequence[str]) -> int:
    """Words of a line, with names as one: "this is {name}" is a line of three."""
    fixed = sum(word[0] != "{" for word in words)
    return fixed + ("{name}" in words or "{company}" in words)


def _group(
    lines: _Lines, sizes: dict[str, HouseSize], limits: Limits, first: int = 0
) -> list[Script]:
    scripts: list[Script] = []
    for company, wordings in sorted(lines.by_company().items()):
        for group in group_lines(wordings):
            varying = varying_places(group)
            words = with_slots(group.leader.words, varying)
            # Half of what is needed will do here: the other half may stand in unpunctuated text,
            # or inside longer lines. What recurs too seldom is left out when sayings are counted.
            if 2 * group.calls < limits.fewest(sizes[company]) or _length(words) < limits.words:
                continue
            scripts.append(
                Script(
                    id=str(first + len(scripts)),
                    company=company,
                    template=template_of(group.leader.pieces, varying),
                    words=words,
                    count=1,
                    calls=group.calls,
                    agents=0,
                )
            )
    return scripts


@dataclass(slots=True)
class _Tally:
    count: int = 0
    calls: int = 0
    agents: set[str] = field(default_factory=set)
    places: Counter[Place] = field(default_factory=Counter)
    seen_in: list[str] = field(default_factory=list)


def place_of(number: int, turns: int) -> Place:
    """Where in a call a turn stands; its ends are a tenth of its turns, three at least."""
    edge = max(3, turns // 10)
    if number <= min(edge, turns // 2):
        return "opening"
    return "closing" if number > turns - edge else "middle"


def _count_sayings(
    read: Calls,
    proposed: list[Script],
    sizes: dict[str, HouseSize],
    limits: Limits,
    *,
    overlapping: bool = False,
) -> list[Script]:
    index = ScriptIndex(proposed)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for call in read():
        company = company_of(call)
        said: set[str] = set()
        for number, text, words in _agent_words(call):
            for script, _ in index.find(text, words, company, overlapping=overlapping):
                tally = tallies[script.id]
                tally.count += 1
                tally.places[place_of(number, len(call.turns))] += 1
                said.add(script.id)
        for key in said:
            tally = tallies[key]
            tally.calls += 1
            if call.agent:
                tally.agents.add(call.agent)
            if len(tally.seen_in) < _SEEN_IN:
                tally.seen_in.append(call.id)
    return _ranked(proposed, tallies, sizes, limits)


def _ranked(
    proposed: list[Script],
    tallies: dict[str, _Tally],
    sizes: dict[str, HouseSize],
    limits: Limits,
) -> list[Script]:
    counted = [
        script.model_copy(
            update={
                "count": tally.count,
                "calls": tally.calls,
                "agents": len(tally.agents),
                "places": dict(sorted(tally.places.items())),
                "seen_in": tally.seen_in,
            }
        )
        for script in proposed
        if (tally := tallies[script.id]).calls >= limits.fewest(sizes[script.company])
    ]
    counted.sort(key=lambda script: (-script.calls, script.company, script.template))
    return [script.model_copy(update={"id": f"s{n}"}) for n, script in enumerate(counted, 1)]
