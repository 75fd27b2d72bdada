"""What the commands that read scored results share: their options, and files of figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel

Scored = Annotated[Path, typer.Argument(metavar="CALLS.jsonl", help="What `analyzer score` wrote.")]
Score = Annotated[
    Literal["empathy", "respect", "ownership", "ease", "resolution", "human", "csat"],
    typer.Option("--score", help="The score to look at."),
]
Standards = Annotated[
    Path | None,
    typer.Option(
        "--standards",
        metavar="FILE",
        help="What the house asks of its calls, as YAML; see data/standards.example.yaml.",
    ),
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write all figures here, too.")
]
CsvFile = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write the table here, too.")
]
Minimum = Annotated[
    int, typer.Option("--minimum", min=1, help="Calls below which nobody is named.")
]


def write_json(path: Path | None, figures: BaseModel) -> None:
    """Write all figures, where a file was given."""
    if path is not None:
        from analyzer.files import write_lines

        write_lines(path, [figures.model_dump_json(indent=1)])


def write_csv(
    path: Path | None, columns: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write a table, where a file was given; text that looks like a formula stays text."""
    if path is None:
        return
    from analyzer.files import write_text
    from analyzer.report_files import spreadsheet_cell

    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: spreadsheet_cell(value) for name, value in row.items()})
    write_text(path, text.getvalue())


def interval(low: float, high: float, digits: int = 0) -> str:
    """An interval in words."""
    return f"{low:.{digits}f} to {high:.{digits}f}"
