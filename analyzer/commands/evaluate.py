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
    baselines_from: Annotated[
        list[Path] | None,
        typer.Option(
            "--baselines-from",
            metavar="FILE",
            help="Labelled calls that the simple methods learn from; without, they learn from "
            "CORPUS, leaving out one author at a time.",
        ),
    ] = None,
    card: Annotated[
        str | None,
        typer.Option(
            "--card",
            metavar="NAME",
            help="Keep the figures beside the model and write them into its card under this name.",
        ),
    ] = None,
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

        from analyzer.bundled import bundled_model
        from analyzer.corpus import read_corpus
        from analyzer.evaluation.elsewhere import keep_elsewhere
        from analyzer.evaluation.evaluate import judge_labelled
        from analyzer.evaluation.figures import Figures, measure
        from analyzer.evaluation.mistakes import worst_mistakes
        from analyzer.evaluation.model_card import write_model_card
        from analyzer.files import write_lines

        folder = bundled_model() if model is None else model
        of_card = Figures.load(folder) if card else None  # no card to write in is told at once
        learn_from = [call for path in baselines_from or () for call in read_corpus(path)]
        with busy("measuring"):
            judged, how = judge_labelled(corpus, model=folder)
            figures = measure(judged, how, baselines=baselines, baselines_from=learn_from)
        Console().print(figures.table())
        if json_file is not None:
            write_lines(json_file, [figures.model_dump_json(indent=1)])
        if card and of_card is not None:
            keep_elsewhere(folder, card, figures)
            typer.echo(f"the figures are in {write_model_card(folder, of_card)}")
        if mistakes is not None:
            found = worst_mistakes(judged)
            write_lines(mistakes, [one.model_dump_json() for one in found])
            typer.echo(f"{len(found):,} mistakes are in {mistakes}")
