"""`analyzer change`: what changed for an agent or a team since a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.figures import JsonFile, Score, Scored, interval, write_json
from analyzer.commands.running import busy, errors_told
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from analyzer.cohort import Change


def change(
    reports: Scored,
    at: Annotated[
        str, typer.Option("--at", metavar="DATE", help="What divides before from after.")
    ],
    agent: Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Whose calls.")] = (
        None
    ),
    team: Annotated[
        str | None, typer.Option("--team", metavar="NAME", help="Or which team's calls.")
    ] = None,
    score: Score = "empathy",
    json_file: JsonFile = None,
) -> None:
    """Tell whether an agent or a team changed at a date, such as a coaching day.

    Adjusted for what customers brought and for what changed for colleagues over the same time;
    tested by shuffling calls between before and after.
    """
    with errors_told():
        if (agent is None) == (team is None):
            raise UsageError("give either --agent or --team.")

        from rich.console import Console

        from analyzer.cohort import change_over_time, cohort_frame
        from analyzer.writers import read_reports

        by, name = ("agent", agent) if agent is not None else ("team", team)
        with busy("comparing before and after"):
            frame = cohort_frame(read_reports(reports))
            found = change_over_time(frame, str(name), at, score, by)
        console = Console()
        console.print(f"{found.name}, {score}: {found.verdict}", markup=False, highlight=False)
        console.print(_table(found))
        console.print(found.explanation, markup=False, highlight=False)
        write_json(json_file, found)


def _table(found: Change) -> RenderableType:
    from rich.table import Table

    digits = 2 if found.score == "csat" else 1
    table = Table(box=None, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, mean, calls in (
        ("before", found.before, found.calls_before),
        ("after", found.after, found.calls_after),
    ):
        table.add_row(name, "–" if mean is None else f"{mean:.{digits}f}", f"{calls:,} calls")
    if found.difference is not None and found.interval is not None and found.p_value is not None:
        table.add_row("colleagues", f"{found.colleagues:+.{digits}f}", "over the same time")
        told = f"95 % interval {interval(*found.interval, digits)}, p = {found.p_value:.3f}"
        table.add_row("difference", f"{found.difference:+.{digits}f}", told)
    return table
