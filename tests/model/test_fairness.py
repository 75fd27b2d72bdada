"""The counterfactual audit: what it changes, and what it tells."""

from __future__ import annotations

import pytest

from analyzer import Call, Turn
from analyzer.corpus import LabelledCall
from analyzer.evaluation.dialects import family_of
from analyzer.evaluation.fairness import CHANGES, shifts
from analyzer.evaluation.fairness_words import NAMES_BY_GROUP

CALL = Call(
    id="c",
    turns=[
        Turn(speaker="agent", text="Hello, this is Karen. How can I help, sir?"),
        Turn(speaker="customer", text="My wife works nights and the canceled color TV is here."),
    ],
)


def words(change: str, call: Call = CALL) -> list[str]:
    return [turn.text for turn in CHANGES[change](call).turns]


@pytest.mark.parametrize(
    ("change", "agent", "customer"),
    [
        (
            "gendered words swapped",
            "Hello, this is Karen. How can I help, madam?",
            "My husband works nights and the canceled color TV is here.",
        ),
        (
            "American spelling becomes British",
            CALL.turns[0].text,
            "My wife works nights and the cancelled colour TV is here.",
        ),
        (
            "the customer speaks learner's English",
            CALL.turns[0].text,
            "My wife work nights and canceled color TV is here.",
        ),
        (
            "the customer says to be 81",
            CALL.turns[0].text,
            CALL.turns[1].text + " I'm eighty-one.",
        ),
    ],
)
def test_a_change_touches_only_what_it_names(change: str, agent: str, customer: str):
    assert words(change) == [agent, customer]


def test_a_name_becomes_one_of_the_group_throughout():
    call = Call(
        id="c",
        turns=[
            Turn(speaker="agent", text="Hello, this is Karen. Karen, of billing."),
            Turn(speaker="customer", text="Thank you, Karen."),
        ],
    )
    agent, customer = words("first names become Nigerian", call)
    name = customer.removeprefix("Thank you, ").removesuffix(".")
    assert name in NAMES_BY_GROUP["Nigerian"]
    assert customer == f"Thank you, {name}."
    assert agent == f"Hello, this is {name}. {name}, of billing."


def test_shifts_are_in_points_of_a_hundred(corpus: list[LabelledCall]):
    report = corpus[0].gold_report()
    worse = report.model_copy(deep=True)
    worse.scores.empathy -= 10
    worse.scores.csat -= 1
    moved = shifts([report], [worse])
    assert moved["empathy"] == [-10]
    assert moved["csat"] == [-25]
    assert moved["respect"] == [0]


@pytest.mark.parametrize(
    ("dialect", "family"),
    [
        ("polish_l2", "second language"),
        ("glaswegian", "Scottish"),
        ("new_england", "American and Canadian"),
        ("us_midwest", "American and Canadian"),
        ("nigerian_british", "African"),
    ],
)
def test_dialects_stand_with_their_family(dialect: str, family: str):
    assert family_of(dialect) == family
