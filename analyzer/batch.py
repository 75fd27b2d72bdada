"""From exported transcripts to a folder of results, in one pass, however many calls there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analyzer.call import Call, Speaker
from analyzer.errors import AnalyzerError, InvalidCallError
from analyzer.readers.reading import readings
from analyzer.report_files import OutputFormat
from analyzer.summary import Summary
from analyzer.writers import Failure, Results

if TYPE_CHECKING:
    from analyzer.pipeline import Analyzer
    from analyzer.report import CallReport

Watcher = Callable[[Summary], None]


class _Place(NamedTuple):
    """Where a call in flight was read."""

    source: str | None = None
    place: str | None = None


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
    places: dict[str, _Place] = {}

    def note_failure(failure: Failure) -> None:
        results.fail(failure)
        summary.add_failure()
        if watch:
            watch(summary)

    def note_unscored(call: Call, error: Exception) -> None:
        note_failure(_unscored(call, error, places.pop(call.id, _Place())))

    def calls() -> Iterator[Call]:
        for source, place, call, error in readings(
            map(str, inputs), format=input_format, columns=columns, roles=roles
        ):
            if call is not None:
                places[call.id] = _Place(source, place)
                if "duplicate_of" in call.metadata:
                    note_failure(_renamed(call, source, place))
                yield call
            elif error is not None:
                note_failure(Failure.of(error))

    with Results(out, formats, text=text, page=_write_page if report else None) as results:
        for scored in analyzer.analyze_many(calls(), on_failure=note_unscored):
            places.pop(scored.id, None)
            results.write(scored)
            summary.add(scored)
            if watch:
                watch(summary)
    return summary


def _renamed(call: Call, source: str | None, place: str | None) -> Failure:
    """Nothing is lost by an id that comes twice, but somebody should know."""
    error = InvalidCallError(
        f"has the id of an earlier call, {call.metadata['duplicate_of']!r}; it was scored as "
        f"{call.id!r}.",
        source=source,
        place=place,
        remedy="Give each call an id of its own.",
    )
    return Failure.of(error, call.id)


def _unscored(call: Call, error: Exception, place: _Place) -> Failure:
    """Why a call was not scored; of an unforeseen fault only its kind, as it may quote the talk."""
    if not isinstance(error, AnalyzerError):
        error = AnalyzerError(
            f"could not be scored ({type(error).__name__}).",
            remedy="Please report this fault, with the call if you may share it.",
        )
    failure = Failure.of(error, call.id)
    return failure.model_copy(
        update={
            "source": failure.source or place.source,
            "place": place.place or failure.place or f"call {call.id}",
        }
    )


def _write_page(reports: Iterator[CallReport], path: Path) -> None:
    from analyzer.pages import write_report

    write_report(reports, path)
