from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.call import Call, Turn
from analyzer.corpus import LabelledCall
from analyzer.roles.fitting import calibrated_scale, fit_roles, held_out_differences, main
from analyzer.roles.inferring import infer_roles, role_model, swapped


@pytest.fixture(scope="module")
def calls(corpus: list[LabelledCall]) -> list[Call]:
    return [call.call() for call in corpus]


def hidden(call: Call) -> list[tuple[str, str]]:
    """What is said, by speakers whose names tell nothing."""
    return [(f"spk_{turn.speaker == 'agent':d}", turn.text) for turn in call.turns]


def turned_round(call: Call) -> Call:
    other = {"agent": "customer", "customer": "agent"}
    return Call(id=call.id, turns=[Turn(speaker=other[t.speaker], text=t.text) for t in call.turns])


def test_roles_of_labelled_calls_are_inferred_from_the_talk(calls: list[Call]) -> None:
    right = sum(
        infer_roles(hidden(call)).roles == {"spk_1": "agent", "spk_0": "customer"} for call in calls
    )
    assert right >= 0.995 * len(calls)


def test_the_first_turns_are_often_enough(calls: list[Call]) -> None:
    right = sum(
        infer_roles(hidden(call)[:6]).roles == {"spk_1": "agent", "spk_0": "customer"}
        for call in calls
    )
    assert right >= 0.98 * len(calls)


def test_swapped_roles_are_told_from_right_ones(calls: list[Call]) -> None:
    assert sum(swapped(call) > 0.5 for call in calls) <= 2
    assert sum(swapped(turned_round(call)) > 0.9 for call in calls) >= 0.97 * len(calls)


def test_one_side_alone_says_nothing_of_swapped_roles() -> None:
    assert swapped(Call(id="a", turns=[Turn(speaker="agent", text="Hello?")])) == 0.5


def test_upper_case_and_missing_punctuation_change_nothing() -> None:
    talk = [("A", "Thank you for calling, how can I help?"), ("B", "My card was stolen!")]
    loud = [(who, words.upper().replace(",", "").replace("?", "")) for who, words in talk]
    assert infer_roles(talk) == infer_roles(loud)


def test_who_speaks_first_does_not_decide() -> None:
    guess = infer_roles(
        [
            ("A", "hello oh sorry is somebody there I lost my card"),
            ("B", "thank you for calling may I have your account number please"),
        ]
    )
    assert guess.roles == {"A": "customer", "B": "agent"}
    assert guess.confidence > 0.8


def test_silence_leaves_the_first_speaker_the_agent() -> None:
    guess = infer_roles([("A", "xyzzy"), ("B", "plugh")])
    assert guess.roles == {"A": "agent", "B": "customer"}
    assert guess.confidence == pytest.approx(0.5)


def test_a_supervisor_is_an_agent_too() -> None:
    guess = infer_roles(
        [
            ("A", "Thank you for calling Northlink, this is Dana, how can I help you today?"),
            ("B", "I was charged twice and I want my money back, I want to talk to a manager."),
            ("C", "Thank you for holding, this is Lee, the manager. I can refund that for you."),
            ("B", "I have been waiting for three weeks, I called you twice."),
        ]
    )
    assert guess.roles == {"A": "agent", "B": "customer", "C": "agent"}


def test_a_voice_that_only_announces_is_a_machine() -> None:
    guess = infer_roles(
        [
            ("A", "Welcome to Northlink. Your call may be recorded. Please hold."),
            ("B", "Thanks for holding, you're through to Dana. How can I help you today?"),
            ("C", "Hi, my broadband has been down since Monday and nobody called me back."),
            ("B", "I'm sorry about that. May I have your account number or your postcode?"),
            ("C", "I already gave it twice. It is four four one nine two, I think."),
        ]
    )
    assert guess.roles == {"A": "other", "B": "agent", "C": "customer"}


@pytest.mark.parametrize(
    "recording",
    [
        "for sales press one for support press two",
        "This call may be recorded for training and quality purposes.",
        "Your call is important to us, please stay on the line.",
        "All of our advisers are busy. Calls are answered in the order in which they arrive.",
    ],
)
def test_a_recording_is_a_machine_wherever_it_speaks(recording: str) -> None:
    talk = [
        ("B", "Hello, you're through to Dana. How can I help you today?"),
        ("C", "Hi, my broadband has been down since Monday and nobody called me back."),
        ("B", "I'm sorry about that. I'll have to ask a colleague, may I put you on hold?"),
        ("C", "I already gave it twice. It is four four one nine two, I think."),
    ]
    for place in (0, 3):
        guess = infer_roles([*talk[:place], ("A", recording), *talk[place:]])
        assert guess.roles == {"A": "other", "B": "agent", "C": "customer"}


def test_one_speaker_cannot_be_told_from_another() -> None:
    with pytest.raises(ValueError, match="two speakers"):
        infer_roles([("A", "Hello?")])


def test_the_fit_can_be_repeated(corpus: list[LabelledCall]) -> None:
    some = corpus[::4]
    assert fit_roles(some, seed=3) == fit_roles(some, seed=3)


def test_the_fit_knows_authors_it_has_not_seen(corpus: list[LabelledCall]) -> None:
    pair = [call for call in corpus if call.author in ("a1", "a8")]
    differences = held_out_differences(pair)
    assert sum(value > 0 for value in differences.values()) >= 0.9 * len(pair)


def test_the_fitted_weights_are_written_as_the_package_reads_them(
    corpus: list[LabelledCall], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.jsonl"
    some = [call for call in corpus if call.author in ("a1", "a2", "a8")]
    chosen = [call for call in some if call.author != "a2"]
    few.write_text("\n".join(call.model_dump_json() for call in some), "utf-8")
    out = tmp_path / "roles.json"
    main([str(few), "--without", "a2", "--out", str(out)])
    scale = calibrated_scale(list(held_out_differences(chosen).values()))
    assert role_model(out) == fit_roles(chosen, scale=scale)
    assert f"of {len(chosen)} calls right" in capsys.readouterr().out
    for model in (role_model(out), role_model()):
        assert model.weights["my"] < 0 < model.weights["your"]
