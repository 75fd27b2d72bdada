"""Calls to measure on: as many, and as long, as wanted, made from real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count, cycle, islice
from pathlib import Path

from analyzer.call import Call, Turn
from analyzer.readers import read_calls


def first_calls(source: str, most: int) -> list[Call]:
    """The first calls of an export in which both sides speak."""
    return list(islice(filter(_is_talk, read_calls(source, on_failure=lambda error: None)), most))


def spread(calls: Sequence[Call], wanted: int) -> list[Call]:
    """As many of the calls as wanted, evenly spaced; of a single one, its length is the usual.

    An export is often sorted, by day or by length, so its first calls do not stand for it.

    Args:
        calls: The calls.
        wanted: How many; all where there are no more.

    Returns:
        They, in order. If one is wanted, that whose number of turns is nearest the mean.
    """
    if wanted >= len(calls):
        return list(calls)
    if wanted == 1:
        mean = sum(len(call.turns) for call in calls) / len(calls)
        return [min(calls, key=lambda call: abs(len(call.turns) - mean))]
    # The middle of each of as many equal stretches.
    return [calls[(2 * number + 1) * len(calls) // (2 * wanted)] for number in range(wanted)]


def many(calls: Sequence[Call], wanted: int) -> Iterator[Call]:
    """As many calls as wanted: the given ones again and again, under ids of their own."""
    for number, call in enumerate(islice(cycle(calls), wanted)):
        yield call.model_copy(update={"id": f"{call.id}-{number}"})


def long(calls: Sequence[Call], turns: int, wanted: int) -> Iterator[Call]:
    """Calls of a given number of turns: turns of the given calls, one after the other."""
    endless: Iterator[Turn] = chain.from_iterable(call.turns for call in cycle(calls))
    for number in islice(count(), wanted):
        some = list(islice(endless, turns))
        # A call cut anywhere may begin in the middle, but both sides speak in it.
        some[0] = some[0].model_copy(update={"speaker": "customer"})
        some[-1] = some[-1].model_copy(update={"speaker": "agent"})
        yield Call(id=f"long-{number}", turns=some)


def write(path: Path, calls: Iterator[Call]) -> Path:
    """Write calls in the neutral format."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{call.model_dump_json()}\n" for call in calls)
    return path


def _is_talk(call: Call) -> bool:
    return {"agent", "customer"} <= {turn.speaker for turn in call.turns if turn.text.strip()}
