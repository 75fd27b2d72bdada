"""How a batch is going, and what it added up to, in the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console, Group, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Display,
)
from rich.table import Table
from rich.text import Text

from analyzer import codebook
from analyzer.batch.progress import Progress, Watcher
from analyzer.summary import Summary
from analyzer.terminal import printable

StepProgress = Callable[[int, int, float], None]
FoldProgress = Callable[[str], StepProgress]

_UPDATES_A_SECOND = 5
_SECONDS_A_LINE = 60
_LONGEST_ID = 24


@contextmanager
def scoring_progress(console: Console) -> Iterator[Watcher]:
    """Show calls done, rate, time left and failures while a batch runs.

    Where nobody watches, a plain line stands for it once a minute; short runs say nothing.
    """
    if not console.is_terminal:
        yield _told_at_intervals(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[counted]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rate]:.1f} calls/s"),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[failures]:,} failures"),
    )
    with Display(
        *columns, console=console, transient=True, refresh_per_second=_UPDATES_A_SECOND
    ) as display:
        task = display.add_task(
            "scoring", total=None, rate=0.0, failures=0, counted="0 calls", left=""
        )
        yield lambda progress: _update(display, task, progress)


def _update(display: Display, task: TaskID, progress: Progress) -> None:
    display.update(
        task,
        completed=progress.readings,
        total=progress.total,
        rate=progress.rate,
        failures=progress.failures,
        counted=_done(progress),
        left=_left(progress),
    )


def _told_at_intervals(console: Console) -> Watcher:
    told = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < _SECONDS_A_LINE:
            return
        if progress.readings == progress.total and not progress.written:
            return
        told = now
        parts = (_done(progress), f"{progress.rate:.1f} calls/s", _left(progress))
        console.print(
            ", ".join(filter(None, (*parts, _counted(progress.failures, "failure")))),
            highlight=False,
            soft_wrap=True,
        )

    return tell


def _done(progress: Progress) -> str:
    if progress.written:
        return f"writing {progress.written:,} of {progress.readings:,}"
    of = "" if progress.total is None else f" of {progress.total:,}"
    return f"{progress.calls:,}{of} calls"


def _left(progress: Progress) -> str:
    if progress.seconds_left is None or progress.written:
        return ""
    return f"{timedelta(seconds=round(progress.seconds_left))} left"


@contextmanager
def training_progress(console: Console) -> Iterator[FoldProgress]:
    """Show a bar for each training; where nobody watches, a plain line when one ends."""
    if not console.is_terminal:
        yield lambda name: lambda done, steps, loss: _tell_end(console, name, done, steps, loss)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.2f}"),
        TimeRemainingColumn(),
    )
    with Display(*columns, console=console) as progress:

        def begin(name: str) -> StepProgress:
            task = progress.add_task(f"training {name}", total=None, loss=0.0)
            return lambda done, steps, loss: progress.update(
                task, completed=done, total=steps, loss=loss
            )

        yield begin


def _tell_end(console: Console, name: str, done: int, steps: int, loss: float) -> None:
    if done == steps:
        console.print(f"trained {name}: {steps} steps, loss {loss:.2f}")


def show_summary(summary: Summary, console: Console) -> None:
    """Print what a batch added up to."""
    console.print(
        Text(
            f"{_counted(summary.calls, 'call')} scored in {summary.seconds:.1f} s "
            f"({summary.rate:.1f} calls/s), {_counted(summary.failures, 'failure')}"
            f"{_kept(summary)}",
            style="bold",
        )
    )
    if not summary.calls:
        return
    for part in (_scores(summary), _language(summary), _chances(summary), _listen(summary)):
        console.print()
        console.print(part)


def _kept(summary: Summary) -> str:
    return f"; {summary.kept:,} were scored by the interrupted run" if summary.kept else ""


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _table(*columns: str) -> Table:
    """A table of figures: what stands first is a name."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table


def _scores(summary: Summary) -> RenderableType:
    table = _table("", *codebook.SCORE_NAMES)
    means = summary.mean_scores
    table.add_row(
        "mean score",
        *(f"{means[name]:.{1 if name == 'csat' else 0}f}" for name in codebook.SCORE_NAMES),
    )
    return table


def _language(summary: Summary) -> RenderableType:
    table = _table("", *codebook.FLAG_FAMILIES)
    table.add_row(
        "calls with such language", *(f"{share:.0%}" for share in summary.share_with.values())
    )
    return table


def _chances(summary: Summary) -> RenderableType:
    found = {kind: counts for kind, counts in summary.opportunities.items() if counts.total()}
    if not found:
        return Text("No recovery opportunities")
    table = _table("opportunities", *found)
    for outcome in codebook.OUTCOMES:
        table.add_row(outcome, *(str(counts[outcome]) for counts in found.values()))
    return table


def _listen(summary: Summary) -> RenderableType:
    if not summary.listen_first:
        return Text("No call stands out as badly handled", "bold")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, max_width=_LONGEST_ID, overflow="ellipsis")
    grid.add_column(ratio=1, overflow="fold")
    for listen in summary.listen_first:
        grid.add_row(printable(listen.call), printable(listen.why))
    return Group(Text("Most worth a listen", "bold"), grid)
