"""`analyzer score`: exports in, a folder of results out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import (
    Columns,
    InputFormat,
    Inputs,
    ModelFolder,
    Roles,
    Written,
    format_names,
    pairs_of,
    roles_of,
)
from analyzer.commands.running import errors_told, load_analyzer


def score(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    formats: Annotated[
        list[Written] | None,
        typer.Option(
            "--format",
            help="What to write, instead of jsonl and csv; may be given several times.",
        ),
    ] = None,
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether results may hold what was said.")
    ] = True,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether to write report.html.")
    ] = True,
    scripts: Annotated[
        Path | None,
        typer.Option(
            "--scripts", metavar="FILE", help="House scripts that `analyzer scripts learn` found."
        ),
    ] = None,
    model: ModelFolder = None,
) -> None:
    """Score every call of some exports.

    Writes calls.jsonl, calls.csv and report.html; what could not be read or scored stands in
    failures.jsonl, and the exit status is then 1.
    """
    with errors_told():
        given_columns, given_roles = pairs_of("--map", columns), roles_of(roles)
        analyzer = load_analyzer(model, scripts)

        from rich.console import Console

        from analyzer.batch import score_files
        from analyzer.progress import scoring_progress, show_summary

        with scoring_progress(Console(stderr=True)) as watch:
            summary = score_files(
                analyzer,
                inputs,
                out,
                formats=format_names(formats or [Written.jsonl, Written.csv]),
                text=text,
                report=report,
                input_format=input_format,
                columns=given_columns,
                roles=given_roles,
                watch=watch,
            )
        show_summary(summary, Console())
        typer.echo(f"\nResults are in {out}")
        if summary.failures:
            typer.echo(f"What could not be read or scored is in {out / 'failures.jsonl'}", err=True)
            raise typer.Exit(1)
