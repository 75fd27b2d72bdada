from __future__ import annotations

import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from killing import Cheap, write_input

from analyzer.batch import Progress, score_files
from analyzer.batch.chunks import CHUNK
from analyzer.corpus import LabelledCall
from analyzer.engines import LocalEngine
from analyzer.errors import OutputError, UsageError
from analyzer.writers import read_reports


def line_of(call: LabelledCall) -> str:
    return call.call().model_dump_json()


def ids(out: Path) -> list[str]:
    return [report.id for report in read_reports(out / "calls.jsonl")]


def failures(out: Path) -> list[dict[str, str]]:
    path = out / "failures.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_every_call_is_scored_in_the_order_of_the_input(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    first, second = tmp_path / "b.jsonl", tmp_path / "a.jsonl"
    first.write_text("\n".join(line_of(call) for call in corpus[10:20]))
    second.write_text("\n".join(line_of(call) for call in corpus[:10]))
    summary = score_files(gold_analyzer, [first, second], tmp_path / "out", report=False)
    assert ids(tmp_path / "out") == [call.id for call in [*corpus[10:20], *corpus[:10]]]
    assert (summary.calls, summary.failures) == (20, 0)


def test_what_fails_stands_in_failures_and_the_rest_is_scored(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    unknown = corpus[1].call().model_copy(update={"id": "stranger"})
    export = tmp_path / "calls.jsonl"
    export.write_text(
        "\n".join([line_of(corpus[0]), '{"id": "cut", "tur', unknown.model_dump_json()])
        + "\n"
        + line_of(corpus[2])
    )
    (tmp_path / "empty.jsonl").write_text("")
    summary = score_files(
        gold_analyzer,
        [export, tmp_path / "empty.jsonl", tmp_path / "gone.jsonl"],
        tmp_path / "out",
        report=False,
    )
    assert ids(tmp_path / "out") == [corpus[0].id, corpus[2].id]
    found = failures(tmp_path / "out")
    assert summary.failures == len(found) == 4
    cut, stranger, empty, gone = found
    assert cut["source"] == stranger["source"] == str(export)
    assert "2" in cut["place"]
    assert stranger["call"] == "stranger"
    assert empty["source"].endswith("empty.jsonl")
    assert gone["source"].endswith("gone.jsonl")
    assert all(failure["problem"] and failure["remedy"] for failure in found)


def test_an_unforeseen_fault_is_told_without_the_words_of_the_call(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    call = corpus[1].call().model_copy(update={"id": "stranger"})
    (tmp_path / "in.jsonl").write_text(call.model_dump_json())
    score_files(gold_analyzer, [tmp_path / "in.jsonl"], tmp_path / "out", report=False)
    (failure,) = failures(tmp_path / "out")
    assert "LookupError" in failure["problem"]
    assert call.turns[0].text not in json.dumps(failure)


@pytest.mark.parametrize(
    "shortage", [MemoryError(), RuntimeError("DefaultCPUAllocator: not enough memory")]
)
def test_a_shortage_of_memory_is_told_as_such(
    tmp_path: Path, corpus: list[LabelledCall], shortage: Exception
) -> None:
    class Short(Cheap):
        def analyze_many(self, calls, on_failure=None):
            for call in calls:
                on_failure(call, shortage)
            return iter(())

    (tmp_path / "in.jsonl").write_text(line_of(corpus[0]))
    engine = LocalEngine(Short(), workers=1)
    score_files(engine, [tmp_path / "in.jsonl"], tmp_path / "out", report=False)
    (failure,) = failures(tmp_path / "out")
    assert "memory was short" in failure["problem"]
    assert "--workers" in failure["remedy"]


def test_a_run_is_watched_part_by_part(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    lines = [line_of(call) for call in corpus[:70]]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n{")
    seen: list[tuple[int, int, int]] = []

    def watch(progress: Progress) -> None:
        seen.append((progress.calls, progress.failures, progress.readings))

    score_files(gold_analyzer, [tmp_path / "in.jsonl"], tmp_path / "out", report=False, watch=watch)
    assert seen == [(64, 0, 64), (70, 1, 71)]


def test_a_format_that_does_not_exist_is_wrong_usage(tmp_path: Path, gold_analyzer) -> None:
    with pytest.raises(UsageError, match="no format 'fax'"):
        score_files(gold_analyzer, ["x"], tmp_path / "out", report=False, input_format="fax")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_output_that_cannot_be_written_stops_the_batch(tmp_path: Path, gold_analyzer) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OutputError):
        score_files(gold_analyzer, ["x"], tmp_path / "out", report=False)


def test_a_batch_without_calls_writes_empty_results(tmp_path: Path, gold_analyzer) -> None:
    summary = score_files(gold_analyzer, [], tmp_path / "out", report=False)
    assert (summary.calls, summary.failures, summary.mean_scores) == (0, 0, {})
    assert ids(tmp_path / "out") == []


def test_the_page_is_written_beside_the_results(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    (tmp_path / "in.jsonl").write_text("\n".join(line_of(call) for call in corpus[:3]))
    score_files(gold_analyzer, [tmp_path / "in.jsonl"], tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert all(call.id in page for call in corpus[:3])


def test_an_id_that_comes_twice_is_scored_under_another_and_told(tmp_path: Path, analyzer) -> None:
    line = (
        '{"id": "c-1", "turns": [{"speaker": "agent", "text": "Hello."}, '
        '{"speaker": "customer", "text": "Hi."}]}'
    )
    export = tmp_path / "calls.jsonl"
    export.write_text(f"{line}\n{line}\n", encoding="utf-8")
    summary = score_files(analyzer, [export], tmp_path / "out", report=False)
    assert (summary.calls, summary.failures) == (2, 1)
    told = json.loads((tmp_path / "out" / "failures.jsonl").read_text(encoding="utf-8"))
    assert told["call"] == "c-1#2"
    assert "earlier call, 'c-1'" in told["problem"]
    assert told["source"] == str(export)
    assert "line 2" in told["place"]


def test_calls_are_held_to_the_standards_of_a_house(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    rules = tmp_path / "house.yaml"
    rules.write_text("standards:\n  - name: everyone\n    missed_at_most: 0\n")
    (tmp_path / "in.jsonl").write_text("\n".join(line_of(call) for call in corpus[:5]))
    out = tmp_path / "out"
    score_files(gold_analyzer, [tmp_path / "in.jsonl"], out, standards=rules)
    held = [json.loads(line) for line in (out / "standards.jsonl").read_text().splitlines()]
    assert [one["call"] for one in held] == [call.id for call in corpus[:5]]
    assert {one["standard"] for one in held} == {"everyone"}
    assert "everyone" in (out / "report.html").read_text(encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_of_an_earlier_run_stays_beside_a_new_one(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.pages.writing.ONE_FILE_UP_TO", 3)
    rules = tmp_path / "house.yaml"
    rules.write_text("standards:\n  - name: everyone\n    missed_at_most: 0\n")
    may, june = tmp_path / "may.jsonl", tmp_path / "june.jsonl"
    may.write_text("\n".join(line_of(call) for call in corpus[:5]))
    june.write_text("\n".join(line_of(call) for call in corpus[5:7]))
    out = tmp_path / "out"
    score_files(gold_analyzer, [may], out, formats=("jsonl", "csv", "parquet"), standards=rules)
    (out / "notes.txt").write_text("of somebody else")
    (out / "report_files" / ".DS_Store").write_text("of macOS, which leaves it everywhere")
    assert len(names(out)) == 10
    score_files(gold_analyzer, [june], out)
    assert names(out) == ["calls.csv", "calls.jsonl", "notes.txt", "report.html"]
    score_files(gold_analyzer, [june], out, formats=("csv",), text=False, report=False)
    assert names(out) == ["calls.csv", "notes.txt"]
    score_files(gold_analyzer, [june], out, formats=("jsonl",), report=False)
    assert names(out) == ["calls.jsonl", "notes.txt"]
    score_files(gold_analyzer, [june], out, formats=("parquet",), report=False)
    assert "calls.jsonl" not in names(out)


def test_what_was_read_in_the_folder_of_results_stays(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    export, out = tmp_path / "in.jsonl", tmp_path / "out"
    export.write_text("\n".join(line_of(call) for call in corpus[:2]))
    score_files(gold_analyzer, [export], out, formats=("parquet",), report=False)
    before = names(out)
    for source in (out / "turns.parquet", out, out / "*.parquet"):
        score_files(gold_analyzer, [source], out, formats=("csv",), report=False)
        assert set(before) <= set(names(out))


def test_files_that_only_have_the_name_of_a_result_stay(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    exports = {
        "calls.jsonl": line_of(corpus[0]),
        "standards.jsonl": '{"title": "ours"}',
        "turns.parquet": "not even Parquet",
        "findings.parquet": "PAR1, but broken. \x10\x00\x00\x00PAR1",
        "report.html": "<html>of somebody else</html>",
    }
    for name, content in exports.items():
        (out / name).write_text(content)
    source = out / "calls.jsonl"
    score_files(gold_analyzer, [source], out, formats=("csv",), report=False)
    assert names(out) == sorted(["calls.csv", *exports])
    assert {name: (out / name).read_text() for name in exports} == exports
    (out / "calls.csv").write_text("call,turn,speaker,text\n")
    score_files(gold_analyzer, [source], out, formats=("parquet",), report=False)
    assert (out / "calls.csv").read_text() == "call,turn,speaker,text\n"


def test_a_pipe_is_read_once_and_whole(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    """Also while somebody watches, for whom files are counted ahead."""
    end, begin = os.pipe()

    def fill() -> None:
        with suppress(BrokenPipeError), os.fdopen(begin, "w", encoding="utf-8") as pipe:
            for call in corpus:
                pipe.write(line_of(call) + "\n")

    writer = threading.Thread(target=fill, daemon=True)
    writer.start()
    try:
        summary = score_files(
            gold_analyzer,
            [f"/dev/fd/{end}"],
            tmp_path / "out",
            report=False,
            watch=lambda progress: None,
        )
    finally:
        os.close(end)  # whoever still writes is told that nobody reads
        writer.join(timeout=30)
    assert not writer.is_alive()
    assert (summary.calls, summary.failures) == (len(corpus), 0)


def test_the_total_is_known_while_calls_are_scored(tmp_path: Path) -> None:
    write_input(tmp_path / "in.jsonl", 1_000)
    lines = len((tmp_path / "in.jsonl").read_bytes().splitlines())
    seen: list[tuple[int, int | None]] = []

    def watch(progress: Progress) -> None:
        patience = time.monotonic() + 30
        while not seen and progress.total is None and time.monotonic() < patience:
            time.sleep(0.01)
        seen.append((progress.readings, progress.total))

    engine = LocalEngine(Cheap(), workers=1)
    score_files(engine, [tmp_path / "in.jsonl"], tmp_path / "out", report=False, watch=watch)
    assert seen[0] == (CHUNK, lines)


def test_results_inside_the_folder_that_is_read_are_not_read(
    tmp_path: Path, corpus: list[LabelledCall], gold_analyzer
) -> None:
    (tmp_path / "in.jsonl").write_text("\n".join(line_of(call) for call in corpus[:3]))
    for _ in range(2):
        summary = score_files(gold_analyzer, [tmp_path], tmp_path / "results", report=False)
        assert (summary.calls, summary.failures) == (3, 0)


def test_numbers_that_no_table_can_hold_do_not_stop_a_run(tmp_path: Path) -> None:
    call = {
        "id": "c",
        "turns": [{"speaker": "agent", "text": "Hi."}, {"speaker": "customer", "text": "Hi."}],
        "metadata": {"duration_ms": 1e30, "interruptions": 10**25},
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(call))
    engine = LocalEngine(Cheap(), workers=1)
    out = tmp_path / "out"
    score_files(engine, [tmp_path / "in.jsonl"], out, formats=("parquet", "csv"), report=False)
    (row,) = pq.read_table(out / "calls.parquet").to_pylist()
    assert row["duration_ms"] is None


def test_writing_is_shown_too(
    tmp_path: Path, corpus: list[LabelledCall], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.batch.run._TELL_EVERY", 2)
    (tmp_path / "in.jsonl").write_text("\n".join(line_of(call) for call in corpus[:5]))
    written: list[int] = []
    score_files(
        LocalEngine(Cheap(), workers=1),
        [tmp_path / "in.jsonl"],
        tmp_path / "out",
        report=False,
        watch=lambda progress: written.append(progress.written),
    )
    assert written[-2:] == [2, 4]
