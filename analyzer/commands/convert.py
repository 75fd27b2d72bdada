"""`analyzer convert`: any known format in, neutral calls out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from analyzer.commands.options import Columns, InputFormat, OneInput, Roles
from analyzer.commands.running import errors_told, read_inputs
from analyzer.errors import ReadError


def convert(
    source: OneInput,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    to: Annotated[
        Literal["neutral", "vcon"],
        typer.Option("--to", help="Neutral JSON Lines, or JSON Lines of vCon documents."),
    ] = "neutral",
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
) -> None:
    """Write calls of any known format as neutral JSON Lines, a call a line."""
    with errors_told():
        from analyzer.convert import convert_calls

        failed = []

        def note(error: ReadError) -> None:
            failed.append(error)
            typer.echo(str(error), err=True)

        calls = read_inputs(source, input_format, columns, roles, on_failure=note)
        written = convert_calls(calls, out, to)
        typer.echo(f"{written:,} calls are in {out}")
        if failed:
            raise typer.Exit(1)
