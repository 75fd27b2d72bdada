"""`analyzer train`: a model from labelled calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.running import errors_told

FURTHER = ("further_calls.jsonl", "cucom_calls.jsonl")


def train(
    corpus: Annotated[
        Path, typer.Option("--corpus", metavar="FILE", help="Labelled calls, a call a line.")
    ] = Path("data/corpus.jsonl"),
    further: Annotated[
        list[Path] | None,
        typer.Option(
            "--further",
            metavar="FILE",
            help="Labelled calls to learn from but not to measure on; may be given several times. "
            "By default those of data/ beside the corpus.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the model.")] = Path(
        "runs/model"
    ),
    groups: Annotated[
        int,
        typer.Option(
            "--groups",
            help="Into how many groups authors are dealt, to be left out in turn; as many as there "
            "are authors leaves each out alone.",
        ),
    ] = 3,
    encoder: Annotated[
        str | None,
        typer.Option("--encoder", help="A Hugging Face encoder or a folder; MiniLM by default."),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", help="Passes over the calls.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="What everything random follows.")] = (
        None
    ),
    note: Annotated[
        str, typer.Option("--note", help="What is tried, for the history in runs.jsonl.")
    ] = "",
) -> None:
    """Train a model and measure it; interrupted, the same command goes on.

    Needs the extra `train` for the default encoder. `models/` was made with the defaults.
    """
    with errors_told():
        from dataclasses import replace

        from rich.console import Console

        from analyzer.corpus import read_corpus
        from analyzer.progress import training_progress
        from analyzer.tagger.training import TrainingSettings
        from analyzer.train import author_groups, train_model

        usual = TrainingSettings()
        settings = replace(
            usual,
            encoder=encoder or usual.encoder,
            epochs=usual.epochs if epochs is None else epochs,
            seed=usual.seed if seed is None else seed,
        )
        calls = read_corpus(corpus)
        beside = [corpus.with_name(name) for name in FURTHER]
        files = [path for path in beside if path.exists()] if further is None else further
        others = [call for path in files for call in read_corpus(path)]
        with training_progress(Console(stderr=True)) as progress:
            figures = train_model(
                calls,
                out,
                further=others,
                settings=settings,
                groups=author_groups([*calls, *others], groups),
                note=note,
                progress=progress,
            )
        Console().print(figures.table())
        typer.echo(f"\nThe model is in {out}")
