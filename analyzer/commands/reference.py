"""`analyzer formats` and `analyzer schema`: what can be read, and what is written."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import typer

from analyzer.call import Call


def formats() -> None:
    """List the formats that can be read."""
    from rich.console import Console
    from rich.table import Table

    from analyzer.readers import formats as known_formats

    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for column in ("name", "format", "files"):
        table.add_column(column)
    for known in known_formats():
        table.add_row(known.name, known.title, " ".join(known.extensions))
    Console().print(table)


def schema(
    of: Annotated[
        Literal["all", "call", "report"],
        typer.Argument(help="What comes in (call), what goes out (report), or both."),
    ] = "all",
) -> None:
    """Print the JSON Schemas of calls and reports."""
    from analyzer.report import CallReport

    schemas: dict[str, Any] = {
        "call": Call.model_json_schema(),
        "report": CallReport.model_json_schema(mode="serialization"),
    }
    if of == "all":
        chosen = {"Call": schemas["call"], "CallReport": schemas["report"]}
    else:
        chosen = schemas[of]
    typer.echo(json.dumps(chosen, indent=2))
