"""One chunk scored: every reading becomes a report, a failure, or both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from analyzer.batch.chunks import Chunk, Item
from analyzer.batch.memory import give_back_memory
from analyzer.call import Call
from analyzer.errors import AnalyzerError
from analyzer.redaction import without_text
from analyzer.report import CallReport
from analyzer.writers import Failure

_SHORTAGE = re.compile("out of memory|enough memory|allocate memory", re.IGNORECASE)
"""How torch tells, in a RuntimeError, of memory that it cannot have."""


class Scorer(Protocol):
    """What scores calls: an `Analyzer`, or anything that does as it does."""

    def analyze_many(
        self, calls: Iterable[Call], on_failure: Callable[[Call, Exception], None] | None = None
    ) -> Iterator[CallReport]:
        """Reports on calls, in their order; a call that fails goes to `on_failure`."""


class Outcome(NamedTuple):
    """What became of one reading.

    Attributes:
        report: The report, where the reading was a call that could be scored.
        failures: What has to be told, in order.
    """

    report: CallReport | None
    failures: list[Failure]


def score_chunk(scorer: Scorer, chunk: Chunk, *, text: bool = True) -> list[Outcome]:
    """Score the calls of a chunk.

    Args:
        scorer: What scores.
        chunk: The readings.
        text: Whether what was said may stand in the reports.

    Returns:
        One outcome a reading, in order.
    """
    unscored: dict[str, Failure] = {}
    places = {item.call.id: item for item in chunk.items if item.call is not None}

    def note(call: Call, error: Exception) -> None:
        unscored[call.id] = _unscored(places[call.id], error)

    calls = [item.call for item in chunk.items if item.call is not None]
    reports = {report.id: report for report in scorer.analyze_many(calls, on_failure=note)}
    give_back_memory()
    outcomes = []
    for item in chunk.items:
        failures = [item.failure] if item.failure else []
        report = reports.get(item.call.id) if item.call else None
        if item.call and item.call.id in unscored:
            failures.append(unscored[item.call.id])
        outcomes.append(Outcome(without_text(report) if report and not text else report, failures))
    return outcomes


def _unscored(item: Item, error: Exception) -> Failure:
    """Why a call was not scored; of an unforeseen fault only its kind, as it may quote the talk."""
    name = item.call.id if item.call else None
    if not isinstance(error, AnalyzerError):
        error = _unforeseen(error)
    failure = Failure.of(error, name)
    return failure.model_copy(
        update={
            "source": failure.source or item.source,
            "place": item.place or failure.place or f"call {name}",
        }
    )


def _unforeseen(error: Exception) -> AnalyzerError:
    if isinstance(error, MemoryError) or _torch_is_short_of_memory(error):
        return AnalyzerError(
            "could not be scored: memory was short.",
            remedy="Score it again on its own, with fewer --workers or on a larger machine.",
        )
    return AnalyzerError(
        f"could not be scored ({type(error).__name__}).",
        remedy="Please report this fault, with the call if you may share it.",
    )


def _torch_is_short_of_memory(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and bool(_SHORTAGE.search(str(error)))
