"""A contestant measured in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from analyzer.errors import AnalyzerError


@dataclass(frozen=True, slots=True)
class Measured:
    """One run.

    Attributes:
        seconds: Wall-clock.
        calls: Calls dealt with.
        turns: Turns dealt with.
        memory: Peak memory of its largest process, in bytes.
        cpu_seconds: Processor time of all its processes, loading included.
    """

    seconds: float
    calls: int
    turns: int
    memory: int
    cpu_seconds: float

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

    Raises:
        AnalyzerError: If it fails.
    """
    command = [sys.executable, "-m", "analyzer.benchmarks.measuring", name, str(export)]
    done = subprocess.run(
        [*command, str(workers)], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise AnalyzerError(
            f"{name} could not be measured ({last[0]}).",
            remedy="Install what it needs: pip install 'empathy-analyzer[benchmark]'.",
        )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _main(name: str, export: str, workers: str) -> None:
    import resource

    from analyzer.benchmarks.contestants import CONTESTANTS

    timed = CONTESTANTS[name](Path(export), int(workers))
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    measured = Measured(
        **asdict(timed),
        memory=max(usage.ru_maxrss for usage in usages) * unit,
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for usage in usages),
    )
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
