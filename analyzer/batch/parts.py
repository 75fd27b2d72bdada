"""Where a run keeps what it has finished: one Parquet file a chunk, whole or not there.

The folder `.unfinished` stands inside the results' folder while a run goes on. Killed at any
moment, it holds whole parts and perhaps a file with a temporary name, which counts for nothing.
A part says which readings it was made from, and the folder which command it belongs to, so that
nothing of another input or another command is ever taken for finished.
"""

from __future__ import annotations

import gzip
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from analyzer.batch.chunks import Chunk
from analyzer.batch.progress import Tally
from analyzer.batch.scoring import Outcome
from analyzer.errors import OutputError
from analyzer.files import clear_errors, write_lines

FOLDER = ".unfinished"
JOB = "job.json"
LOCK = "lock"

_SCHEMA = pa.schema([("report", pa.string()), ("failures", pa.list_(pa.string()))])
_NOTE = b"analyzer"


class Parts:
    """The finished parts of a run.

    Safe to use from several processes and machines that share the folder: parts are written under
    a name of their own and renamed.

    Args:
        out: The results' folder.
    """

    def __init__(self, out: str | Path) -> None:
        self.folder = Path(out) / FOLDER

    def write(self, chunk: Chunk, outcomes: Sequence[Outcome]) -> Tally:
        """Keep what became of a chunk.

        Raises:
            OutputError: If it cannot be written.
        """
        tally = _tally(chunk.number, outcomes)
        note = {
            "digest": chunk.digest,
            "readings": tally.readings,
            "calls": tally.calls,
            "turns": tally.turns,
            "failures": tally.failures,
        }
        table = pa.table(
            {
                "report": [
                    None if o.report is None else o.report.model_dump_json() for o in outcomes
                ],
                "failures": [[f.model_dump_json() for f in o.failures] for o in outcomes],
            },
            schema=_SCHEMA.with_metadata({_NOTE: json.dumps(note).encode()}),
        )
        partial = self.folder / f"{uuid.uuid4().hex}.partial"
        with clear_errors(self.folder.parent):
            try:
                with partial.open("wb") as file:
                    pq.write_table(table, file, compression="zstd", write_page_checksum=True)
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(self._path(chunk.number))
            finally:
                partial.unlink(missing_ok=True)
        return tally

    def find(self, chunk: Chunk) -> Tally | None:
        """The tally of a chunk that was finished before; None where it is still to be scored.

        Raises:
            OutputError: If the part was made from other readings.
        """
        path = self._path(chunk.number)
        if not path.exists():
            return None
        note = _note_of(path)
        if note is None or not _is_whole(path):  # broken by a power cut, say: scored again
            path.unlink()
            return None
        if note["digest"] != chunk.digest:
            raise changed(self.folder.parent)
        return _noted(chunk.number, note)

    def stage(self, chunk: Chunk) -> str:
        """Put a chunk where workers on other machines can read it; give its name there.

        The name is given once only: a dying worker of an earlier run, whose chunk has the same
        number, must not remove this one. Only the owner may read what was said in it.
        """
        name = f"todo-{chunk.number:07}-{uuid.uuid4().hex}.json.gz"
        content = gzip.compress(chunk.model_dump_json().encode(), compresslevel=1)
        with clear_errors(self.folder.parent):
            try:
                with open(self.folder / name, "xb", opener=_for_owner) as file:
                    file.write(content)
            except BaseException:
                self.unstage(name)
                raise
        return name

    def staged(self, name: str) -> Chunk | Tally:
        """The chunk under a name that `stage` gave, or its tally where it is finished already."""
        with clear_errors(self.folder.parent):
            try:
                return Chunk.model_validate_json(gzip.decompress((self.folder / name).read_bytes()))
            except FileNotFoundError:
                number = int(name.split("-")[1])
                note = _note_of(self._path(number))
                if note is None:
                    raise
                return _noted(number, note)

    def unstage(self, name: str) -> None:
        """Remove a staged chunk: it is finished."""
        (self.folder / name).unlink(missing_ok=True)

    def read(self, count: int) -> Iterator[tuple[str | None, list[str]]]:
        """Report and failures (JSON) of every reading of the first `count` parts, in order.

        Raises:
            OutputError: If a part is not there any more.
        """
        for number in range(count):
            with clear_errors(self.folder.parent):
                table = pq.read_table(
                    self._path(number), page_checksum_verification=True, memory_map=False
                )
            yield from zip(table["report"].to_pylist(), table["failures"].to_pylist(), strict=True)

    def count(self) -> int:
        """One past the last part there is."""
        numbers = (path.stem.partition("-")[2] for path in self.folder.glob("part-*.parquet"))
        return max((int(number) + 1 for number in numbers if number.isdigit()), default=0)

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:07}.parquet"


