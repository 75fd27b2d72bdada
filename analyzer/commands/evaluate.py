"""`analyzer evaluate`: a model against gold labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import ModelFolder
from analyzer.commands.running import busy, errors_told


def evaluate(
    corpus: Annotated[
        Path, typer.Argument(metavar="CORPUS.jsonl", help="Labelled calls, a call a line.")
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write all figures here, too.")
    ] = None,
    baselines: Annotated[
        bool,
        typer.Option("--baselines/--no-baselines", help="Whether to measure simple methods, too."),
    ] = True,
    model: ModelFolder = None,
) -> None:
    """Measure a model against gold labels, as it does on calls that it has not seen."""
    with errors_told():
        from rich.console import Console

        from analyzer.evaluation.evaluate import evaluate as measure_model
        from analyzer.writers import write_lines

        with busy("measuring"):
            figures = measure_model(corpus, model=model, baselines=baselines)
        Console().print(figures.table())
        if json_file is not None:
            write_lines(json_file, [figures.model_dump_json(indent=1)])
