"""Counts who says the proposed scripts, how often and where; drops what recurs too seldom."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from analyzer.scripts.book import HouseSize, Place, Script
from analyzer.scripts.limits import Calls, Limits, agent_words
from analyzer.scripts.matching import ScriptIndex
from analyzer.scripts.words import company_of

_SEEN_IN = 5  # calls that a script names


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


def count_sayings(
    read: Calls,
    proposed: list[Script],
    sizes: dict[str, HouseSize],
    limits: Limits,
    *,
    overlapping: bool = False,
) -> list[Script]:
    """The proposed scripts that enough calls say, counted, the most said first.

    Args:
        read: Reads the calls anew.
        proposed: What may be scripts.
        sizes: The calls of each company.
        limits: From when on a line recurs.
        overlapping: Count lines inside longer lines too.
    """
    index = ScriptIndex(proposed)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for call in read():
        company = company_of(call)
        said: set[str] = set()
        for number, text, words in agent_words(call):
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