class Workplace:
    """The folder of a run, held by it alone: a context manager.

    Args:
        out: The results' folder; made where it is missing.
        job: What the reports depend on, by name: inputs, options, model.
        restart: Whether to throw away what an interrupted run left.

    Raises:
        OutputError: If the folder cannot be written, another run is at work in it, or it holds
            what another command left.
    """

    def __init__(self, out: str | Path, job: Mapping[str, Any], *, restart: bool = False) -> None:
        self.out = Path(out)
        self.parts = Parts(out)
        self._job = json.loads(json.dumps(job))
        self._restart = restart
        self._lock = FileLock(self.parts.folder / LOCK, blocking=False)

    def __enter__(self) -> Parts:
        folder = self.parts.folder
        with clear_errors(self.out):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire()
            except Timeout:
                raise OutputError(
                    "another run is writing its results here.",
                    source=str(self.out),
                    remedy="Wait for it to end, or give another folder.",
                ) from None
            try:
                for left in (*folder.glob("*.partial"), *folder.glob("todo-*")):
                    left.unlink(missing_ok=True)
                self._settle()
            except BaseException:
                self._lock.release()
                raise
        return self.parts

    def __exit__(self, *_: object) -> None:
        if self._lock.is_locked and not self.parts.count():
            self.clear()
        self._lock.release()

    def clear(self) -> None:
        """Remove the folder: everything is published, or nothing was done."""
        folder = self.parts.folder
        with suppress(OSError):
            for path in folder.iterdir():
                if path.name != LOCK:
                    path.unlink()
        self._lock.release()
        with suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)
            folder.rmdir()

    def _settle(self) -> None:
        """Take over what the same command left; refuse what another did."""
        folder = self.parts.folder
        if self._restart:
            for path in folder.glob("part-*.parquet"):
                path.unlink()
        before = _job_of(folder / JOB)
        if before is None or not self.parts.count():
            for path in folder.glob("part-*.parquet"):
                path.unlink()
            write_lines(folder / JOB, [json.dumps(self._job)])
        elif before != self._job:
            names = sorted({*before, *self._job})
            other = ", ".join(name for name in names if before.get(name) != self._job.get(name))
            raise OutputError(
                f"holds the unfinished run of another command (other: {other}).",
                source=str(self.out),
                remedy="Repeat that command to end it, give another folder, or begin anew with "
                "--restart.",
            )


def changed(out: Path) -> OutputError:
    """The error where the input is not the one that an interrupted run read."""
    return OutputError(
        "the input has changed since the interrupted run whose results are kept here.",
        source=str(out),
        remedy="Put the input back as it was, or begin anew with --restart.",
    )


def _tally(number: int, outcomes: Sequence[Outcome]) -> Tally:
    reports = [outcome.report for outcome in outcomes if outcome.report is not None]
    return Tally(
        number,
        len(outcomes),
        len(reports),
        sum(len(report.turns) for report in reports),
        sum(len(outcome.failures) for outcome in outcomes),
    )


def _for_owner(path: str, flags: int) -> int:
    """Opens a file that nobody else may read."""
    return os.open(path, flags, 0o600)


def _is_whole(path: Path) -> bool:
    try:
        pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return False
    return True


def _noted(number: int, note: dict[str, Any]) -> Tally:
    return Tally(number, note["readings"], note["calls"], note["turns"], note["failures"])


def _note_of(path: Path) -> dict[str, Any] | None:
    try:
        metadata = pq.read_schema(path).metadata or {}
        note: dict[str, Any] = json.loads(metadata[_NOTE])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    return note


def _job_of(path: Path) -> dict[str, Any] | None:
    try:
        job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return job
