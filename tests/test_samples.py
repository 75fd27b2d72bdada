from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.readers import read_calls
from analyzer.report import CallReport

SAMPLES = Path(__file__).parent.parent / "data" / "samples"


@pytest.fixture(scope="module")
def calls() -> dict[str, Call]:
    return {call.id: call for call in read_calls(SAMPLES)}


@pytest.fixture(scope="module")
def reports(analyzer, calls: dict[str, Call]) -> dict[str, CallReport]:
    return {report.id: report for report in analyzer.analyze_many(calls.values())}


def test_every_sample_can_be_read(calls: dict[str, Call]) -> None:
    assert len(calls) >= 12
    assert all({"agent", "customer"} <= {turn.speaker for turn in c.turns} for c in calls.values())


def test_the_samples_come_in_several_formats() -> None:
    assert {".jsonl", ".txt", ".csv", ".vtt", ".json"} <= {p.suffix for p in SAMPLES.iterdir()}


def test_samples_tell_who_took_the_call_and_when(calls: dict[str, Call]) -> None:
    told = [call for call in calls.values() if {"agent", "company"} <= call.metadata.keys()]
    assert len(told) >= 8
    assert len({call.metadata["agent"] for call in told}) >= 4
    assert {call.metadata.get("channel") for call in told} >= {"phone", "chat"}


def test_every_sample_has_its_origin_and_licence_beside_it() -> None:
    text = (SAMPLES / "README.md").read_text("utf-8")
    for path in SAMPLES.iterdir():
        stem = path.name.split("-")[0]
        assert path.name in text or f"{stem}-" in text or path.name == "README.md"
    assert "CC BY 4.0" in text
    assert "MIT" in (SAMPLES / "abcd-LICENSE.txt").read_text("utf-8")


def test_no_sample_was_seen_in_training(calls: dict[str, Call], corpus: list[LabelledCall]) -> None:
    seen = {turn.text for call in corpus for turn in call.turns if len(turn.text) > 60}
    assert not [t.text for call in calls.values() for t in call.turns if t.text in seen]


@pytest.mark.parametrize(
    ("good", "bad"),
    [("nl-0412", "nl-0415"), ("nl-0430", "nl-0507"), ("tc-88120", "tc-88151")],
)
def test_good_service_scores_above_bad_service(
    reports: dict[str, CallReport], good: str, bad: str
) -> None:
    for score in ("empathy", "ownership", "human"):
        better = getattr(reports[good].scores, score)
        assert better > getattr(reports[bad].scores, score) + 15


def test_the_widow_is_a_missed_hardship(reports: dict[str, CallReport]) -> None:
    report = reports["nl-0415"]
    assert any(chance.kind == "hardship" for chance in report.missed)
    assert {flag.family for flag in report.flags} >= {"scripted", "uncaring"}
