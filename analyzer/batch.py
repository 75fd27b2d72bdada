"""From exported transcripts to a folder of results, in one pass, however many calls there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.call import Call, Speaker
from analyzer.errors import AnalyzerError, InvalidCallError, ReadError
from analyzer.report_files import OutputFormat
from analyzer.summary import Summary
from analyzer.writers import Failure, Results

if TYPE_CHECKING:
    from analyzer.pipeline import Analyzer

Watcher = Callable[[Summary], None]
NoteFailure = Callable[[Failure], None]


def score_files(
    analyzer: Analyzer,
    inputs: Iterable[str | Path],
    out: str | Path,
    *,
    formats: Sequence[OutputFormat] = ("jsonl", "csv"),
    text: bool = True,
    report: bool = True,
    input_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    roles: Mapping[str, Speaker] | None = None,
    watch: Watcher | None = None,
) -> Summary:
    """Score every call of some exports into a folder.

    What cannot be read or scored becomes a line of failures.jsonl, and the rest goes on. Results
    stand in the order of the input.

    Args:
        analyzer: What scores.
        inputs: Files, folders, globs, or ``-`` for standard input.
        out: The folder to write to.
        formats: Which files to write.
        text: Whether what was said may stand in the results.
        report: Whether to write report.html.
        input_format: The exports' format; found out by default.
        columns: For tables, which column holds what: ``{"text": "Utterance"}``.
        roles: Whom a speaker's name means: ``{"spk_0": "agent"}``.
        watch: Called after every call and every failure, for a progress display.

    Returns:
        What the batch adds up to.

    Raises:
        OutputError: If the results cannot be written.
        UsageError: If there is no such input format.
    """
    summary = Summary()
    sources: dict[str, str] = {}

    def note_failure(failure: Failure) -> None:
        results.fail(failure)
        summary.add_failure()
        if watch:
            watch(summary)

    def note_unscored(call: Call, error: Exception) -> None:
        note_failure(_unscored(call, error, sources.get(call.id)))

    with Results(out, formats, text=text, page=_write_page if report else None) as results:
        calls = _calls(inputs, input_format, columns, roles, sources, note_failure)
        for scored in analyzer.analyze_many(calls, on_failure=note_unscored):
            results.write(scored)
            summary.add(scored)
            if watch:
                watch(summary)
    return summary


def _calls(
    inputs: Iterable[str | Path],
    input_format: str | None,
    columns: Mapping[str, str] | None,
    roles: Mapping[str, Speaker] | None,
    sources: dict[str, str],
    note_failure: NoteFailure,
) -> Iterator[Call]:
    """The calls of all inputs, each id once; notes in `sources` where each came from."""
    from analyzer.readers import read_calls

    for source in map(str, inputs):
        try:
            for call in read_calls(
                source,
                format=input_format,
                columns=columns,
                roles=roles,
                on_failure=lambda error: note_failure(Failure.of(error)),
            ):
                if call.id in sources:
                    note_failure(_twice(call, source))
                else:
                    sources[call.id] = source
                    yield call
        except ReadError as error:
            note_failure(Failure.of(error))


def _twice(call: Call, source: str) -> Failure:
    error = InvalidCallError(
        "has the id of an earlier call and was not scored.",
        source=source,
        place=f"call {call.id}",
        remedy="Give each call an id of its own, or score the exports into separate folders.",
    )
    return Failure.of(error, call.id)


def _unscored(call: Call, error: Exception, source: str | None) -> Failure:
    """Why a call was not scored; of an unforeseen fault only its kind, as it may quote the talk."""
    if not isinstance(error, AnalyzerError):
        error = AnalyzerError(
            f"could not be scored ({type(error).__name__}).",
            remedy="Please report this fault, with the call if you may share it.",
        )
    failure = Failure.of(error, call.id)
    return failure.model_copy(
        update={"source": failure.source or source, "place": failure.place or f"call {call.id}"}
    )


def _write_page(reports: Iterator[object], path: Path) -> None:
    from analyzer.pages import write_report

    write_report(reports, path)
