"""Exports that label the agent as the customer: what is corrected, what is left alone."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import pytest

from analyzer.call import Call, Speaker
from analyzer.corpus import LabelledCall
from analyzer.readers import read_calls
from analyzer.tagger.text_forms import recogniser_form

AGENT = (
    "Thank you for calling Northlink, this is Dana, how can I help you today?",
    "I'm sorry about that, may I have your account number, and I'll check it for you.",
    "Let me look that up for you now. I can see the fault, and I've booked an engineer.",
)
CUSTOMER = (
    "Hi, my broadband has been down since Monday and nobody called me back.",
    "I already gave it twice. It is four four one nine two. I have been waiting for weeks.",
    "Thank you, that's great.",
)


def text(agent: str, customer: str, start: str = "") -> str:
    return start + "".join(
        f"{agent}: {asked}\n{customer}: {told}\n"
        for asked, told in zip(AGENT, CUSTOMER, strict=True)
    )


def read(data: str, roles: Mapping[str, Speaker] | None = None) -> Call:
    (call,) = read_calls(io.BytesIO(data.encode()), roles=roles)
    return call


def said_by(call: Call, speaker: Speaker) -> tuple[str, ...]:
    return tuple(turn.text for _, turn in call.turns_of(speaker))


def test_labels_that_are_plainly_swapped_are_corrected_and_it_is_said() -> None:
    call = read(text("Customer", "Agent"))
    assert said_by(call, "agent") == AGENT
    assert said_by(call, "customer") == CUSTOMER
    assert call.metadata["roles"] == "corrected"
    assert call.metadata["roles_confidence"] > 0.98


def test_right_labels_stay_and_nothing_is_said() -> None:
    call = read(text("Agent", "Customer"))
    assert said_by(call, "agent") == AGENT
    assert "roles" not in call.metadata


def test_roles_that_the_user_gives_are_never_corrected() -> None:
    call = read(text("Customer", "Agent"), roles={"Agent": "agent"})
    assert said_by(call, "agent") == CUSTOMER
    assert "roles" not in call.metadata


def test_the_neutral_format_is_believed_and_the_doubt_noted() -> None:
    turns = [
        {"speaker": speaker, "text": said}
        for asked, told in zip(AGENT, CUSTOMER, strict=True)
        for speaker, said in (("customer", asked), ("agent", told))
    ]
    call = read(json.dumps({"id": "a", "turns": turns}))
    assert said_by(call, "agent") == CUSTOMER
    assert call.metadata == {"roles_doubtful": True}


def test_a_few_words_correct_nothing() -> None:
    call = read("Customer: Thank you for calling, how can I help?\nAgent: My line is down.\n")
    assert said_by(call, "agent") == ("My line is down.",)


def test_the_agents_name_stays_the_agents() -> None:
    call = read(text("Customer (Mrs Hill)", "Agent Dana Reyes"))
    assert said_by(call, "agent") == AGENT
    assert call.metadata["agent"] == "Dana Reyes"


def test_a_machine_stays_a_machine() -> None:
    call = read(text("Customer", "Agent", start="IVR: Please hold.\n"))
    assert [turn.speaker for turn in call.turns[:3]] == ["other", "agent", "customer"]


def test_a_recording_beside_people_who_are_known_is_a_machine() -> None:
    recording = "This call may be recorded for training and quality purposes."
    said = [("voice 3", recording)]
    for asked, told in zip(AGENT, CUSTOMER, strict=True):
        said += [("agent", asked), ("customer", told)]
    rows = [{"call_id": "a", "speaker": speaker, "text": words} for speaker, words in said]
    call = read("".join(json.dumps(row) + "\n" for row in rows))
    assert [turn.speaker for turn in call.turns[:3]] == ["other", "agent", "customer"]


@pytest.mark.parametrize("style", ["typed", "recognised"])
def test_swapped_exports_of_labelled_calls_are_put_right(
    corpus: list[LabelledCall], style: str
) -> None:
    some = corpus[::6]
    right = left = 0
    for labelled in some:
        for swap in (False, True):
            names = {"agent": "Customer", "customer": "Agent"} if swap else {}
            rows = [
                {
                    "call_id": labelled.id,
                    "speaker": names.get(turn.speaker, turn.speaker),
                    "text": recogniser_form(turn.text) if style == "recognised" else turn.text,
                }
                for turn in labelled.turns
            ]
            call = read("".join(json.dumps(row) + "\n" for row in rows))
            same = [turn.speaker for turn in call.turns] == [
                turn.speaker for turn in labelled.turns
            ]
            right += swap and same
            left += not swap and same and "roles" not in call.metadata
    assert left == len(some)
    assert right >= 0.95 * len(some)
