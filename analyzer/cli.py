"""The command line: each command is one call of the library."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.commands.benchmark import benchmark
from analyzer.commands.change import change
from analyzer.commands.compare import compare
from analyzer.commands.convert import convert
from analyzer.commands.evaluate import evaluate
from analyzer.commands.reference import formats, schema
from analyzer.commands.report import report
from analyzer.commands.score import score
from analyzer.commands.scripts import learn_scripts
from analyzer.commands.show import show
from analyzer.commands.standards import standards
from analyzer.commands.train import train
from analyzer.version import __version__

app = typer.Typer(
    name="analyzer",
    help="Find scripted, uncaring and dismissive agent language in call transcripts, score "
    "empathy, and see the missed chances to turn a bad call round. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"analyzer {__version__}")
        raise typer.Exit


for command in (
    score,
    show,
    report,
    compare,
    change,
    standards,
    evaluate,
    benchmark,
    train,
    convert,
    formats,
    schema,
):
    app.command()(command)

house_scripts = typer.Typer(help="House scripts: lines that agents of a company keep saying.")
house_scripts.command("learn")(learn_scripts)
app.add_typer(house_scripts, name="scripts")


def main() -> None:
    """Run the command line."""
    from analyzer.terminal import allow_any_encoding

    allow_any_encoding()
    app()


if __name__ == "__main__":
    main()
