"""A folder of results: the files of reports, failures.jsonl and report.html, whole or not at all.

Files are written under temporary names (`calls.csv.partial`) and take their own names together,
when everything is complete: a run that breaks off leaves earlier results as they were, and nothing
half written under a name that somebody reads.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from pydantic import BaseModel, ConfigDict, Field

from analyzer.errors import AnalyzerError, OutputError, ReadError
from analyzer.files import PARTIAL, clear_errors, sync
from analyzer.redaction import without_text
from analyzer.report import CallReport
from analyzer.report_files import FILES, JsonLinesFile, OutputFormat, ReportFile

PageWriter = Callable[[Iterator[CallReport], Path], object]

FAILURES = "failures.jsonl"
PAGE = "report.html"


class Failure(BaseModel):
    """A file or call that could not be read or scored: one line of failures.jsonl."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(default=None, description="The file, address or stream.")
    place: str | None = Field(default=None, description="The line, row or turn in the source.")
    problem: str
    remedy: str | None = None
    call: str | None = Field(default=None, description="The call's id, where known.")

    @classmethod
    def of(cls, error: AnalyzerError, call: str | None = None) -> Failure:
        """The failure that an error tells of."""
        return cls(
            source=error.source,
            place=error.place,
            problem=error.problem,
            remedy=error.remedy,
            call=call,
        )


class Results:
    """A folder of results: a context manager that is complete or leaves no trace.

    Args:
        out: The folder; made where it is missing.
        formats: Which files to write.
        text: Whether what was said may stand in them.
        page: Writes report.html from the reports, at the end, to the path it is given.

    Raises:
        OutputError: If the folder cannot be made or written, the disk is full, or a folder of
            somebody else is where the page keeps its own; scores are written even then.
    """

    def __init__(
        self,
        out: str | Path,
        formats: Sequence[OutputFormat] = ("jsonl", "csv"),
        *,
        text: bool = True,
        page: PageWriter | None = None,
    ) -> None:
        self.out = Path(out)
        self._text = text
        self._page = page
        self._formats = tuple(dict.fromkeys(formats))
        self._files: list[ReportFile] = []
        self._failures: TextIO | None = None

    def __enter__(self) -> Self:
        with clear_errors(self.out):
            try:
                self.out.mkdir(parents=True, exist_ok=True)
                kinds = [kind for name in self._formats for kind in FILES[name]]
                if self._page is not None and JsonLinesFile not in kinds:
                    kinds.append(JsonLinesFile)  # what the page is made from
                for kind in kinds:
                    self._files.append(kind(self._partial(kind.name)))
                self._failures = self._partial(FAILURES).open("w", encoding="utf-8", newline="\n")
            except BaseException:
                self._discard()
                raise
        return self

    def write(self, report: CallReport) -> None:
        """Add one report to every file."""
        shown = report if self._text else without_text(report)
        with clear_errors(self.out):
            for file in self._files:
                file.write(shown)

    def fail(self, failure: Failure) -> None:
        """Add one line to failures.jsonl."""
        if self._failures is None:
            raise RuntimeError("Results must be entered first")
        with clear_errors(self.out):
            self._failures.write(failure.model_dump_json() + "\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                with clear_errors(self.out):
                    self._publish()
        finally:
            self._discard()

    def _publish(self) -> None:
        for file in self._files:
            file.close()
        self._publish_failures()
        reports = self._partial(JsonLinesFile.name)
        for name in (kind.name for format in self._formats for kind in FILES[format]):
            self._partial(name).replace(self.out / name)
            if name == JsonLinesFile.name:
                reports = self.out / name
        # Last, so that a fault in drawing never costs the scores.
        if self._page is not None:
            self._publish_page(self._page, reports)

    def _publish_page(self, page: PageWriter, reports: Path) -> None:
        """The page, and the folder that a page of very many calls keeps beside it."""
        from analyzer.pages.transcripts import remove_transcripts  # draws: only where wanted

        shutil.rmtree(self._page_folder, ignore_errors=True)  # of a run that was killed here
        self._page_folder.mkdir()
        page(read_reports(reports), self._page_folder / PAGE)
        remove_transcripts(self.out / PAGE)
        made = sorted(self._page_folder.iterdir())
        for folder in (self.out / one.name for one in made if one.is_dir()):
            if folder.exists():
                raise OutputError(
                    "is where the report keeps its transcripts, but holds something else.",
                    source=str(folder),
                    remedy="Move it away or give another folder, and run the same command again.",
                )
        for one in made:
            one.replace(self.out / one.name)

    def _publish_failures(self) -> None:
        if self._failures is None:
            return
        with self._failures:
            sync(self._failures)
        failures = self._partial(FAILURES)
        if failures.stat().st_size:
            failures.replace(self.out / FAILURES)
        else:
            (self.out / FAILURES).unlink(missing_ok=True)

    def _discard(self) -> None:
        """Remove what is not published; a second error on the way out is of no interest."""
        for file in self._files:
            with suppress(Exception):
                file.close()
        if self._failures is not None:
            with suppress(Exception):
                self._failures.close()
        for name in (*(kind.name for kinds in FILES.values() for kind in kinds), FAILURES):
            with suppress(OSError):
                self._partial(name).unlink()
        shutil.rmtree(self._page_folder, ignore_errors=True)

    @property
    def _page_folder(self) -> Path:
        return self._partial(PAGE)

    def _partial(self, name: str) -> Path:
        return self.out / (name + PARTIAL)


def read_reports(path: str | Path) -> Iterator[CallReport]:
    """The reports of a calls.jsonl, one by one.

    Raises:
        ReadError: If the file cannot be read, or a line is not a report.
    """
    remedy = "Give a calls.jsonl that `analyzer score` wrote."
    number = 0
    try:
        with Path(path).open(encoding="utf-8") as lines:
            for line in lines:
                number += 1
                yield CallReport.model_validate_json(line)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ReadError(f"cannot be read ({why}).", source=str(path), remedy=remedy) from error
    except ValueError as error:
        raise ReadError(
            "is not a report.", source=str(path), place=f"line {number}", remedy=remedy
        ) from error
