"""Stock lines in their routine place, and in place of an answer."""

from pathlib import Path

import pytest

from analyzer import codebook
from analyzer.bundled import JUDGE, OUT_OF_FOLD, bundled_model
from analyzer.corpus import read_corpus
from analyzer.judge import Judge
from analyzer.report import CallReport, TurnReport
from analyzer.scripts.distinction import (
    LABELS,
    distinction_features,
    fit_distinction,
)
from analyzer.scripts.distinction import judge_with_scripts as judge_with
from analyzer.tagger.tag_store import load_tags

CORPUS = Path(__file__).parents[2] / "data" / "corpus.jsonl"


def judge_with_scripts(report: CallReport) -> CallReport:
    return judge_with(report, Judge.load(bundled_model() / JUDGE).distinction)


@pytest.fixture(scope="module")
def silent() -> CallReport:
    """A report without findings, of a call long enough to have a middle."""
    gold = read_corpus(CORPUS)[0].gold_report()
    turns = [
        TurnReport(
            turn=number,
            speaker="agent" if number % 2 else "customer",
            sentiment=None if number % 2 else 0.0,
            labels={"boilerplate": 0.3, "canned": 0.2} if number % 2 else {"frustration": 0.0},
            text=f"What is said in turn {number}.",
        )
        for number in range(1, 22)
    ]
    return gold.model_copy(
        update={"turns": turns, "flags": [], "cues": [], "care": [], "opportunities": []}
    )


def with_script(report: CallReport, number: int, script: float, feeling: float = 0.0) -> CallReport:
    turns = [turn.model_copy() for turn in report.turns]
    for turn in turns:
        if turn.speaker == "agent":
            turn.script = 0.0
    turns[number - 1].script = script
    if number > 1:
        turns[number - 2].labels = {"frustration": feeling}
    return report.model_copy(update={"turns": turns})


def test_without_scripts_a_report_stays_as_it_is(silent: CallReport) -> None:
    assert judge_with_scripts(silent) is silent


def test_a_script_in_its_place_is_boilerplate(silent: CallReport) -> None:
    judged = judge_with_scripts(with_script(silent, 1, 1.0))
    assert judged.turns[0].labels["boilerplate"] > silent.turns[0].labels["boilerplate"]
    (flag,) = [f for f in judged.flags if (f.turn, f.label) == (1, "boilerplate")]
    assert flag.family == "scripted"
    assert flag.quote == judged.turns[0].text


def test_it_is_learnt_that_the_same_line_after_a_feeling_is_canned(silent: CallReport) -> None:
    calm, upset = with_script(silent, 11, 1.0), with_script(silent, 11, 1.0, feeling=0.95)
    rows = [distinction_features(report.turns)[10] for report in (calm, upset)]
    gold = {"boilerplate": [True, False] * 20, "canned": [False, True] * 20}
    known = fit_distinction([row for row in rows if row is not None] * 20, gold)
    before, after = (judge_with(report, known).turns[10].labels for report in (calm, upset))
    assert after["canned"] > before["canned"]
    assert after["boilerplate"] < before["boilerplate"]


def test_what_nobody_else_says_is_less_surely_boilerplate(silent: CallReport) -> None:
    judged = judge_with_scripts(with_script(silent, 11, 0.0))
    assert judged.turns[10].labels["boilerplate"] < silent.turns[10].labels["boilerplate"]
    assert judged.flags == []


def test_other_labels_and_flags_are_left_alone(silent: CallReport) -> None:
    gold = next(
        call.gold_report()
        for call in read_corpus(CORPUS)
        if {"boilerplate", "deflecting"} <= {label for turn in call.turns for label in turn.labels}
    )
    turns = [
        turn.model_copy(update={"script": 0.0 if turn.speaker == "agent" else None})
        for turn in gold.turns
    ]
    judged = judge_with_scripts(gold.model_copy(update={"turns": turns}))
    others = [flag for flag in gold.flags if flag.label not in LABELS]
    assert others
    assert [flag for flag in judged.flags if flag.label not in LABELS] == others


def test_weights_are_fitted(silent: CallReport) -> None:
    routine = distinction_features(with_script(silent, 1, 1.0).turns)[0]
    answer = distinction_features(with_script(silent, 11, 0.0).turns)[10]
    assert routine is not None
    assert answer is not None
    gold = {"boilerplate": [True, False] * 20, "canned": [False, False] * 19 + [False, True]}
    fitted = fit_distinction([routine, answer] * 20, gold)
    weights = fitted["boilerplate"]
    assert weights.probability(routine) > weights.threshold > weights.probability(answer)
    assert set(fitted) == set(LABELS)


def test_what_surely_does_harm_is_flagged_by_itself_and_among_other_calls() -> None:
    judge = Judge.load(bundled_model() / JUDGE)
    harm_from = judge.calibration.harm_from
    assert harm_from is not None
    calls = [call.call() for call in read_corpus(CORPUS)[:80]]
    tags = load_tags(bundled_model() / OUT_OF_FOLD, calls)
    for call in calls:
        said_by_nobody_else = [0.0 if turn.speaker == "agent" else None for turn in call.turns]
        for scripts in (None, said_by_nobody_else):
            report = judge.report(call, tags[call.id], scripts)
            harm = {
                turn.turn: sum(turn.labels[name] for name in codebook.HARMFUL)
                for turn in report.turns
                if turn.speaker == "agent"
            }
            flagged = {flag.turn for flag in report.flags if flag.label in codebook.HARMFUL}
            rounding = 0.001
            assert {turn for turn, much in harm.items() if much > harm_from + rounding} <= flagged
            for flag in report.flags:
                assert flag.confidence == report.turns[flag.turn - 1].labels[flag.label]
