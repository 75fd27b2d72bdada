"""The command line: each command is one call of the library, and heavy parts load only in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from analyzer.call import Call
from analyzer.cli_options import (
    Columns,
    InputFormat,
    Inputs,
    ModelFolder,
    OneInput,
    Roles,
    Written,
    format_names,
    pairs_of,
    roles_of,
)
from analyzer.errors import AnalyzerError, ReadError, UsageError
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


@app.command()
def score(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    formats: Annotated[
        list[Written] | None,
        typer.Option(
            "--format",
            help="What to write, instead of jsonl and csv; may be given several times.",
        ),
    ] = None,
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
    text: Annotated[
        bool, typer.Option("--text/--no-text", help="Whether results may hold what was said.")
    ] = True,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether to write report.html.")
    ] = True,
    scripts: Annotated[
        Path | None,
        typer.Option(
            "--scripts", metavar="FILE", help="House scripts that `analyzer scripts learn` found."
        ),
    ] = None,
    model: ModelFolder = None,
) -> None:
    """Score every call of some exports.

    Writes calls.jsonl, calls.csv and report.html; what could not be read or scored stands in
    failures.jsonl, and the exit status is then 1.
    """
    with _errors_told():
        given_columns, given_roles = pairs_of("--map", columns), roles_of(roles)
        analyzer = _load(model, scripts)

        from rich.console import Console

        from analyzer.batch import score_files
        from analyzer.progress import scoring_progress, show_summary

        with scoring_progress(Console(stderr=True)) as watch:
            summary = score_files(
                analyzer,
                inputs,
                out,
                formats=format_names(formats or [Written.jsonl, Written.csv]),
                text=text,
                report=report,
                input_format=input_format,
                columns=given_columns,
                roles=given_roles,
                watch=watch,
            )
        show_summary(summary, Console())
        typer.echo(f"\nResults are in {out}")
        if summary.failures:
            typer.echo(f"What could not be read or scored is in {out / 'failures.jsonl'}", err=True)
            raise typer.Exit(1)


@app.command()
def show(
    source: OneInput,
    call: Annotated[
        str | None, typer.Option("--call", metavar="ID", help="Which call; the first by default.")
    ] = None,
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
    model: ModelFolder = None,
) -> None:
    """Show one call in the terminal: the transcript with its findings, then the scores."""
    with _errors_told():
        calls = _read(source, input_format, columns, roles)
        chosen = next((one for one in calls if call is None or one.id == call), None)
        if chosen is None:
            raise ReadError(
                "has no call that can be shown." if call is None else f"has no call {call}.",
                source=source,
                remedy="`analyzer convert` lists what is in it.",
            )

        from rich.console import Console

        from analyzer.terminal import show_call

        show_call(_load(model).analyze(chosen), Console())


@app.command()
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
    with _errors_told():
        from rich.console import Console

        from analyzer.evaluation.evaluate import evaluate as measure_model
        from analyzer.writers import write_lines

        with _busy("measuring"):
            figures = measure_model(corpus, model=model, baselines=baselines)
        Console().print(figures.table())
        if json_file is not None:
            write_lines(json_file, [figures.model_dump_json(indent=1)])


@app.command()
def report(
    reports: Annotated[
        Path, typer.Argument(metavar="CALLS.jsonl", help="What `analyzer score` wrote.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")] = Path(
        "report.html"
    ),
    title: Annotated[str, typer.Option("--title", help="What stands above it.")] = "Call report",
) -> None:
    """Write the page of results that were scored before."""
    with _errors_told():
        from analyzer.pages import write_report
        from analyzer.writers import read_reports

        with _busy("writing the page"):
            write_report(read_reports(reports), out, title=title)
        typer.echo(f"The page is {out}")


house_scripts = typer.Typer(help="House scripts: lines that agents of a company keep saying.")
app.add_typer(house_scripts, name="scripts")


@house_scripts.command("learn")
def learn_scripts(
    inputs: Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
) -> None:
    """Find the lines that recur across a company's calls, for `analyzer score --scripts`."""
    with _errors_told():
        given_columns, given_roles = pairs_of("--map", columns), roles_of(roles)

        from analyzer.readers import read_calls
        from analyzer.scripts import discover_scripts

        failures: list[ReadError] = []
        with _busy("learning scripts"):
            calls = read_calls(
                inputs,
                format=input_format,
                columns=given_columns,
                roles=given_roles,
                on_failure=failures.append,
            )
            book = discover_scripts(calls)
        book.save(out)
        for script in book.scripts[:10]:
            typer.echo(f"{script.calls:>6} calls  {script.template}")
        typer.echo(f"\n{len(book.scripts)} scripts are in {out}")
        for failure in failures:
            typer.echo(str(failure), err=True)
        if failures:
            raise typer.Exit(1)


