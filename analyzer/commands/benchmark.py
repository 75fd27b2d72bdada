"""`analyzer benchmark`: how fast it is here, beside what one would otherwise use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.options import OneInput
from analyzer.commands.running import errors_told
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

    from analyzer.benchmarks.comparison import Failure, Row


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
        typer.Option(
            "--beside",
            help="Only this alternative: distilbert, zero-shot or lexicon; may be given several "
            "times.",
        ),
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
    What cannot be measured, or is interrupted, costs no figure measured before; the status is 1.
    """
    with errors_told():
        from rich.console import Console

        from analyzer.benchmarks import comparison, inputs
        from analyzer.benchmarks.measuring import apart
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
        rate, precision = apart(matmul_rate, used)
        console.print(
            f"{used} cores, {rate / 1e9:,.0f} billion operations a second multiplying in "
            f"{precision}; weights of the alternatives are random where none can be had, which "
            "changes no time."
        )
        rows: list[Row] = []
        tables = [comparison.compare(found, zero_shot, names, used, rate)]
        if growth:
            sizes = [size for size in comparison.GROWING_CALLS if size <= growth] or [growth]
            tables.append(comparison.grow(found, used, sizes))
        complete = _measured(tables, console, rows.append)
        if json_file is not None:
            _write(rows, json_file)
        if not complete:
            raise typer.Exit(1)


def _measured(
    tables: Iterable[Iterable[Row | Failure]], console: Console, keep: Callable[[Row], None]
) -> bool:
    """Show the tables and keep their rows as they come; whether there was nothing amiss."""
    complete = True
    try:
        for table in tables:
            complete = _shown(table, console, keep) and complete
    except KeyboardInterrupt:
        typer.echo("analyzer: stopped; the figures so far stand.", err=True)
        return False
    return complete


def _shown(table: Iterable[Row | Failure], console: Console, keep: Callable[[Row], None]) -> bool:
    """Print each row when it is measured: some take minutes. Whether all could be measured."""
    from rich.text import Text

    from analyzer.benchmarks.comparison import Failure

    console.print(Text(_LINE.format(*_HEAD), style="bold"), soft_wrap=True)
    first: Row | Failure | None = None
    complete = True
    for row in table:
        first = first or row
        if isinstance(row, Failure):
            typer.echo(f"analyzer: {row.what}: {row.problem}", err=True)
            complete = False
        else:
            keep(row)
            beside = None if isinstance(first, Failure) else first
            console.print(Text(_LINE.format(*_cells(row, beside))), soft_wrap=True)
    console.print()
    return complete


_HEAD = (
    "",
    "calls/s",
    "turns/s",
    "tokens/s",
    "of matmul",
    "labelled alone",
    "peak MB",
    "times slower",
)
_LINE = "{:<58}{:>10}{:>10}{:>10}{:>11}{:>16}{:>9}{:>14}"


def _cells(row: Row, first: Row | None) -> tuple[str, ...]:
    """A row's figures; how many times slower it is, by turns, than the first if that is known."""
    measured = row.measured
    slower = None if first is None else first.measured.turns_a_second / measured.turns_a_second
    return (
        row.what,
        f"{measured.calls_a_second:,.3g}",
        f"{measured.turns_a_second:,.4g}",
        "" if row.tokens_a_second is None else f"{row.tokens_a_second:,.0f}",
        "" if row.share is None else f"{row.share:.0%}",
        "" if row.labelled_share is None else f"{row.labelled_share:.0%}",
        f"{measured.memory / 1e6:,.0f}",
        "" if slower is None else f"{slower:,.3g}",
    )


def _write(rows: list[Row], path: Path) -> None:
    import json
    from dataclasses import asdict

    from analyzer.files import write_lines

    write_lines(path, [json.dumps([asdict(row) for row in rows], indent=1)])
