"""`analyzer benchmark`: how fast it is here, beside what one would otherwise use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.options import OneInput
from analyzer.commands.running import errors_told
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.benchmarks.comparison import Row


def benchmark(
    source: OneInput,
    calls: Annotated[
        int, typer.Option("--calls", metavar="N", min=1, help="How many calls to measure on.")
    ] = 1_000,
    zero_shot: Annotated[
        int,
        typer.Option("--zero-shot", metavar="N", min=1, help="Calls for the zero-shot pipeline."),
    ] = 1,
    beside: Annotated[
        list[str] | None,
        typer.Option("--beside", help="Only this alternative; may be given several times."),
    ] = None,
    growth: Annotated[
        int | None,
        typer.Option(
            "--growth", metavar="N", min=1, help="Also measure how the cost grows, up to N calls."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, help="Cores to use.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures here, too.")
    ] = None,
) -> None:
    """Measure speed and memory, beside the pipelines that one would otherwise use.

    Everything is measured in one run, on the same calls and cores, each in a process of its own.
    """
    with errors_told():
        from rich.console import Console

        from analyzer.benchmarks import comparison, inputs
        from analyzer.benchmarks.work import matmul_rate
        from analyzer.engines.local import cores

        console = Console()
        used = workers or cores()
        names = ["analyzer", *(beside or list(comparison.TITLES)[1:])]
        for name in names:
            if name not in comparison.TITLES:
                raise UsageError(
                    f"--beside {name!r}: there is no such alternative.",
                    remedy=f"Use one of: {', '.join(list(comparison.TITLES)[1:])}.",
                )
        found = inputs.first_calls(source, calls)
        if not found:
            raise UsageError("holds no call to measure on.", source=source)
        rate, precision = matmul_rate(used)
        console.print(
            f"{used} cores, {rate / 1e9:,.0f} billion operations a second multiplying in "
            f"{precision}; weights of the alternatives are random where none can be had, which "
            "changes no time."
        )
        rows = _shown(comparison.compare(found, zero_shot, names, used), console)
        if growth:
            sizes = [size for size in comparison.GROWING_CALLS if size <= growth] or [growth]
            rows += _shown(comparison.grow(found, used, sizes), console)
        if json_file is not None:
            _write(rows, json_file)


def _shown(rows: Iterable[Row], console: object) -> list[Row]:
    """Print each row when it is measured: some take minutes."""
    from rich.console import Console
    from rich.text import Text

    shown: list[Row] = []
    if isinstance(console, Console):
        console.print(Text(_LINE.format(*_HEAD), style="bold"))
        for row in rows:
            shown.append(row)
            console.print(Text(_LINE.format(*_cells(row, shown[0]))), soft_wrap=True)
        console.print()
    return shown


_HEAD = ("", "calls/s", "turns/s", "tokens/s", "of matmul", "peak MB", "times slower")
_LINE = "{:<58}{:>10}{:>10}{:>10}{:>11}{:>9}{:>14}"


def _cells(row: Row, first: Row) -> tuple[str, ...]:
    measured = row.measured
    slower = first.measured.turns_a_second / measured.turns_a_second
    return (
        row.what,
        f"{measured.calls_a_second:,.3g}",
        f"{measured.turns_a_second:,.4g}",
        "" if row.tokens_a_second is None else f"{row.tokens_a_second:,.0f}",
        "" if row.share is None else f"{row.share:.0%}",
        f"{measured.memory / 1e6:,.0f}",
        f"{slower:,.3g}",
    )


def _write(rows: list[Row], path: Path) -> None:
    import json
    from dataclasses import asdict

    from analyzer.files import write_lines

    write_lines(path, [json.dumps([asdict(row) for row in rows], indent=1)])
