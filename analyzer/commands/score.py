"""`analyzer score`: exports in, a folder of results out."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from analyzer.commands.running import errors_told
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.engines import Engine


class EngineName(Enum):
    """The choices of --engine."""

    local = "local"
    ray = "ray"


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
    standards: Annotated[
        Path | None,
        typer.Option(
            "--standards",
            metavar="FILE",
            help="The house's standards; writes standards.jsonl beside the other results.",
        ),
    ] = None,
    model: ModelFolder = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", min=1, help="Processes that score; one a core by default."
        ),
    ] = None,
    restart: Annotated[
        bool,
        typer.Option("--restart", help="Begin anew, whatever an interrupted run left in DIR."),
    ] = False,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="This machine, or a Ray cluster.")
    ] = EngineName.local,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="The Ray cluster; one on this machine, started for the purpose, by default.",
        ),
    ] = None,
) -> None:
    """Score every call of some exports.

    Writes calls.jsonl, calls.csv and report.html; what could not be read or scored stands in
    failures.jsonl, and the exit status is then 1. If the run is interrupted, the same command goes
    on where it stopped.
    """
    with errors_told():
        given_columns, given_roles = pairs_of("--map", columns), roles_of(roles)

        from rich.console import Console

        from analyzer.batch import score_files
        from analyzer.progress import scoring_progress, show_summary

        chosen = _engine(engine, address, model, scripts, workers)
        try:
            with scoring_progress(Console(stderr=True)) as watch:
                summary = score_files(
                    chosen,
                    inputs,
                    out,
                    formats=format_names(formats or [Written.jsonl, Written.csv]),
                    text=text,
                    report=report,
                    input_format=input_format,
                    columns=given_columns,
                    roles=given_roles,
                    standards=standards,
                    restart=restart,
                    watch=watch,
                )
        except KeyboardInterrupt:
            typer.echo(f"analyzer: stopped. {_how_to_go_on(out)}", err=True)
            raise typer.Exit(130) from None
        show_summary(summary, Console())
        typer.echo(f"\nResults are in {out}")
        if summary.failures:
            typer.echo(f"What could not be read or scored is in {out / 'failures.jsonl'}", err=True)
            raise typer.Exit(1)


def _engine(
    name: EngineName,
    address: str | None,
    model: Path | None,
    scripts: Path | None,
    workers: int | None,
) -> Engine:
    from analyzer.engines import LocalEngine
    from analyzer.engines.scorers import Stored

    recipe = Stored(model, scripts)
    if name is EngineName.ray:
        from analyzer.engines.on_ray import RayEngine

        return RayEngine(recipe, workers, address=address)
    if address is not None:
        raise UsageError("--address goes with --engine ray.", remedy="Add --engine ray.")
    return LocalEngine(recipe, workers)


def _how_to_go_on(out: Path) -> str:
    from analyzer.batch.parts import Parts

    if not Parts(out).count():
        return "Nothing was written."
    return f"What is finished is kept in {out}: the same command goes on from there."
