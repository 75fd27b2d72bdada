"""A contestant measured in a process of its own, so that its memory and cores are its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from analyzer.errors import AnalyzerError

_SHORTEST_WAIT = 0.2  # seconds from one sample of memory to the next
_WAIT = 0.02  # of the time that has passed: samples take processor time from what is measured
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PROCESSES = Path("/proc")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run.

    Attributes:
        seconds: Wall-clock.
        calls: Calls dealt with.
        turns: Turns dealt with.
        memory: Peak memory of all its processes together, in bytes, loading included: the highest
            of many samples, what processes share counted once (PSS). Where the system
            has no /proc that tells this, the peak of its largest process alone, by `getrusage`.
    """

    seconds: float
    calls: int
    turns: int
    memory: int

    @property
    def calls_a_second(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds

    @property
    def turns_a_second(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds


def measure(name: str, export: Path, workers: int) -> Measured:
    """Let a contestant deal with an export.

    Args:
        name: Which contestant.
        export: The calls, in the neutral format.
        workers: Cores that it may use.

    Raises:
        AnalyzerError: If it fails.
    """
    command = [sys.executable, "-m", "analyzer.benchmarks.measuring", name, str(export)]
    process = subprocess.Popen(
        [*command, str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            out, err, memory = _watched(process)
        finally:
            process.kill()  # nothing to do, unless this one was interrupted
    if process.returncode:
        last = err.strip().splitlines()[-1:] or [f"ended with status {process.returncode}"]
        raise AnalyzerError(
            f"{name} could not be measured ({last[0]}).",
            remedy="Install what it needs: pip install 'empathy-analyzer[benchmark]'.",
        )
    measured = Measured(**json.loads(out.splitlines()[-1]))
    return replace(measured, memory=memory or measured.memory)


def memory_of(process: int) -> int:
    """Memory of a process and of all that it started, in bytes; 0 where the system does not tell.

    What they share with each other is counted once, and what they share with other processes in
    part (proportional set size).
    """
    return sum(map(_memory, _tree(process)))


def limit_to(cores: int) -> None:
    """Keep this process, and those that it starts, to a number of cores.

    To be called before numeric libraries are loaded: they look only then. Where processes cannot
    be tied to processors (macOS, Windows), it is the libraries' threads alone that are limited.
    """
    os.environ.update(dict.fromkeys(_THREADS, str(cores)))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def apart(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process of its own that ends with it.

    A library that this process had loaded would count as shared with the one that is measured,
    which would seem to need less memory.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def _watched(process: subprocess.Popen[str]) -> tuple[str, str, int]:
    """What a process says and complains of until it ends, and its highest memory in bytes."""
    highest = 0
    begun = time.monotonic()
    while True:
        wait = max(_SHORTEST_WAIT, _WAIT * (time.monotonic() - begun))
        try:
            return *process.communicate(timeout=wait), highest
        except subprocess.TimeoutExpired:
            highest = max(highest, memory_of(process.pid))


def _tree(process: int) -> Iterator[int]:
    """A process and, from the parents that all processes name, everything below it."""
    # Lists of children (/proc/PID/task/*/children) would be shorter; not every kernel has them.
    children: dict[int, list[int]] = defaultdict(list)
    for file in _PROCESSES.glob("[0-9]*/stat"):
        parent = _parent(file)
        if parent is not None:
            children[parent].append(int(file.parent.name))
    waiting = [process]
    while waiting:
        one = waiting.pop()
        waiting.extend(children[one])
        yield one


def _parent(file: Path) -> int | None:
    try:
        # The name of the program stands in brackets, and may itself hold blanks and brackets.
        return int(file.read_text(errors="replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):  # it has just ended
        return None


def _memory(process: int) -> int:
    try:
        lines = (_PROCESSES / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended, or the system has no such file
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _main(name: str, export: str, workers: str) -> None:
    limit_to(int(workers))
    import resource

    from analyzer.benchmarks.contestants import CONTESTANTS

    timed = CONTESTANTS[name](Path(export), int(workers))
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    measured = Measured(
        **asdict(timed),
        memory=max(usage.ru_maxrss for usage in usages) * unit,
    )
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
