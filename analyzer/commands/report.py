"""`analyzer report`: the page of results that were scored before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.figures import Minimum, Scored, Standards
from analyzer.commands.running import busy, errors_told


def report(
    reports: Scored,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")] = Path(
        "report.html"
    ),
    title: Annotated[str, typer.Option("--title", help="What stands above it.")] = "Call report",
    standards: Standards = None,
    scripts: Annotated[
        Path | None,
        typer.Option(
            "--scripts",
            metavar="FILE",
            help="House scripts that `analyzer scripts learn` found; by default those that recur "
            "within these calls.",
        ),
    ] = None,
    minimum: Minimum = 10,
) -> None:
    """Write the page of results that were scored before."""
    with errors_told():
        from analyzer.pages import write_report
        from analyzer.scripts import ScriptBook
        from analyzer.standards import read_rubric
        from analyzer.writers import read_reports

        rules = read_rubric(standards) if standards else None
        book = ScriptBook.load(scripts) if scripts else None
        with busy("writing the page"):
            write_report(
                read_reports(reports),
                out,
                title=title,
                standards=rules,
                scripts=book,
                minimum_calls=minimum,
            )
        typer.echo(f"The page is {out}")
