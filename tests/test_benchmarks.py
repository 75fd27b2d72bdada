"""What the benchmark counts, chooses and keeps; not how long anything takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.benchmarks import comparison, inputs
from analyzer.benchmarks.contestants import random_network
from analyzer.benchmarks.measuring import Measured, apart, measure, memory_of
from analyzer.benchmarks.work import work_of
from analyzer.bundled import bundled_model
from analyzer.call import Call, Turn
from analyzer.cli import app
from analyzer.corpus import LabelledCall
from analyzer.errors import AnalyzerError
from analyzer.tagger.storage import read_parts

runner = CliRunner()


def of_turns(name: str, number: int) -> Call:
    return Call(
        id=name,
        turns=[
            Turn(speaker="agent" if place % 2 else "customer", text=f"{name} says {place}.")
            for place in range(number)
        ],
    )


@pytest.fixture(scope="module")
def calls(corpus: list[LabelledCall]) -> list[Call]:
    return [call.call() for call in corpus if call.author == "a7"][:3]


@pytest.fixture
def export(tmp_path: Path, calls: list[Call]) -> Path:
    return inputs.write(tmp_path / "export.jsonl", iter(calls))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's rate is not measured, and the work is counted in this process."""
    monkeypatch.setattr("analyzer.benchmarks.measuring.apart", _here)
    monkeypatch.setattr("analyzer.benchmarks.comparison.apart", _here)


def _here(function, *arguments):
    return (1e12, "float32") if function.__name__ == "matmul_rate" else function(*arguments)


def test_labelled_pieces_are_those_of_the_sentences_each_once(calls: list[Call]) -> None:
    long = list(inputs.long(calls, turns=60, wanted=1))  # many windows, with context
    work = work_of(long)
    said = read_parts(bundled_model()).tokenizer.of([turn.text for turn in long[0].turns])
    assert (work.calls, work.turns) == (1, 60)
    assert work.labelled == sum(map(len, said))
    assert work.labelled + 60 < work.tokens  # markers, frames, context
    assert work.labelled_operations / work.operations == pytest.approx(
        work.labelled / work.tokens, rel=0.05
    )


def test_work_of_calls_adds_up(calls: list[Call]) -> None:
    together, alone = work_of(calls), [work_of([call]) for call in calls]
    for name in ("calls", "turns", "tokens", "labelled", "operations", "labelled_operations"):
        assert getattr(together, name) == pytest.approx(sum(getattr(one, name) for one in alone))


def test_as_many_calls_as_wanted_under_ids_of_their_own(calls: list[Call]) -> None:
    made = list(inputs.many(calls, 7))
    assert len({call.id for call in made}) == 7
    assert made[4].turns == calls[1].turns


def test_calls_as_long_as_wanted(calls: list[Call]) -> None:
    made = list(inputs.long(calls, turns=25, wanted=4))
    assert [len(call.turns) for call in made] == [25] * 4
    assert all({"agent", "customer"} <= {turn.speaker for turn in call.turns} for call in made)


def test_some_of_the_calls_are_evenly_spaced() -> None:
    sample = [of_turns(f"c{number}", 2) for number in range(100)]
    chosen = [int(call.id[1:]) for call in inputs.spread(sample, 4)]
    assert chosen == [12, 37, 62, 87]
    assert inputs.spread(sample, 200) == sample


def test_a_single_call_is_of_usual_length() -> None:
    sample = [of_turns(name, turns) for name, turns in {"a": 2, "b": 40, "c": 19, "d": 3}.items()]
    assert [call.id for call in inputs.spread(sample, 1)] == ["c"]


@pytest.mark.parametrize(
    ("most", "steps"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])]
)
def test_cores_are_doubled(most: int, steps: list[int]) -> None:
    assert comparison.doubled(most) == steps


