"""`analyzer scripts`: the house scripts of a company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import Columns, InputFormat, Inputs, Roles, pairs_of, roles_of
from analyzer.commands.own_output import but_own_output
from analyzer.commands.running import busy, errors_told
from analyzer.errors import ReadError


def learn_scripts(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
) -> None:
    """Find the lines that recur across a company's calls, for `analyzer score --scripts`."""
    with errors_told():
        given_columns, given_roles = pairs_of("--map", columns), roles_of(roles)

        from analyzer.readers import read_calls
        from analyzer.scripts import discover_scripts

        failures: list[ReadError] = []
        left_out: list[str] = []
        with busy("learning scripts"):
            calls = read_calls(
                inputs,
                format=input_format,
                columns=given_columns,
                roles=given_roles,
                on_failure=failures.append,
                leave_out=(out,),
                on_left_out=left_out.append,
            )
            book = discover_scripts(but_own_output(calls, left_out))
        book.save(out)
        for script in book.scripts[:10]:
            typer.echo(f"{script.calls:>6} calls  {script.template}")
        typer.echo(f"\n{len(book.scripts)} scripts are in {out}")
        for failure in failures:
            typer.echo(str(failure), err=True)
        if failures:
            raise typer.Exit(1)
