"""`analyzer show`: one call in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.commands.options import (
    Columns,
    InputFormat,
    ModelFolder,
    OneInput,
    Roles,
    pairs_of,
    roles_of,
)
from analyzer.commands.running import errors_told
from analyzer.errors import ReadError


def show(
    source: OneInput,
    call: Annotated[
        str | None, typer.Option("--call", metavar="ID", help="Which call; the first by default.")
    ] = None,
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
    model: ModelFolder = None,
) -> None:
    """Show one call in the terminal: the transcript with its findings, then the scores."""
    with errors_told():
        from analyzer.readers import read_calls

        failures: list[ReadError] = []
        calls = read_calls(
            source,
            format=input_format,
            columns=pairs_of("--map", columns),
            roles=roles_of(roles),
            on_failure=failures.append,
        )
        chosen = next((one for one in calls if call is None or one.id == call), None)
        if chosen is None:
            raise _not_found(source, call, failures)

        from rich.console import Console

        from analyzer.pipeline import Analyzer
        from analyzer.terminal import show_call

        show_call(Analyzer.load(model).analyze(chosen), Console())


def _not_found(source: str, call: str | None, failures: list[ReadError]) -> ReadError:
    """Why there is no call to show; what could not be read is told first."""
    if call is None and len(failures) == 1:
        return failures[0]
    for failure in failures:
        typer.echo(str(failure), err=True)
    return ReadError(
        "has no call that can be shown." if call is None else f"has no call {call}.",
        source=source,
        remedy="`analyzer convert INPUT --out calls.jsonl` writes what is in it.",
    )
