"""From exported transcripts to a folder of results, however many calls there are.

What is finished is kept part by part, so that a run that is killed goes on where it stopped when
the same command is given again; the results are made from the parts when all are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.batch.chunks import Chunk, chunks
from analyzer.batch.counting import count_ahead
from analyzer.batch.parts import Parts, Workplace, changed
from analyzer.batch.progress import Progress, Tally, Watcher
from analyzer.batch.scoring import Scorer
from analyzer.call import Speaker
from analyzer.engines.base import Engine
from analyzer.engines.local import LocalEngine
from analyzer.readers.reading import Reading, readings
from analyzer.report_files import FILES, OutputFormat
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.summary import Summary

_TELL_EVERY = 100  # readings that are written


def score_files(
    analyzer: Scorer | Engine,
    inputs: Iterable[str | Path],
    out: str | Path,
    *,
    formats: Sequence[OutputFormat] = ("jsonl", "csv"),
    text: bool = True,
    report: bool = True,
    input_format: str | None = None,
    columns: Mapping[str, str] | None = None,
    roles: Mapping[str, Speaker] | None = None,
    standards: str | Path | None = None,
    restart: bool = False,
    watch: Watcher | None = None,
) -> Summary:
    """Score every call of some exports into a folder.

    What cannot be read or scored becomes a line of failures.jsonl, and the rest goes on. Results
    stand in the order of the input. If an earlier run of the same kind was interrupted, what it
    had finished is not scored again. Results of an earlier run that is complete are replaced: those
    that this run does not write are removed.

    Args:
        analyzer: What scores: an analyzer, or an engine that spreads the work.
        inputs: Files, folders, globs, addresses, or ``-`` for standard input.
        out: The folder to write to.
        formats: Which files to write.
        text: Whether what was said may stand in the results.
        report: Whether to write report.html.
        input_format: The exports' format; found out by default.
        columns: For tables, which column holds what: ``{"text": "Utterance"}``.
        roles: Whom a speaker's name means: ``{"spk_0": "agent"}``.
        standards: A file of the house's standards; how each call stands to them is written to
            standards.jsonl.
        restart: Whether to throw away what an interrupted run left.
        watch: Called whenever some calls are finished, for a progress display.

    Returns:
        What the batch adds up to.

    Raises:
        OutputError: If the results cannot be written, or the folder holds what an interrupted run
            of another command or over other inputs left.
        UsageError: If there is no such input format, or the standards make no sense.
    """
    # Not at the top: these draw pages, and workers need them not.
    from analyzer.batch.earlier import remove_earlier
    from analyzer.batch.publishing import hold_to_standards, page_writer, publish
    from analyzer.standards import read_rubric

    rubric = None if standards is None else read_rubric(standards)

    engine = analyzer if isinstance(analyzer, Engine) else LocalEngine.of(analyzer)
    sources = [str(one) for one in inputs]
    options: dict[str, Any] = {
        "format": input_format,
        "columns": columns,
        "roles": roles,
        "leave_out": (out,),
        "tell_changes": True,
    }
    job = {
        "inputs": sources,
        "input format": input_format,
        "columns": dict(columns or {}),
        "roles": dict(roles or {}),
        "text": text,
        "model": engine.identity,
        "version": __version__,
    }
    progress = Progress()
    workplace = Workplace(out, job, restart=restart)
    with workplace as parts:
        if watch:
            count_ahead(sources, options, progress)
        count = _score(engine, readings(sources, **options), parts, text, progress, watch)
        page = page_writer(rubric, engine.scripts) if report else None
        summary = publish(
            parts, count, out, formats, text=text, page=page, note=_writing(progress, watch)
        )
        if rubric is not None:
            hold_to_standards(parts, count, out, rubric)
        written = _written(formats, page=report, standards=rubric is not None)
        remove_earlier(out, written, sources)
        workplace.clear()
    summary.seconds = progress.seconds_so_far
    summary.kept = progress.kept
    return summary


def _written(formats: Sequence[OutputFormat], *, page: bool, standards: bool) -> set[str]:
    """Names of the results that a run writes."""
    from analyzer.batch.publishing import STANDARDS
    from analyzer.writers import PAGE

    names = {kind.name for name in formats for kind in FILES[name]}
    return names | ({PAGE} if page else set()) | ({STANDARDS} if standards else set())


def _writing(progress: Progress, watch: Watcher | None) -> Callable[[], None]:
    """Counts what is written, and tells whoever watches now and then."""

    def note() -> None:
        progress.write()
        if watch and progress.written % _TELL_EVERY == 0:
            watch(progress)

    return note


def _score(
    engine: Engine,
    found: Iterator[Reading],
    parts: Parts,
    text: bool,
    progress: Progress,
    watch: Watcher | None,
) -> int:
    """Have every chunk scored that is not yet; give how many chunks there are."""
    count = 0

    def note(tally: Tally, *, kept: bool = False) -> None:
        progress.add(tally, kept=kept)
        if watch:
            watch(progress)

    def unfinished() -> Iterator[Chunk]:
        nonlocal count
        total = 0
        for chunk in chunks(found):
            count += 1
            total += len(chunk.items)
            tally = parts.find(chunk)
            if tally is None:
                yield chunk
            else:
                note(tally, kept=True)
        progress.total = total

    with closing(engine.score(unfinished(), parts, text=text)) as tallies:
        for tally in tallies:
            note(tally)
    if parts.count() > count:
        raise changed(parts.folder.parent)
    return count
