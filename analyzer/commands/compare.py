"""`analyzer compare`: agents or teams beside one another, fairly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.commands.figures import (
    CsvFile,
    JsonFile,
    Minimum,
    Score,
    Scored,
    interval,
    write_csv,
    write_json,
)
from analyzer.commands.running import busy, errors_told

if TYPE_CHECKING:
    from rich.console import RenderableType

    from analyzer.cohort import Comparison, Standing


def compare(
    reports: Scored,
    by: Annotated[
        Literal["agent", "team", "company"], typer.Option("--by", help="Whom to compare.")
    ] = "agent",
    score: Score = "empathy",
    minimum: Minimum = 10,
    json_file: JsonFile = None,
    csv_file: CsvFile = None,
) -> None:
    """Compare agents or teams fairly: adjusted, pooled, with intervals.

    Scores are as if everybody had served the same customers, and drawn towards the mean of all
    where calls are few. Nobody is named with fewer calls than --minimum.
    """
    with errors_told():
        from rich.console import Console

        from analyzer.cohort import cohort_frame
        from analyzer.cohort import compare as compare_groups
        from analyzer.writers import read_reports

        with busy("comparing"):
            frame = cohort_frame(read_reports(reports))
            found = compare_groups(frame, score, by, minimum_calls=minimum)
        console = Console()
        if found.standings:
            console.print(_table(found))
        console.print(_notes(found), soft_wrap=True, markup=False, highlight=False)
        write_json(json_file, found)
        write_csv(csv_file, _COLUMNS, map(_row, found.standings))


def _table(found: Comparison) -> RenderableType:
    from rich.table import Table

    from analyzer.terminal import printable

    digits = 1 if found.score == "csat" else 0
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column(found.by, overflow="fold")
    for column in ("calls", "mean", found.score, f"{found.level:.0%} interval"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("")
    low = min(one.interval[0] for one in found.standings)
    high = max(one.interval[1] for one in found.standings)
    for one in found.standings:
        table.add_row(
            printable(one.name),
            f"{one.calls:,}",
            f"{one.raw:.{digits}f}",
            f"{one.pooled:.{digits}f}",
            interval(*one.interval, digits),
            _line(one, low, high, found.common),
            "" if one.verdict == "no clear difference" else one.verdict,
        )
    return table


_CELLS = 24


def _line(one: Standing, low: float, high: float, common: float) -> str:
    """The interval on a line from the lowest to the highest, the common mean as a stroke."""

    def cell(value: float) -> int:
        return round((value - low) / max(high - low, 1e-9) * (_CELLS - 1))

    cells = [" "] * _CELLS
    for place in range(cell(one.interval[0]), cell(one.interval[1]) + 1):
        cells[place] = "─"
    if 0 <= cell(common) < _CELLS:
        cells[cell(common)] = "┃"
    cells[cell(one.pooled)] = "●"
    return "".join(cells)


def _notes(found: Comparison) -> str:
    digits = 1 if found.score == "csat" else 0
    few = f"{found.by}{'' if found.withheld == 1 else 's'} with fewer than {found.minimum_calls}"
    lines = []
    if not found.standings:
        lines.append(
            f"No {found.by} has {found.minimum_calls} calls, so that nobody is compared. "
            "Give more calls, or a lower --minimum."
        )
    elif all(one.verdict == "no clear difference" for one in found.standings):
        lines.append("No clear difference: what differs may be chance.")
    if found.standings:
        lines.append(
            f"Common mean {found.common:.{digits}f} (┃ above). {found.score}: as if customers had "
            "been the same, drawn towards it where calls are few; mean: as scored."
        )
    if found.withheld:
        lines.append(f"{found.withheld} {few} calls: not named.")
    if found.adjusted_for:
        brought = ", ".join(name.replace("_", " ") for name in found.adjusted_for)
        lines.append(f"Adjusted for what customers brought: {brought}.")
    return "\n".join(lines)


_COLUMNS = (
    "name", "calls", "mean", "adjusted", "estimate", "low", "high", "probability_above", "verdict",
)  # fmt: skip


def _row(one: Standing) -> dict[str, object]:
    low, high = one.interval
    numbers = {"mean": one.raw, "adjusted": one.adjusted, "estimate": one.pooled}
    numbers |= {"low": low, "high": high, "probability_above": one.above}
    rounded = {name: round(value, 3) for name, value in numbers.items()}
    return {"name": one.name, "calls": one.calls, **rounded, "verdict": one.verdict}
