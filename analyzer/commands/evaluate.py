"""`analyzer evaluate`: a model against gold labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.options import ModelFolder
from analyzer.commands.running import busy, errors_told
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.evaluation.figures import Figures


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
            help="Keep the figures beside the model (the bundled one unless --model names another) "
            "and write them into its card under this name.",
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
        from analyzer.evaluation.baselines import read_baseline_calls
        from analyzer.evaluation.elsewhere import keep_elsewhere
        from analyzer.evaluation.evaluate import judge_labelled
        from analyzer.evaluation.figures import measure
        from analyzer.evaluation.mistakes import worst_mistakes
        from analyzer.evaluation.model_card import write_model_card
        from analyzer.files import write_lines

        if baselines_from and not baselines:
            raise UsageError("--baselines-from needs the baselines: leave --no-baselines out.")
        folder = bundled_model() if model is None else model
        card = None if card is None else card.strip()
        card_figures = None if card is None else _figures_of_card(folder, card)
        calls = read_corpus(corpus)
        learn_from = read_baseline_calls(baselines_from or [], calls)
        with busy("measuring"):
            judged, how = judge_labelled(calls, model=folder)
            figures = measure(judged, how, baselines=baselines, baselines_from=learn_from)
        Console().print(figures.table())
        if json_file is not None:
            write_lines(json_file, [figures.model_dump_json(indent=1)])
        if mistakes is not None:
            found = worst_mistakes(judged)
            write_lines(mistakes, [one.model_dump_json() for one in found])
            typer.echo(f"{len(found):,} mistakes are in {mistakes}")
        if card is not None and card_figures is not None:
            keep_elsewhere(folder, card, figures)
            typer.echo(f"The figures are in {write_model_card(folder, card_figures)}")


def _figures_of_card(folder: Path, card: str) -> Figures:
    """The figures that stand in the card so far; if they cannot be read, that is told at once."""
    from analyzer.evaluation.elsewhere import read_elsewhere
    from analyzer.evaluation.figures import Figures

    if not card or len(card.splitlines()) > 1:
        raise UsageError("--card takes the name of the calls, in one line.")
    read_elsewhere(folder)
    return Figures.load(folder)
