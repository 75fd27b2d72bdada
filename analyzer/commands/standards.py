"""`analyzer standards`: results that were scored before, held to the house's standards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.figures import CsvFile, Minimum, Scored, interval, write_csv, write_json
from analyzer.commands.running import busy, errors_told

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from analyzer.standards import HouseSummary, Share, StandardsResult


def standards(
    reports: Scored,
    rules: Annotated[
        Path,
        typer.Option(
            "--standards",
            metavar="FILE",
            help="What the house asks of its calls, as YAML; see data/standards.example.yaml.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write every call's result, JSON Lines."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write all figures here, too.")
    ] = None,
    csv_file: CsvFile = None,
    minimum: Minimum = 10,
) -> None:
    """Hold calls to standards: which points are met, by whom, and which calls fail.

    --csv writes a row for each call and point.
    """
    with errors_told():
        from rich.console import Console

        from analyzer.files import write_lines
        from analyzer.standards import HouseTally, read_rubric
        from analyzer.writers import read_reports

        tally = HouseTally(read_rubric(rules), minimum_calls=minimum)
        rows: list[dict[str, object]] = []

        def lines() -> Iterator[str]:
            for report in read_reports(reports):
                result = tally.add(report)
                if csv_file is not None:
                    rows.extend(_rows(result))
                yield result.model_dump_json()

        with busy("checking"):
            if out is not None:
                write_lines(out, lines())
            else:
                for _ in lines():
                    pass
        summary = tally.summary()
        _show(summary, Console())
        write_json(json_file, summary)
        write_csv(csv_file, _COLUMNS, rows)


def _show(summary: HouseSummary, console: Console) -> None:
    from analyzer.terminal import printable

    held = summary.passed.calls
    if not held:
        console.print("No standard applies to these calls: see `applies_to` in the file.")
        return
    told = [f"{summary.full.met:,} of {held:,} calls meet every point{_spread(summary.full)}"]
    if summary.can_fail:
        told.append(f"{summary.passed.met:,} pass{_spread(summary.passed)}")
    if summary.without_standard:
        told.append(f"no standard applies to {summary.without_standard:,} further calls")
    console.print("\n".join(told), highlight=False)
    console.print()
    console.print(_points(summary))
    for by in dict.fromkeys(group.by for group in summary.groups):
        console.print()
        console.print(_groups(summary, by))
    few = [f"{count} {by}" for by, count in summary.withheld.items()]
    if few:
        console.print(
            f"\nNot named, with fewer than {summary.minimum_calls} calls: {', '.join(few)}.",
            highlight=False,
        )
    if summary.misses:
        console.print("\nFurthest from the standard")
    for miss in summary.misses:
        why = "; ".join(
            item.explanation
            if item.kind in ("target", "mark")
            else f"{item.name}: {item.explanation}"
            for item in miss.failed
        )
        fails = "" if miss.passed else ", fails"
        line = f"{miss.call} (mark {miss.mark:.0f}{fails}): {why}"
        console.print(printable(line), markup=False, highlight=False)


def _points(summary: HouseSummary) -> Table:
    from analyzer.terminal import printable

    table = _columns("point", "met", "95 % interval", "of calls", "mean", "asked")
    for point in summary.points:
        table.add_row(
            printable(point.name) + (" (critical)" if point.critical else ""),
            *_cells(point.met),
            f"{point.met.calls:,}",
            "" if point.mean is None else f"{point.mean:.1f}",
            "" if point.target is None else f"{point.target:g}",
        )
    return table


def _groups(summary: HouseSummary, by: str) -> Table:
    from analyzer.terminal import printable

    passing = ("pass", "95 % interval") if summary.can_fail else ()
    table = _columns(by, "calls", "every point", "95 % interval", *passing, "mean mark")
    for group in (one for one in summary.groups if one.by == by):
        table.add_row(
            printable(group.name),
            f"{group.passed.calls:,}",
            *_cells(group.full),
            *(_cells(group.passed) if summary.can_fail else ()),
            f"{group.mark:.0f}",
        )
    return table


def _columns(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    return table


def _cells(share: Share) -> tuple[str, str]:
    if share.share is None:
        return "–", ""
    return f"{share.share:.0%}", interval(100 * share.low, 100 * share.high)


def _spread(share: Share) -> str:
    return f" ({share.share:.0%}, {interval(100 * share.low, 100 * share.high)} %)"


_COLUMNS = (
    "call", "standard", "passed", "mark", "kind", "point", "critical", "met", "value", "asked",
    "turns", "explanation",
)  # fmt: skip


def _rows(result: StandardsResult) -> Iterator[dict[str, object]]:
    for item in result.items:
        yield {
            "call": result.call,
            "standard": result.standard,
            "passed": result.passed,
            "mark": None if result.mark is None else round(result.mark, 1),
            "kind": item.kind,
            "point": item.name,
            "critical": item.critical,
            "met": item.met,
            "value": item.value,
            "asked": item.target,
            "turns": " ".join(map(str, item.turns)),
            "explanation": item.explanation,
        }