@app.command()
def train(
    corpus: Annotated[
        Path, typer.Option("--corpus", metavar="FILE", help="Labelled calls, a call a line.")
    ] = Path("data/corpus.jsonl"),
    further: Annotated[
        Path | None,
        typer.Option(
            "--further", metavar="FILE", help="Labelled calls to learn from but not to measure on."
        ),
    ] = Path("data/further_calls.jsonl"),
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
) -> None:
    """Train a model and measure it; interrupted, the same command goes on.

    Needs the extra `train` for the default encoder. `models/` was made with the defaults.
    """
    with _errors_told():
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
        with training_progress(Console(stderr=True)) as progress:
            figures = train_model(
                calls,
                out,
                further=read_corpus(further) if further else (),
                settings=settings,
                groups=author_groups(calls, groups),
                progress=progress,
            )
        Console().print(figures.table())
        typer.echo(f"\nThe model is in {out}")


@app.command()
def convert(
    source: OneInput,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    to: Annotated[
        Literal["neutral", "vcon"],
        typer.Option("--to", help="Neutral JSON Lines, or JSON Lines of vCon documents."),
    ] = "neutral",
    columns: Columns = None,
    roles: Roles = None,
    input_format: InputFormat = None,
) -> None:
    """Write calls of any known format as neutral JSON Lines, a call a line."""
    with _errors_told():
        from analyzer.convert import convert_calls

        failed = []

        def note(error: ReadError) -> None:
            failed.append(error)
            typer.echo(str(error), err=True)

        calls = _read(source, input_format, columns, roles, on_failure=note)
        written = convert_calls(calls, out, to)
        typer.echo(f"{written:,} calls are in {out}")
        if failed:
            raise typer.Exit(1)


@app.command()
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


@app.command()
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


def _load(folder: Path | None, scripts: Path | None = None) -> Any:
    from analyzer.pipeline import Analyzer
    from analyzer.scripts import ScriptBook

    return Analyzer.load(folder, scripts=ScriptBook.load(scripts) if scripts else None)


def _read(
    source: str,
    input_format: str | None,
    columns: list[str] | None,
    roles: list[str] | None,
    on_failure: Any = None,
) -> Iterator[Call]:
    from analyzer.readers import read_calls

    return read_calls(
        source,
        format=input_format,
        columns=pairs_of("--map", columns),
        roles=roles_of(roles),
        on_failure=on_failure,
    )


@contextmanager
def _busy(what: str) -> Iterator[None]:
    """A sign of life on a terminal; nothing in a pipe."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


@contextmanager
def _errors_told() -> Iterator[None]:
    """Say what is wrong in a line, and end with the status that the error calls for."""
    try:
        yield
    except AnalyzerError as error:
        typer.echo(f"analyzer: {error}", err=True)
        raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error
    except KeyboardInterrupt:
        typer.echo("analyzer: stopped; nothing was written.", err=True)
        raise typer.Exit(130) from None


def main() -> None:
    """Run the command line."""
    from analyzer.terminal import allow_any_encoding

    allow_any_encoding()
    app()


if __name__ == "__main__":
    main()
