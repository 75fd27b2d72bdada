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
    mistakes: Annotated[
        Path | None,
        typer.Option(
            "--mistakes", metavar="FILE", help="Write the worst mistakes here, a line each."
        ),
    ] = None,
    model: ModelFolder = None,
) -> None:
    """Measure a model against gold labels, as it does on calls that it has not seen."""
    with errors_told():
        from rich.console import Console

        from analyzer.evaluation.evaluate import judge_labelled
        from analyzer.evaluation.figures import measure
        from analyzer.evaluation.mistakes import worst_mistakes
        from analyzer.files import write_lines

        with busy("measuring"):
            judged, how = judge_labelled(corpus, model=model)
            figures = measure(judged, how, baselines=baselines)
        Console().print(figures.table())
        if json_file is not None:
            write_lines(json_file, [figures.model_dump_json(indent=1)])
        if mistakes is not None:
            found = worst_mistakes(judged)
            write_lines(mistakes, [one.model_dump_json() for one in found])
            typer.echo(f"{len(found):,} mistakes are in {mistakes}")
