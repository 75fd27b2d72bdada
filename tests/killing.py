"""A run that is killed again and again, in processes of its own.

`python tests/killing.py 50` kills a run 50 times at random moments, and another 50 times while its
results are put together, and compares what they leave in the end with what an undisturbed run
writes. The scorer is a cheap one, so that this takes minutes;
`python tests/killing.py 50 calls.jsonl` does the same with the bundled model on calls of yours,
`python tests/killing.py 50 calls.jsonl FOLDER` with another model.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from analyzer.batch.parts import FOLDER
from analyzer.bundled import bundled_model
from analyzer.call import Call
from analyzer.report import CallReport, ModelInfo, Scores, Sentiment, TurnReport

CALLS = 1_600
SECONDS_A_CALL = float(os.environ.get("SECONDS_A_CALL", "0.001"))


class Cheap:
    """Scores by the length of the call alone, and not at once."""

    identity = "cheap"

    def __call__(self) -> Cheap:
        return self

    def analyze_many(
        self,
        calls: Iterable[Call],
        on_failure: Callable[[Call, Exception], None] | None = None,
    ) -> Iterator[CallReport]:
        for call in calls:
            time.sleep(SECONDS_A_CALL)
            if "fail" in call.metadata and on_failure:
                on_failure(call, ValueError("on purpose"))
            else:
                yield _report(call)


def _report(call: Call) -> CallReport:
    score = float(len(call.turns[0].text) % 100)
    names = [name for name in Scores.model_fields if name != "csat"]
    return CallReport(
        id=call.id,
        scores=Scores(**dict.fromkeys(names, score), csat=1 + score / 25),
        outcome="partial",
        sentiment=Sentiment.of([score / 100]),
        turns=[
            TurnReport(turn=number, speaker=turn.speaker, text=turn.text)
            for number, turn in enumerate(call.turns, 1)
        ],
        metadata=call.metadata,
        model=ModelInfo(name="cheap", version="1"),
    )


def write_input(path: Path, calls: int = CALLS) -> None:
    """Calls, some of which share an id, cannot be read or cannot be scored."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(calls):
            if number % 97 == 5:
                file.write('{"id": "broken", "tur\n')
            call = {
                "id": f"c-{number - number % 100 if number % 10 == 3 else number}",
                "turns": [
                    {"speaker": "agent", "text": "Hello. " * (1 + number % 50)},
                    {"speaker": "customer", "text": "Hi."},
                ],
                "metadata": {"fail": True} if number % 61 == 7 else {"agent": f"a{number % 5}"},
            }
            file.write(json.dumps(call) + "\n")


def start(
    export: Path, out: Path, *options: str, seconds: float | None = None
) -> subprocess.Popen[bytes]:
    """A run in a process group of its own; as option a model's folder, if not the cheap one.

    Args:
        seconds: What the cheap one takes a call, for a run that must not end too soon.
    """
    slower = {} if seconds is None else {"SECONDS_A_CALL": str(seconds)}
    return subprocess.Popen(
        [sys.executable, __file__, "run", str(export), str(out), *options],
        env={**os.environ, **slower},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def parts(out: Path) -> int:
    """How many parts a run has finished."""
    return len(list((out / FOLDER).glob("part-*.parquet")))


def kill_often(export: Path, out: Path, kills: int, *options: str, seed: int = 0) -> int:
    """Kill a run at random moments, let it end, and give how often it was killed under way."""
    chance = random.Random(seed)
    done = 0
    for _ in range(kills):
        run = start(export, out, *options)
        before = parts(out)
        wanted = before + chance.randint(0, 2)
        _wait_until(run, lambda wanted=wanted: parts(out) >= wanted)
        time.sleep(chance.random() * (1.5 if wanted == before else 0.05))
        done += _kill(run)
    _finish(export, out, *options)
    return done


def kill_while_publishing(
    export: Path, out: Path, kills: int, *options: str, within: float = 2.0, seed: int = 0
) -> int:
    """Kill a run while its results are put together, as `kill_often` does before that.

    Args:
        within: Seconds from the first sign of a result in which it is killed.

    Returns:
        How often it was killed before everything was in its place.
    """
    chance = random.Random(seed)
    done = 0
    for _ in range(kills):
        begun = time.time_ns()
        run = start(export, out, *options)
        _wait_until(run, lambda begun=begun: _is_publishing(out, begun))
        time.sleep(chance.random() * within)
        done += _kill(run) and (_is_publishing(out, begun) or (out / FOLDER).exists())
    _finish(export, out, *options)
    return done


def _is_publishing(out: Path, since: int) -> bool:
    """Whether a result is half written, and not by a run that was killed before."""
    for path in out.glob("*.partial"):
        with suppress(FileNotFoundError):  # it may be whole by now
            if path.stat().st_mtime_ns >= since:
                return True
    return False


def _wait_until(run: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    while run.poll() is None and not reached():
        time.sleep(0.002)


def _kill(run: subprocess.Popen[bytes]) -> bool:
    """Whether the run was still under way."""
    alive = run.poll() is None
    run.kill()
    run.wait(timeout=30)
    if run.stderr:  # not read to its end, which workers that live on would hold open
        run.stderr.close()
    return alive


def _finish(export: Path, out: Path, *options: str) -> None:
    last = start(export, out, *options)
    _, told = last.communicate()
    if last.returncode != 0:
        raise RuntimeError(told.decode())


def results(out: Path) -> dict[str, bytes]:
    """What a run left, by name."""
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def _run(export: str, out: str, *options: str) -> None:
    from analyzer.batch import score_files
    from analyzer.engines import LocalEngine
    from analyzer.engines.scorers import Stored

    score_files(
        LocalEngine(Stored(Path(options[0])) if options else Cheap(), workers=2),
        [export],
        out,
        formats=("jsonl", "csv", "parquet"),
        report=False,
    )


def _compare(kills: int, export: Path | None = None, model: Path | None = None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = [] if export is None else [str(model or bundled_model())]
        if export is None:
            os.environ["SECONDS_A_CALL"] = "0.004"
            export = folder / "in.jsonl"
            write_input(export, 10 * CALLS)
        start(export, folder / "whole", *options).wait()
        differ = False
        for way in (kill_often, kill_while_publishing):
            out = folder / way.__name__
            done = way(export, out, kills, *options)
            same = results(folder / "whole") == results(out)
            differ |= not same
            print(f"{way.__name__}: {done} kills, {'same files' if same else 'FILES DIFFER'}")
        sys.exit(differ)


if __name__ == "__main__":
    if sys.argv[1] == "run":
        _run(*sys.argv[2:])
    else:
        _compare(int(sys.argv[1]), *map(Path, sys.argv[2:]))