def test_shared_embeddings_stay_shared() -> None:
    from transformers import BartConfig, BartForSequenceClassification

    sizes = {"encoder_layers": 1, "decoder_layers": 1}
    config = BartConfig(vocab_size=50, d_model=16, max_position_embeddings=16, **sizes)
    network = random_network(lambda: BartForSequenceClassification(config))
    embeddings = (
        network.model.shared,
        network.model.encoder.embed_tokens,
        network.model.decoder.embed_tokens,
    )
    assert len({one.weight.data_ptr() for one in embeddings}) == 1
    assert network.model.shared.weight.abs().max() <= 0.03


def test_a_contestant_is_measured_in_a_process_of_its_own(export: Path, calls: list[Call]) -> None:
    pytest.importorskip("vaderSentiment")
    measured = measure("lexicon", export, 1)
    assert measured.calls == len(calls)
    assert measured.turns == sum(len(call.turns) for call in calls)
    assert measured.memory > 0
    assert measured.calls_a_second > 0


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc")
def test_memory_is_that_of_all_processes_together() -> None:
    takes = "held = bytearray(b'x') * 60_000_000; print('ready', flush=True); input()"
    code = (
        "import subprocess, sys;"
        f"child = subprocess.Popen([sys.executable, '-c', {takes!r}], stdout=subprocess.PIPE);"
        f"child.stdout.readline(); {takes}"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        together = memory_of(process.pid)
        process.communicate(b"\n\n")
    assert 120e6 < together < 240e6
    assert memory_of(process.pid) == 0


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="processes cannot be tied")
def test_a_contestant_is_kept_to_its_cores() -> None:
    code = (
        "from analyzer.benchmarks.measuring import limit_to; limit_to(1);"
        "import os, torch; print(len(os.sched_getaffinity(0)), torch.get_num_threads())"
    )
    others = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=others
    )
    assert done.stdout.split() == ["1", "1"]


def test_apart_is_another_process() -> None:
    assert apart(os.getpid) != os.getpid()


def test_the_command_writes_its_rows(export: Path, tmp_path: Path, quick: None) -> None:
    pytest.importorskip("vaderSentiment")
    out = tmp_path / "out.json"
    arguments = ["benchmark", export, "--calls", "3", "--beside", "lexicon", "--json", out]
    arguments += ["--workers", "1"]
    done = runner.invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    scored, looked_up = json.loads(out.read_text())
    assert scored["measured"]["calls"] == looked_up["measured"]["calls"] == 3
    assert 0 < scored["tokens_a_second"] < scored["read_a_second"]
    assert 0 < scored["labelled_share"] < scored["share"]
    assert scored["measured"]["memory"] > looked_up["measured"]["memory"] > 0
    assert looked_up["share"] is None


def test_a_failure_costs_no_other_row(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    def only_the_others(name: str, export: Path, workers: int) -> Measured:
        if name == "distilbert":
            raise AnalyzerError("distilbert could not be measured.", remedy="Install it.")
        return Measured(1.0, 3, 30, 1_000_000)

    monkeypatch.setattr(comparison, "measure", only_the_others)
    out = tmp_path / "out.json"
    done = runner.invoke(app, ["benchmark", str(export), "--json", str(out)])
    assert done.exit_code == 1
    assert "distilbert could not be measured. Install it." in done.stderr
    assert [row["what"].split(" (")[0] for row in json.loads(out.read_text())] == [
        comparison.TITLES[name] for name in ("analyzer", "zero-shot", "lexicon")
    ]


def test_an_interrupt_keeps_what_was_measured(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    def interrupted(name: str, export: Path, workers: int) -> Measured:
        if name == "zero-shot":
            raise KeyboardInterrupt
        return Measured(1.0, 3, 30, 1_000_000)

    monkeypatch.setattr(comparison, "measure", interrupted)
    out = tmp_path / "out.json"
    done = runner.invoke(app, ["benchmark", str(export), "--json", str(out)])
    assert done.exit_code == 1
    assert "stopped" in done.stderr
    assert len(json.loads(out.read_text())) == 2


def test_what_a_contestant_complains_of_is_told(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vaderSentiment.py").write_text("raise ImportError('it is not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(AnalyzerError, match="it is not here"):
        measure("lexicon", export, 1)
