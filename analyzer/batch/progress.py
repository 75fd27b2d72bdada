"""How a run is going."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tally:
    """What a finished chunk holds.

    Attributes:
        number: The chunk's place in the input, from 0.
        readings: Calls and unreadable files or calls that were read.
        calls: Calls scored.
        turns: Turns of these calls.
        failures: Files and calls that could not be read or scored.
    """

    number: int
    readings: int
    calls: int
    turns: int
    failures: int


@dataclass
class Progress:
    """How far a run has come.

    Attributes:
        calls: Calls scored, those of an interrupted run included.
        turns: Turns of these calls.
        failures: Files and calls that could not be read or scored.
        kept: Calls that an interrupted run had scored before.
        readings: Calls and unreadable files or calls that are dealt with.
        written: Readings whose results are written to the files, at the end.
        total: How many readings there are in the input, once that is known.
        seconds: Wall-clock seconds so far, loading of the model included.
    """

    calls: int = 0
    turns: int = 0
    failures: int = 0
    kept: int = 0
    readings: int = 0
    written: int = 0
    total: int | None = None
    seconds: float = 0.0
    _started: float = field(default_factory=time.perf_counter)

    def add(self, tally: Tally, *, kept: bool = False) -> None:
        """Count a finished chunk in; `kept` says that it was finished by an earlier run."""
        self.calls += tally.calls
        self.turns += tally.turns
        self.failures += tally.failures
        self.readings += tally.readings
        self.kept += tally.calls if kept else 0
        self.seconds = time.perf_counter() - self._started

    def write(self) -> None:
        """Count a reading whose results are written."""
        self.written += 1

    @property
    def seconds_so_far(self) -> float:
        """Wall-clock seconds since the run began, writing included."""
        return time.perf_counter() - self._started

    @property
    def rate(self) -> float:
        """Calls scored a second, by this run alone."""
        return (self.calls - self.kept) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to go at this rate; None while that cannot be told."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.readings) / self.rate


Watcher = Callable[[Progress], None]
"""Called whenever a chunk is finished."""
