"""`python -m analyzer.benchmarks`: the same as `analyzer benchmark`."""

from __future__ import annotations

import typer

from analyzer.commands.benchmark import benchmark

if __name__ == "__main__":
    typer.run(benchmark)
