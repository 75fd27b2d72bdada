"""Runs that are killed, stopped or disturbed, and then go on."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from killing import (
    CALLS,
    Cheap,
    kill_often,
    kill_while_publishing,
    parts,
    results,
    start,
    write_input,
)

from analyzer.batch import Progress, score_files
from analyzer.batch.chunks import CHUNK
from analyzer.batch.parts import FOLDER
from analyzer.call import Call
from analyzer.engines import LocalEngine
from analyzer.errors import AnalyzerError, OutputError
from analyzer.readers import Export, Reader, registry
from analyzer.summary import Summary


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "in.jsonl"
    write_input(path)
    return path


@pytest.fixture(scope="module")
def whole(export: Path) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    out = export.parent / "whole"
    score(export, out)
    return results(out)


def score(export: Path, out: Path, **options) -> Summary:
    return score_files(
        LocalEngine(Cheap(), workers=1),
        [export],
        out,
        **{"formats": ("jsonl", "csv", "parquet"), "report": False, **options},
    )


class Stopped(Exception):
    pass


def score_half(export: Path, out: Path, after: int = 5, **options) -> None:
    """A run that stops in this process once some parts are finished."""

    def watch(progress: Progress) -> None:
        if parts(out) >= after:
            raise Stopped

    with pytest.raises(Stopped):
        score(export, out, watch=watch, **options)


def test_a_killed_run_ends_as_an_undisturbed_one(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    assert kill_often(export, tmp_path / "out", kills=3) >= 2
    assert results(tmp_path / "out") == whole
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(whole)


def test_a_run_killed_while_it_publishes_ends_as_an_undisturbed_one(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    assert kill_while_publishing(export, tmp_path / "out", kills=2, within=0.02) >= 1
    assert results(tmp_path / "out") == whole
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(whole)


def test_what_was_finished_is_not_scored_again(
    tmp_path: Path, export: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    scored: list[str] = []
    analyze_many = Cheap.analyze_many

    def noting(self, calls: list[Call], on_failure=None):
        scored.extend(call.id for call in calls)
        return analyze_many(self, calls, on_failure)

    monkeypatch.setattr(Cheap, "analyze_many", noting)
    score_half(export, out, after=10)
    first = scored.copy()
    scored.clear()
    summary = score(export, out)
    assert summary.kept > 500
    assert not set(first) & set(scored)
    assert len(first) + len(scored) == CALLS
    assert results(out) == whole


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_no_process_and_keeps_what_is_finished(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    run = start(export, out, seconds=0.02)
    _wait_for(run, out, 3)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does it: to every process of the group
    _, told = run.communicate(timeout=30)
    assert run.returncode not in (0, None)
    # The run itself may tell of one, also while another is handled; its workers of none.
    said = told.decode()
    assert said.count("Traceback") - said.count("another exception occurred") <= 1
    assert _group_is_gone(run.pid)
    assert parts(out) >= 3
    score(export, out)
    assert results(out) == whole


class CheapWithCtrlC(Cheap):
    """Presses Ctrl-C while workers are being started, when it is packed for them."""

    def __reduce__(self) -> tuple[type[Cheap], tuple[()]]:
        os.kill(os.getpid(), signal.SIGINT)
        return Cheap, ()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_is_not_lost_while_workers_start(tmp_path: Path, export: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        score_files(LocalEngine(CheapWithCtrlC(), workers=2), [export], tmp_path, report=False)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_do_not_outlive_a_killed_run(tmp_path: Path, export: Path) -> None:
    run = start(export, tmp_path / "out", seconds=0.02)
    _wait_for(run, tmp_path / "out", 2)
    run.kill()
    assert run.wait(timeout=30) == -signal.SIGKILL
    assert _group_is_gone(run.pid)


def test_a_run_goes_on_when_a_worker_dies(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    run = start(export, out, seconds=0.005)
    _wait_for(run, out, 2)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    if not children.exists():
        run.kill()
        pytest.skip("no list of a process's children here")
    workers = [
        int(child)
        for child in children.read_text().split()
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
    ]
    os.kill(workers[0], signal.SIGKILL)
    assert 2 <= parts(out) < _parts_of(export)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 0, told.decode()
    assert results(out) == whole


def _parts_of(export: Path) -> int:
    """How many parts a whole run over it finishes."""
    return math.ceil(len(export.read_bytes().splitlines()) / CHUNK)


def _wait_for(run: subprocess.Popen[bytes], out: Path, finished: int) -> None:
    while run.poll() is None and parts(out) < finished:
        time.sleep(0.005)
    assert run.poll() is None, run.stderr.read().decode() if run.stderr else ""


def _group_is_gone(group: int) -> bool:
    """Whether none of its processes is left, or soon will be; otherwise they are ended."""
    with suppress(ProcessLookupError):
        for _ in range(200):
            os.killpg(group, 0)
            time.sleep(0.05)
        os.killpg(group, signal.SIGKILL)
        return False
    return True


def test_another_command_does_not_mix_with_what_was_left(tmp_path: Path, export: Path) -> None:
    out = tmp_path / "out"
    score_half(export, out)
    with pytest.raises(OutputError, match=r"another command \(other: text\)"):
        score(export, out, text=False)
    with pytest.raises(OutputError, match=r"\(other: inputs\)"):
        score(export.parent, out)
    assert parts(out) >= 5
    summary = score(export, out, text=False, restart=True)
    assert summary.kept == 0
    assert "Hello" not in (out / "calls.jsonl").read_text()


def test_what_is_written_may_change_when_a_run_goes_on(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    score_half(export, tmp_path / "out", formats=("jsonl",))
    assert score(export, tmp_path / "out", formats=("csv",)).kept
    assert (tmp_path / "out" / "calls.csv").read_bytes() == whole["calls.csv"]


def test_an_input_that_changed_between_two_runs_is_told(tmp_path: Path) -> None:
    export, out = tmp_path / "in.jsonl", tmp_path / "out"
    write_input(export, 400)
    before = export.read_text()
    score_half(export, out, after=3)
    for now in (before.replace("Hi.", "Bye.", 1), "\n".join(before.splitlines()[:70]), ""):
        export.write_text(now)
        with pytest.raises(OutputError, match=r"input has changed.*--restart"):
            score(export, out)
    export.unlink()
    with pytest.raises(OutputError, match="input has changed"):
        score(export, out)
    export.write_text(before)
    assert score(export, out).kept >= 128


def test_an_input_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    export, other = tmp_path / "in.jsonl", tmp_path / "other.jsonl"
    write_input(export, 1_000)
    write_input(other, 10)

    def watch(progress: Progress) -> None:
        if progress.calls < 80:
            with export.open("a") as file:
                file.write("\n")

    score_files(
        LocalEngine(Cheap(), workers=1),
        [export, other],
        tmp_path / "out",
        report=False,
        watch=watch,
    )
    told = (tmp_path / "out" / "failures.jsonl").read_text()
    assert told.count("changed while it was read") == 1


def test_also_a_file_of_one_call_that_changes_while_it_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "in.jsonl"
    write_input(export, 1)
    while_recognised(monkeypatch, lambda name: export.write_text(export.read_text() + "\n"))
    score_files(LocalEngine(Cheap(), workers=1), [export], tmp_path / "out", report=False)
    told = (tmp_path / "out" / "failures.jsonl").read_text()
    assert told.count("changed while it was read") == 1


def test_a_file_that_was_read_whole_may_be_moved_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for path in (first, second):
        write_input(path, 1)
    while_recognised(monkeypatch, lambda name: name == str(second) and first.unlink())
    engine = LocalEngine(Cheap(), workers=1)
    score_files(engine, [first, second], tmp_path / "out", report=False)
    told = tmp_path / "out" / "failures.jsonl"
    assert not told.exists() or "vanished" not in told.read_text()
    assert not first.exists()


def while_recognised(monkeypatch: pytest.MonkeyPatch, happens: Callable[[str], object]) -> None:
    """Have something happen between the opening of each file and its first call."""
    recognise = registry.recognise

    def recognising(export: Export) -> Reader:
        happens(export.name)
        return recognise(export)

    monkeypatch.setattr(registry, "recognise", recognising)


def test_two_runs_never_write_to_one_folder(tmp_path: Path, export: Path) -> None:
    out = tmp_path / "out"
    tried: list[str] = []

    def watch(progress: Progress) -> None:
        if not tried:
            with pytest.raises(OutputError, match="another run is writing") as caught:
                score(export, out)
            tried.append(str(caught.value))

    score(export, out, watch=watch)
    assert str(out) in tried[0]


def test_a_broken_part_is_scored_again(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    score_half(export, out)
    first, second, *_ = sorted((out / FOLDER).glob("part-*.parquet"))
    first.write_bytes(first.read_bytes()[:-40])
    content = bytearray(second.read_bytes())
    content[len(content) // 3] ^= 0xFF
    second.write_bytes(content)
    score(export, out)
    assert results(out) == whole


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(
    tmp_path: Path, export: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    score_half(export, out)
    real = Path.open

    def full(self: Path, *args, **kwargs):
        return real(Path("/dev/full") if self.suffix == ".partial" else self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OutputError, match=r"[Nn]o space left.*Free some space"):
        score(export, out)
    monkeypatch.undo()
    assert score(export, out).kept
    assert results(out) == whole


def test_one_process_and_several_write_the_same(
    tmp_path: Path, export: Path, whole: dict[str, bytes]
) -> None:
    run = start(export, tmp_path / "out")
    _, told = run.communicate(timeout=120)
    assert run.returncode == 0, told.decode()
    assert results(tmp_path / "out") == whole


def test_a_worker_that_dies_while_work_is_handed_out_costs_nothing(
    export: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures.process import BrokenProcessPool

    from analyzer.engines import local

    submit, handed_out = local._submit, 0

    def sometimes(pool, chunk):
        nonlocal handed_out
        handed_out += 1
        if handed_out == 4:
            raise BrokenProcessPool
        return submit(pool, chunk)

    monkeypatch.setattr(local, "_submit", sometimes)
    score_files(
        LocalEngine(Cheap(), workers=2),
        [export],
        tmp_path / "out",
        formats=("jsonl", "csv", "parquet"),
        report=False,
    )
    assert handed_out > 4
    assert results(tmp_path / "out") == whole


class Deadly(Cheap):
    """Kills every process in which it scores, though not for ever: a run that never gave up
    would never end.
    """

    def __init__(self, graves: Path) -> None:
        self.graves = graves

    def __call__(self) -> Deadly:
        return self

    def analyze_many(self, calls, on_failure=None):
        with self.graves.open("a") as file:
            file.write("+")
        if self.graves.stat().st_size < 20:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().analyze_many(calls, on_failure)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_that_keep_dying_end_the_run_and_the_same_command_goes_on(
    export: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    engine = LocalEngine(Deadly(tmp_path / "graves"), workers=2)
    with pytest.raises(AnalyzerError, match=r"keep dying.*--workers.*same command goes on"):
        score_files(engine, [export], out, report=False)
    score(export, out)
    assert results(out) == whole
