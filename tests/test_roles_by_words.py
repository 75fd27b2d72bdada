from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.corpus import LabelledCall, read_corpus
from analyzer.roles.by_words import FEWEST_SEGMENTS, Segment, roles_by_words, words_model
from analyzer.roles.fitting_by_words import cut, fit_words, main, recognised, share_right

DATA = Path(__file__).parent.parent / "data"

TALK = [
    ("agent", "Thank you for calling Northlink, this is Dana."),
    ("agent", "How can I help you today?"),
    ("customer", "Hi, my broadband has been down since Monday and nobody called me back."),
    ("agent", "I'm sorry about that, can I take your account number?"),
    ("customer", "I already gave it to the last person."),
    ("agent", "Thank you, let me check that for you."),
    ("customer", "I've been waiting for three weeks."),
]


@pytest.fixture(scope="module")
def unseen() -> list[LabelledCall]:
    """Phone calls by authors of whom the bundled model has seen nothing."""
    calls = read_corpus(DATA / "further_calls.jsonl")
    return [call for call in calls if call.metadata.get("channel") == "phone"][::4]


def mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)


def test_most_words_of_unseen_authors_are_given_to_the_right_speaker(
    unseen: list[LabelledCall],
) -> None:
    assert mean([share_right(cut(call)) for call in unseen]) > 0.8
    assert mean([share_right(recognised(cut(call))) for call in unseen]) > 0.8


def test_words_of_both_speakers_in_a_segment_make_the_guess_far_worse(
    unseen: list[LabelledCall],
) -> None:
    shares = [share_right(cut(call), blind=True) for call in unseen]
    assert 0.6 < mean(shares) < 0.75


def test_a_plain_talk_is_told_apart() -> None:
    assert roles_by_words([Segment(text) for _, text in TALK]) == [who for who, _ in TALK]


def test_a_pause_suggests_that_the_other_speaks() -> None:
    model = words_model()
    before, close, late = Segment("Fine.", 0, 900), Segment("So.", 950), Segment("So.", 4_000)
    assert model.change(before, late) > model.change(before, close)


def test_a_question_suggests_that_the_other_speaks() -> None:
    model = words_model()
    asked, told = Segment("Is it the blue one?"), Segment("The blue one is it.")
    assert model.change(asked, Segment("Yes.")) > model.change(told, Segment("Yes."))


def test_few_segments_are_not_guessed() -> None:
    segments = [Segment(text) for _, text in TALK]
    assert roles_by_words(segments[: FEWEST_SEGMENTS - 1]) is None
    assert roles_by_words([]) is None


def test_what_one_speaker_seems_to_say_alone_is_not_guessed() -> None:
    assert roles_by_words([Segment("May I have your account number please?")] * 12) is None


def test_recordings_at_the_start_are_neither() -> None:
    recorded = ["Welcome to Northlink.", "Your call may be recorded for training purposes."]
    guessed = roles_by_words([Segment(text) for text in [*recorded, *(text for _, text in TALK)]])
    assert guessed == ["other", "other", *(who for who, _ in TALK)]


def test_segments_of_signs_alone_disturb_nobody() -> None:
    segments = [Segment(text) for _, text in TALK]
    guessed = roles_by_words([*segments[:5], Segment("..."), *segments[5:]])
    assert guessed is not None
    assert [*guessed[:5], *guessed[6:]] == [who for who, _ in TALK]


def test_the_fitted_weights_are_written_as_the_package_reads_them(
    corpus: list[LabelledCall], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.jsonl"
    chosen = [call for call in corpus if call.author == "a1"]
    few.write_text("\n".join(call.model_dump_json() for call in chosen), "utf-8")
    out = tmp_path / "words.json"
    main([str(few), "--out", str(out), "--unseen", str(few)])
    assert words_model(out) == fit_words(chosen)
    assert "words" in capsys.readouterr().out
