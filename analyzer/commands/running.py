"""What every command does alike: loading, reading, a sign of life, errors told in a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from analyzer.call import Call
from analyzer.commands.options import pairs_of, roles_of
from analyzer.errors import AnalyzerError, UsageError


def load_analyzer(folder: Path | None, scripts: Path | None = None) -> Any:
    """The analyzer of a model's folder, the bundled one by default, with house scripts if given."""
    from analyzer.pipeline import Analyzer
    from analyzer.scripts import ScriptBook

    return Analyzer.load(folder, scripts=ScriptBook.load(scripts) if scripts else None)


def read_inputs(
    source: str,
    input_format: str | None,
    columns: list[str] | None,
    roles: list[str] | None,
    on_failure: Any = None,
) -> Iterator[Call]:
    """The calls of an input, lazily, with the options as they were typed."""
    from analyzer.readers import read_calls

    return read_calls(
        source,
        format=input_format,
        columns=pairs_of("--map", columns),
        roles=roles_of(roles),
        on_failure=on_failure,
    )


def told_left_out(path: str) -> None:
    """Say that the file a command writes is not among what it reads."""
    typer.echo(f"{path} is left out: this is the file that is written.", err=True)


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
