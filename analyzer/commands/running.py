"""What every command does alike: a sign of life, errors told in a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from analyzer.errors import AnalyzerError, UsageError

if TYPE_CHECKING:
    from analyzer.call import Call


def or_keep(calls: Iterable[Call], left_out: Sequence[str]) -> Iterator[Call]:
    """The calls; at their end it is said what was left out, being the file that is written.

    Args:
        calls: What is read.
        left_out: Where reading notes what it leaves out.

    Raises:
        UsageError: If there were no calls and something was left out: it may be the export itself,
            and would be replaced by nothing.
    """
    none = True
    for call in calls:
        none = False
        yield call
    for path in left_out:
        typer.echo(f"{path} is left out: this is the file that is written.", err=True)
    if none and left_out:
        raise UsageError(
            "is the only file here with calls, and the file to write as well.",
            source=left_out[0],
            remedy="Give it as the input by its own name, or give another --out.",
        )


@contextmanager
def busy(what: str) -> Iterator[None]:
    """A sign of life on a terminal; nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


@contextmanager
def errors_told() -> Iterator[None]:
    """Say what is wrong in a line, and end with the status that the error calls for."""
    try:
        yield
    except AnalyzerError as error:
        typer.echo(f"analyzer: {error}", err=True)
        raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error
    except KeyboardInterrupt:
        typer.echo("analyzer: stopped before the end.", err=True)
        raise typer.Exit(130) from None
