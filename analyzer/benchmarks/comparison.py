"""The tables: the analyzer beside the alternatives, and how its cost grows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.benchmarks import inputs
from analyzer.benchmarks.measuring import Measured, apart, measure
from analyzer.benchmarks.work import Work, work_of
from analyzer.call import Call
from analyzer.errors import AnalyzerError

TITLES = {
    "analyzer": "analyzer, end to end",
    "distilbert": "DistilBERT pipeline, a turn at a time",
    "zero-shot": "zero-shot BART-large-MNLI over the labels",
    "lexicon": "VADER and keywords",
}
GROWING_CALLS = (100, 1_000, 10_000)
GROWING_TURNS = (10, 100, 1_000)
_TURNS_AT_EACH_LENGTH = 10_000
_MOST_CALLS_BY_CORES = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        what: What was measured.
        measured: Time and memory.
        tokens_a_second: Labelled word pieces a second, each counted once; of the analyzer alone.
        read_a_second: Word pieces a second that its encoder reads: markers and context read again
            included, padding left out.
        share: Of the machine's measured multiplication rate, 0 to 1, on all pieces that are read.
        labelled_share: The same on the labelled pieces alone.
    """

    what: str
    measured: Measured
    tokens_a_second: float | None = None
    read_a_second: float | None = None
    share: float | None = None
    labelled_share: float | None = None

    def with_work(self, work: Work, rate: float) -> Row:
        """The row with how fast the encoder's work was done.

        Args:
            work: What the calls asked of the encoder.
            rate: Operations a second that the machine multiplies at.
        """
        seconds = self.measured.seconds
        return replace(
            self,
            tokens_a_second=work.labelled / seconds,
            read_a_second=work.tokens / seconds,
            share=work.operations / seconds / rate,
            labelled_share=work.labelled_operations / seconds / rate,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands in the place of a row that could not be measured.

    Attributes:
        what: What was to be measured.
        problem: Why it could not be, and what to do about it.
    """

    what: str
    problem: str


def compare(
    calls: Sequence[Call], few: int, names: Sequence[str], workers: int, rate: float
) -> Iterator[Row | Failure]:
    """Measure the contestants on the same calls; one that fails does not keep the others back.

    Args:
        calls: The calls.
        few: How many of them the zero-shot pipeline gets, and a hundred times as many (at most)
            the DistilBERT pipeline: they are slow, and their speed does not depend on the number.
            Their calls are evenly spaced among the others', and a single one has about as many
            turns as the mean; so contestants are to be compared by turns a second.
        names: Which contestants.
        workers: Cores to use.
        rate: Operations a second that these multiply at.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for contestant in names:
            most = {"zero-shot": few, "distilbert": 100 * few}.get(contestant, len(calls))
            some = inputs.spread(calls, most)
            export = inputs.write(folder / f"{contestant}.jsonl", iter(some))
            # Before it is measured: what was measured is then told at once.
            work = apart(work_of, some) if contestant == "analyzer" else None
            row = _row(f"{TITLES[contestant]} ({len(some):,} calls)", contestant, export, workers)
            yield row.with_work(work, rate) if work and isinstance(row, Row) else row


def grow(calls: Sequence[Call], workers: int, sizes: Sequence[int]) -> Iterator[Row | Failure]:
    """Measure the analyzer on more calls, on longer calls, and on fewer cores.

    Args:
        calls: The calls that the others are made from.
        workers: Cores to use; then 1, 2, 4, ... of them, on 1,000 calls at most.
        sizes: How many calls, the largest last.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in sizes:
            export = inputs.write(folder / f"calls-{size}.jsonl", inputs.many(calls, size))
            yield _row(f"{size:,} calls", "analyzer", export, workers)
        for turns in GROWING_TURNS:
            wanted = max(1, _TURNS_AT_EACH_LENGTH // turns)
            export = inputs.write(
                folder / f"turns-{turns}.jsonl", inputs.long(calls, turns, wanted)
            )
            yield _row(f"{turns:,} turns a call", "analyzer", export, workers)
        size = min(sizes[-1], _MOST_CALLS_BY_CORES)
        export = inputs.write(folder / "cores.jsonl", inputs.many(calls, size))
        for cores in doubled(workers):
            what = f"{cores} of {workers} cores, {size:,} calls"
            yield _row(what, "analyzer", export, cores)


def doubled(most: int) -> list[int]:
    """1, 2, 4, ... below a number, and the number itself."""
    return [*(1 << power for power in range((most - 1).bit_length())), most]


def _row(what: str, contestant: str, export: Path, workers: int) -> Row | Failure:
    try:
        return Row(what, measure(contestant, export, workers))
    except AnalyzerError as error:
        return Failure(what, str(error))
