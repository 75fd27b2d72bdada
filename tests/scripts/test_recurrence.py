"""How surely a turn is a script, told by recurrence alone while calls stream by."""

from pathlib import Path

import pytest

from analyzer.call import Call, Turn
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.scripts import Recurrence

CORPUS = Path(__file__).parents[2] / "data" / "corpus.jsonl"
LINE = "Thank you for calling Merrow Air, my name is {}, may I take your booking reference?"


def call(name: str, *agent: str, company: str = "merrow_air") -> Call:
    turns = [
        turn
        for text in agent
        for turn in (
            Turn(speaker="agent", text=text),
            Turn(speaker="customer", text=f"Well, about {name}, I have a question of my own."),
        )
    ]
    return Call(id=name, turns=turns, metadata={"company": company})


@pytest.fixture
def calls() -> list[Call]:
    return [
        call("one", LINE.format("Dana"), "The flight was moved because of fog in Lisbon."),
        call("two", LINE.format("Lee"), "Your suitcase went to Boston and I hold its tag."),
        call("three", LINE.format("Joy"), "Wheelchairs travel free, so I took it off."),
    ]


def test_a_line_that_other_calls_say_is_surer_than_an_answer(calls: list[Call]) -> None:
    recurrence = Recurrence.of(calls)
    for one in calls:
        greeting, customer, answer, _ = recurrence.judge(one)
        assert customer is None
        assert greeting is not None
        assert answer is not None
        assert greeting > 0.7 > 0.1 > answer


def test_a_call_is_not_judged_by_itself(calls: list[Call]) -> None:
    twice = call("twice", "We dry each fig by hand.", "We dry each fig by hand.")
    assert Recurrence.of([*calls, twice]).judge(twice)[0] == 0.0


def test_counting_a_call_again_changes_nothing(calls: list[Call]) -> None:
    once, again = Recurrence.of(calls), Recurrence.of([*calls, *calls])
    assert [once.judge(one) for one in calls] == [again.judge(one) for one in calls]


def test_a_call_that_was_not_counted_is_judged_by_the_others(calls: list[Call]) -> None:
    judged = Recurrence.of(calls[:2]).judge(calls[2])
    assert judged[0] is not None
    assert judged[0] > 0.5


def test_the_only_call_of_a_company_is_not_judged(calls: list[Call]) -> None:
    alone = call("alone", LINE.format("Sam"), company="larkspur")
    assert Recurrence.of([*calls, alone]).judge(alone) == [None, None]
    assert Recurrence().judge(alone) == [None, None]


def test_companies_do_not_share_scripts(calls: list[Call]) -> None:
    others = [call(name, LINE.format("Sam"), company="larkspur") for name in ("a", "b")]
    recurrence = Recurrence.of([calls[0], call("x", "Hello.", company="merrow_air"), *others])
    assert recurrence.judge(calls[0])[0] == 0.0


def test_a_stream_is_judged_by_the_calls_so_far(calls: list[Call]) -> None:
    stream = Recurrence()
    assert stream.judge_added(calls[:1])[0][0] is None
    second, third = stream.judge_added(calls[1:])
    assert second[0] is not None
    assert third[0] is not None
    assert stream.judge(calls[2]) == Recurrence.of(calls).judge(calls[2])


def test_scripted_turns_of_the_corpus_are_told_from_answers() -> None:
    labelled: list[LabelledCall] = [one for one in read_corpus(CORPUS) if one.split == "dev"]
    recurrence = Recurrence.of(one.call() for one in labelled)
    sure = right = scripted = 0
    for one in labelled:
        for turn, judged in zip(one.turns, recurrence.judge(one.call()), strict=True):
            stock = bool({"boilerplate", "canned"} & set(turn.labels))
            scripted += stock
            if judged is not None and judged >= 0.5:
                sure += 1
                right += stock
    assert right / sure > 0.85
    assert right / scripted > 0.6
