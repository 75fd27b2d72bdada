"""The tables: the analyzer beside the alternatives, and how its cost grows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.benchmarks import inputs
from analyzer.benchmarks.measuring import Measured, measure
from analyzer.benchmarks.work import matmul_rate, work_of
from analyzer.call import Call

TITLES = {
    "analyzer": "analyzer, end to end",
    "distilbert": "DistilBERT pipeline, a turn at a time",
    "zero-shot": "zero-shot BART-large-MNLI over the labels",
    "lexicon": "VADER and keywords",
}
GROWING_CALLS = (100, 1_000, 10_000)
GROWING_TURNS = (10, 100, 1_000)
_TURNS_AT_EACH_LENGTH = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        what: What was measured.
        measured: Time and memory.
        tokens_a_second: Useful word pieces of the encoder a second; of the analyzer alone.
        share: Of the machine's measured multiplication rate, 0 to 1; of the analyzer alone.
    """

    what: str
    measured: Measured
    tokens_a_second: float | None = None
    share: float | None = None


def compare(calls: Sequence[Call], few: int, names: Sequence[str], workers: int) -> Iterator[Row]:
    """Measure the contestants on the same calls.

    Args:
        calls: The calls.
        few: How many of them the zero-shot pipeline gets, and a hundred times as many (at most)
            the DistilBERT pipeline: they are slow, and their speed does not depend on the number.
        names: Which contestants.
        workers: Cores to use.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for contestant in names:
            most = {"zero-shot": few, "distilbert": 100 * few}.get(contestant, len(calls))
            some = calls[:most]
            export = inputs.write(folder / f"{contestant}.jsonl", iter(some))
            row = Row(
                f"{TITLES[contestant]} ({len(some):,} calls)", measure(contestant, export, workers)
            )
            yield _with_work(row, some, workers) if contestant == "analyzer" else row


def grow(calls: Sequence[Call], workers: int, sizes: Sequence[int]) -> Iterator[Row]:
    """Measure the analyzer on more calls, on longer calls, and on one core."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            export = inputs.write(folder / f"calls-{size}.jsonl", inputs.many(calls, size))
            yield Row(f"{size:,} calls", measure("analyzer", export, workers))
        for turns in GROWING_TURNS:
            wanted = max(1, _TURNS_AT_EACH_LENGTH // turns)
            export = inputs.write(
                folder / f"turns-{turns}.jsonl", inputs.long(calls, turns, wanted)
            )
            yield Row(f"{turns:,} turns a call", measure("analyzer", export, workers))
        export = inputs.write(folder / "cores.jsonl", inputs.many(calls, sizes[-1]))
        for cores in range(1, workers + 1):
            yield Row(f"{cores} of {workers} cores", measure("analyzer", export, cores))


def _with_work(row: Row, calls: Sequence[Call], workers: int) -> Row:
    work = work_of(calls)
    rate, _ = matmul_rate(workers)
    seconds = row.measured.seconds
    return Row(row.what, row.measured, work.tokens / seconds, work.operations / seconds / rate)
