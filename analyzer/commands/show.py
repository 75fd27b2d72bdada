"""`analyzer show`: one call in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.commands.options import Columns, InputFormat, ModelFolder, OneInput, Roles
from analyzer.commands.running import errors_told, load_analyzer, read_inputs
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
        calls = read_inputs(source, input_format, columns, roles)
        chosen = next((one for one in calls if call is None or one.id == call), None)
        if chosen is None:
            raise ReadError(
                "has no call that can be shown." if call is None else f"has no call {call}.",
                source=source,
                remedy="`analyzer convert INPUT --out calls.jsonl` writes what is in it.",
            )

        from rich.console import Console

        from analyzer.terminal import show_call

        show_call(load_analyzer(model).analyze(chosen), Console())
