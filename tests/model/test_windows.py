from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.call import Call, Turn
from analyzer.language import sentences_of
from analyzer.tagger.windows import MARKERS, WindowMaker, WindowSettings
from analyzer.tagger.word_pieces import WordPieces

SETTINGS = WindowSettings(pieces=48, context=16)


@pytest.fixture(scope="module")
def tokenizer(analyzer) -> WordPieces:
    return analyzer.tagger.tokenizer


def _windows(call: Call, tokenizer: WordPieces):
    return WindowMaker(tokenizer, SETTINGS).windows(call, sentences_of(call))


def _single_turns(call: Call, tokenizer: WordPieces):
    return WindowMaker(tokenizer, SETTINGS).single_turns(call, sentences_of(call))


@pytest.mark.parametrize("cut", [_windows, _single_turns])
@given(
    turns=st.lists(
        st.tuples(
            st.sampled_from(["agent", "customer", "other"]),
            st.text(alphabet="ab .,?!\n'é", max_size=300),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=40, deadline=None)
def test_every_sentence_is_labelled_in_exactly_one_window(
    tokenizer: WordPieces, turns: list[tuple[str, str]], cut
):
    call = Call(id="c", turns=[Turn(speaker=speaker, text=text) for speaker, text in turns])
    spans = sentences_of(call)
    labelled = [row[:2] for window in cut(call, tokenizer) for row in window.sentences]
    assert labelled == [(n, k) for n, found in enumerate(spans) for k in range(len(found))]


@pytest.mark.parametrize("cut", [_windows, _single_turns])
def test_no_window_is_longer_than_it_may_be(tokenizer: WordPieces, cut):
    long = Call(
        id="c",
        turns=[
            Turn(speaker="customer", text="word " * 20_000),
            Turn(speaker="agent", text="Right."),
        ],
    )
    windows = cut(long, tokenizer)
    assert max(len(window.tokens) for window in windows) <= SETTINGS.pieces
    assert len(windows) > 100


def test_a_window_begins_with_the_turns_before_it(tokenizer: WordPieces):
    turns = [
        Turn(speaker="customer" if n % 2 else "agent", text=f"number {n} of the talk we have")
        for n in range(20)
    ]
    windows = _windows(Call(id="c", turns=turns), tokenizer)
    first_labelled = windows[1].sentences[0]
    before = tokenizer.backend.decode(
        windows[1].tokens[: first_labelled[2]], skip_special_tokens=False
    )
    assert f"number {first_labelled[0] - 1} of" in before
    assert before.count("[AGENT]") + before.count("[CUSTOMER]") >= 1


def test_a_turn_by_itself_begins_with_its_own_marker(tokenizer: WordPieces):
    turns = [Turn(speaker="customer", text=f"{n} times now") for n in range(5)]
    windows = _single_turns(Call(id="c", turns=turns), tokenizer)
    assert [row[:3] for window in windows for row in window.sentences] == [
        (turn, 0, 1) for turn in range(5)
    ]


def test_each_turn_stands_behind_the_marker_of_its_speaker(tokenizer: WordPieces):
    call = Call(
        id="c",
        turns=[
            Turn(speaker="other", text="Press one."),
            Turn(speaker="agent", text="Hello."),
            Turn(speaker="customer", text="Hi."),
        ],
    )
    (window,) = _windows(call, tokenizer)
    markers = [
        tokenizer.backend.id_to_token(window.tokens[marker])
        for _, _, marker, _, _ in window.sentences
    ]
    assert markers == [MARKERS["other"], MARKERS["agent"], MARKERS["customer"]]
