"""`analyzer convert`: any known format in, neutral calls out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from analyzer.commands.options import Columns, InputFormat, OneInput, Roles, pairs_of, roles_of
from analyzer.commands.own_output import but_own_output
from analyzer.commands.running import errors_told
from analyzer.errors import ReadError, UsageError


def convert(
    source: OneInput,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    to: Annotated[
        Literal["neutral", "vcon"],
        typer.Option("--to", help="Neutral JSON Lines, or JSON Lines of vCon documents."),
    ] = "neutral",
    reports: Annotated[
        Path | None,
        typer.Option(
            "--reports",
            metavar="CALLS.jsonl",
            help="For --to vcon: the results of `analyzer score` for the same input. Each call "
            "carries its report as an analysis entry.",
        ),
    ] = None,
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
) -> None:
    """Write calls of any known format, and of any language, as neutral JSON Lines."""
    with errors_told():
        from analyzer.convert import StoredReports, convert_calls
        from analyzer.readers import read_calls

        if reports and to != "vcon":
            raise UsageError("--reports goes with --to vcon.", remedy="Add --to vcon.")
        stored = StoredReports(reports) if reports else None
        failed = []

        def note(error: ReadError) -> None:
            failed.append(error)
            typer.echo(str(error), err=True)

        left_out: list[str] = []
        found = read_calls(
            source,
            format=input_format,
            columns=pairs_of("--map", columns),
            roles=roles_of(roles),
            on_failure=note,
            any_language=True,
            leave_out=(out,),
            on_left_out=left_out.append,
        )
        calls = but_own_output(found, left_out)
        if stored is None:
            written = convert_calls(calls, out, to)
            typer.echo(f"{written:,} calls are in {out}")
        else:
            written = convert_calls(calls, out, to, report_of=stored.of)
            typer.echo(f"{written:,} calls are in {out}, {stored.found:,} with their reports")
        if failed:
            raise typer.Exit(1)
