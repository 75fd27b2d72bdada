"""`analyzer report`: the page of results that were scored before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.running import busy, errors_told


def report(
    reports: Annotated[
        Path, typer.Argument(metavar="CALLS.jsonl", help="What `analyzer score` wrote.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")] = Path(
        "report.html"
    ),
    title: Annotated[str, typer.Option("--title", help="What stands above it.")] = "Call report",
) -> None:
    """Write the page of results that were scored before."""
    with errors_told():
        from analyzer.pages import write_report
        from analyzer.writers import read_reports

        with busy("writing the page"):
            write_report(read_reports(reports), out, title=title)
        typer.echo(f"The page is {out}")
