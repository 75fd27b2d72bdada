from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.call import Call, Turn
from analyzer.segmentation import LONGEST_SENTENCE, sentences_of


def call_of(*texts: str) -> Call:
    return Call(id="c", turns=[Turn(speaker="agent", text=text) for text in texts])


def sentences(*texts: str) -> list[list[str]]:
    spans = sentences_of(call_of(*texts))
    return [[text[a:b] for a, b in found] for text, found in zip(texts, spans, strict=True)]


def test_a_turn_is_cut_at_its_full_stops() -> None:
    assert sentences("Okay. Account number? It's 3.50, Mr. Hill!") == [
        ["Okay.", "Account number?", "It's 3.50, Mr. Hill!"]
    ]


def test_a_turn_without_punctuation_is_one_sentence() -> None:
    text = "yeah so i rang on friday and nobody came and i rang again"
    assert sentences(text) == [[text]]


def test_marks_that_open_a_sentence_belong_to_it() -> None:
    assert sentences('Bear with me. [hold] He said "no." (Really!) #NAME# rang. "Why?" "Me?"') == [
        [
            "Bear with me.",
            '[hold] He said "no."',
            "(Really!)",
            "#NAME# rang.",
            '"Why?"',
            '"Me?"',
        ]
    ]
    assert sentences("Why ?Because I said") == [["Why ?", "Because I said"]]


def test_a_sentence_never_crosses_a_turn() -> None:
    assert sentences("i was waiting for", "the engineer. And then") == [
        ["i was waiting for"],
        ["the engineer.", "And then"],
    ]


def test_white_space_around_sentences_is_left_out() -> None:
    assert sentences("  Hello.\n\n How are you? ", "\tfine\n") == [
        ["Hello.", "How are you?"],
        ["fine"],
    ]


@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_a_blank_turn_has_no_sentences(blank: str) -> None:
    assert sentences("Hello.", blank, "Bye.") == [["Hello."], [], ["Bye."]]


def test_an_endless_turn_is_cut_into_bounded_pieces() -> None:
    text = " ".join(["the", "line", "dropped", "and", "nobody", "rang"] * 3_334)
    (found,) = sentences(text)
    assert max(len(piece.split()) for piece in found) <= LONGEST_SENTENCE
    assert " ".join(found) == text
    assert all(piece.startswith("and") for piece in found[1:])


def test_an_endless_turn_without_any_joint_is_cut_all_the_same() -> None:
    (found,) = sentences("word " * 1_000)
    assert max(len(piece.split()) for piece in found) <= LONGEST_SENTENCE


def test_another_pipelines_tokenizer_can_be_used() -> None:
    nlp = spacy.blank("de")
    assert sentences_of(call_of("Hallo. Danke."), nlp) == [[(0, 6), (7, 13)]]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_sentences_stand_in_order_within_their_turn_and_hold_every_word(texts: list[str]) -> None:
    for text, found in zip(texts, sentences_of(call_of(*texts)), strict=True):
        at = 0
        for first, last in found:
            assert at <= first < last <= len(text)
            assert not text[at:first].strip()
            at = last
        assert not text[at:].strip()
