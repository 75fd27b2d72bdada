"""What every command does alike: a sign of life, errors told in a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from analyzer.errors import AnalyzerError, UsageError


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
