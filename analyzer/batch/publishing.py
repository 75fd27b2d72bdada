"""From the parts of a run to the files that people read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.batch.parts import Parts
from analyzer.files import write_lines
from analyzer.report import CallReport
from analyzer.report_files import OutputFormat
from analyzer.summary import Summary
from analyzer.writers import Failure, PageWriter, Results

if TYPE_CHECKING:
    from analyzer.scripts import ScriptBook
    from analyzer.standards import Rubric

STANDARDS = "standards.jsonl"


def publish(
    parts: Parts,
    count: int,
    out: str | Path,
    formats: Sequence[OutputFormat],
    *,
    text: bool,
    page: PageWriter | None,
    note: Callable[[], None] = lambda: None,
) -> Summary:
    """Write the results of a complete run, in the order of the input.

    Args:
        parts: What was finished.
        count: How many parts there are.
        out: The results' folder.
        formats: Which files to write.
        text: Whether what was said may stand in them.
        page: Writes report.html.
        note: Called for every reading whose results are written.

    Returns:
        What the batch adds up to.

    Raises:
        OutputError: If a file cannot be written.
    """
    summary = Summary()
    with Results(out, formats, text=text, page=page) as results:
        for stored, failures in parts.read(count):
            for failure in failures:
                results.fail(Failure.model_validate_json(failure))
                summary.add_failure()
            if stored is not None:
                report = CallReport.model_validate_json(stored)
                results.write(report)
                summary.add(report)
            note()
    return summary


def hold_to_standards(parts: Parts, count: int, out: str | Path, rubric: Rubric) -> None:
    """Write standards.jsonl: how each call stands to a house's standards, in the same order.

    Raises:
        OutputError: If the file cannot be written.
    """
    from analyzer.standards import HouseTally

    tally = HouseTally(rubric)
    reports = (CallReport.model_validate_json(stored) for stored, _ in parts.read(count) if stored)
    write_lines(Path(out) / STANDARDS, (tally.add(one).model_dump_json() for one in reports))


def page_writer(rubric: Rubric | None, scripts: ScriptBook | Path | None) -> PageWriter:
    """What writes report.html, with the house's standards and scripts where there are such."""
    from analyzer.pages import write_report
    from analyzer.scripts import ScriptBook

    book = ScriptBook.load(scripts) if isinstance(scripts, Path) else scripts
    return partial(write_report, standards=rubric, scripts=book)
