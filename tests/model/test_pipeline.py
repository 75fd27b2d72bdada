from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from analyzer import Analyzer, Call, CallReport, Turn
from analyzer.corpus import LabelledCall
from analyzer.errors import InvalidCallError, ModelError


def test_order_is_kept_and_batching_changes_nothing(analyzer, corpus: list[LabelledCall]):
    calls = [call.call() for call in corpus[:12]]
    together = list(analyzer.analyze_many(calls))
    assert [report.id for report in together] == [call.id for call in calls]
    alone = analyzer.analyze(calls[5])
    assert alone.scores.empathy == pytest.approx(together[5].scores.empathy, abs=1.0)


def test_analyze_many_is_lazy(analyzer):
    turns = [Turn(speaker="agent", text="Hello."), Turn(speaker="customer", text="Hi.")]
    endless = (Call(id=str(number), turns=turns) for number in itertools.count())
    reports = analyzer.analyze_many(endless)
    assert [report.id for report in itertools.islice(reports, 2)] == ["0", "1"]


def test_a_report_survives_json(analyzer, corpus: list[LabelledCall]):
    report = analyzer.analyze(corpus[0].call())
    assert CallReport.model_validate_json(report.model_dump_json()) == report
    assert len(report.turns) == len(corpus[0].turns)


def test_two_thousand_turns_are_scored(analyzer, corpus: list[LabelledCall]):
    turns = list(itertools.islice(itertools.cycle(corpus[0].call().turns), 2000))
    report = analyzer.analyze(Call(id="long", turns=turns))
    assert len(report.turns) == 2000


def test_a_turn_of_twenty_thousand_words_is_scored(analyzer):
    turns = [
        Turn(speaker="customer", text="I am so angry about this bill. " * 3000),
        Turn(speaker="agent", text="I'm sorry, let me put that right for you now."),
    ]
    report = analyzer.analyze(Call(id="long", turns=turns))
    assert report.turns[0].labels["frustration"] > 0.5


@pytest.mark.parametrize("missing", ["agent", "customer"])
def test_a_call_with_one_speaker_is_refused_by_name(analyzer, missing: str):
    present = "customer" if missing == "agent" else "agent"
    call = Call(id="c-9", turns=[Turn(speaker=present, text="Hello?")])
    with pytest.raises(InvalidCallError, match=f"c-9.*the {missing} says nothing"):
        analyzer.analyze(call)


def test_a_bad_call_does_not_stop_the_batch(analyzer, corpus: list[LabelledCall]):
    good = [call.call() for call in corpus[:2]]
    bad = Call(id="bad", turns=[Turn(speaker="agent", text="  ")])
    failed: list[str] = []
    reports = analyzer.analyze_many(
        [good[0], bad, good[1]], on_failure=lambda call, error: failed.append(call.id)
    )
    assert [report.id for report in reports] == [good[0].id, good[1].id]
    assert failed == ["bad"]


def test_a_folder_without_a_model_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=str(tmp_path)):
        Analyzer.load(tmp_path)


def test_to_frame_has_a_row_a_call(analyzer, corpus: list[LabelledCall]):
    frame = Analyzer.to_frame(analyzer.analyze_many(call.call() for call in corpus[:3]))
    assert list(frame["call"]) == [call.id for call in corpus[:3]]
    assert frame["empathy"].between(0, 100).all()
