"""Better words: quoted from others, masked, and a plain rule where nothing is close."""

from pathlib import Path

import numpy as np
import pytest

from analyzer import codebook
from analyzer.answers import (
    Answer,
    answers_in,
    bundled_answers,
    load_answers,
    save_answers,
)
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.errors import ReadError, UsageError
from analyzer.masking import mask
from analyzer.report import CallReport, Opportunity
from analyzer.suggestions import Suggester

CORPUS = Path(__file__).parents[1] / "data" / "corpus.jsonl"


@pytest.fixture(scope="module")
def labelled() -> list[LabelledCall]:
    return read_corpus(CORPUS)


@pytest.fixture(scope="module")
def reports(labelled: list[LabelledCall]) -> list[CallReport]:
    return [call.gold_report() for call in labelled]


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("I've taken the £49.50 off.", "I've taken the [amount] off."),
        ("that's six hundred and twelve dollars", "that's [amount]"),
        ("write to dana.b@mail.example today", "write to [email] today"),
        ("see www.northlink.example/help", "see [link]"),
        ("call me on 0161 496 0000", "call me on [number]"),
        ("call me on oh seven seven double four one", "call me on [number]"),
        ("Order AB12-9917 is late", "Order [number] is late"),
        ("Thank you, Mr. Corrigan.", "Thank you, Mr. [name]."),
        ("thank you mrs baird he was kind", "thank you mrs [name] he was kind"),
        ("Then ask for Gavin or Sneha, please.", "Then ask for [name] or [name], please."),
        ("ask for gavin when you ring", "ask for [name] when you ring"),
        (
            "Sandy, it's cancelled. Right, you won't get a text.",
            "[name], it's cancelled. Right, you won't get a text.",
        ),
        ("Is that Gavin's car?", "Is that [name]'s car?"),
        ("I was in Ludworth on Tuesday.", "I was in [name] on Tuesday."),
        ("My name is Zweli, how can I help?", "My name is [name], how can I help?"),
        ("It's the 3rd time, I will mark it.", "It's the 3rd time, I will mark it."),
        ("this is not what we want for you", "this is not what we want for you"),
    ],
)
def test_personal_data_is_masked_and_the_rest_is_kept(said: str, masked: str) -> None:
    assert mask(said) == masked


def test_names_that_the_metadata_holds_are_masked() -> None:
    assert mask("quill will ring you", ["quill mobile"]) == "[name] will ring you"


def test_no_agent_or_digit_string_of_the_corpus_is_left_in_the_bank(
    labelled: list[LabelledCall],
) -> None:
    agents = {call.id: call.metadata["agent"] for call in labelled}
    for answer in bundled_answers():
        said = f"{answer.words} {answer.situation}".lower().split()
        assert agents[answer.call] not in said
        assert not [word for word in said if sum(letter.isdigit() for letter in word) > 4]


def test_the_bank_holds_seized_opportunities_of_every_kind(
    labelled: list[LabelledCall],
) -> None:
    seized = {
        (call.id, chance.kind, chance.by)
        for call in labelled
        for chance in call.opportunities
        if chance.outcome == "seized"
    }
    assert {(a.call, a.kind, a.turn) for a in bundled_answers()} <= seized
    assert {answer.kind for answer in bundled_answers()} == set(codebook.KIND_NAMES)


def opportunity(report: CallReport, outcome: str = "missed") -> Opportunity:
    return next(chance for chance in report.opportunities if chance.outcome == outcome)


def test_a_suggestion_quotes_a_named_call_of_the_same_kind(reports: list[CallReport]) -> None:
    suggester = Suggester(close_enough=-9)
    bank = {(answer.call, answer.turn, answer.kind) for answer in bundled_answers()}
    for report in reports[:30]:
        for chance in report.missed:
            found = suggester.suggest(report, chance)
            assert (found.source_call, found.source_turn, chance.kind) in bank
            assert found.source_call != report.id
            assert found.bundled
            assert found.said_to


def test_where_nothing_is_close_the_plain_rule_stands(reports: list[CallReport]) -> None:
    report = next(one for one in reports if one.missed)
    chance = report.missed[0]
    found = Suggester(close_enough=2).suggest(report, chance)
    due = codebook.KINDS_BY_NAME[chance.kind].due
    assert found.text.rstrip(".").lower() == due.lower()
    assert found.source_call is None
    assert Suggester([], bundled=[]).suggest(report, chance).source_call is None


def test_the_suggestion_in_full_gives_the_rule_and_names_the_source(
    reports: list[CallReport],
) -> None:
    report = next(one for one in reports if any(c.kind == "loyalty" for c in one.missed))
    chance = next(chance for chance in report.missed if chance.kind == "loyalty")
    found = Suggester().suggest(report, chance)
    assert found.source_call is not None
    assert found.in_full().startswith(found.rule)
    assert found.source_call in found.in_full()
    assert found.text in found.in_full()


def test_the_closest_situation_is_quoted_and_the_own_house_comes_first(
    reports: list[CallReport],
) -> None:
    report = next(one for one in reports if one.missed)
    chance = report.missed[0]

    def answer(situation: str, words: str, call: str) -> Answer:
        return Answer(kind=chance.kind, situation=situation, words=words, call=call, turn=2)

    near = answer(chance.quote, "I hear you, and I will sort it out now.", "near")
    far = answer("parcel bicycle tulip", "I hear you, and I will sort it out now.", "far")
    assert (
        Suggester([], bundled=[far, near], close_enough=-9).suggest(report, chance).source_call
        == "near"
    )
    own = near.model_copy(update={"call": "own"})
    found = Suggester([own], bundled=[near], close_enough=-9).suggest(report, chance)
    assert (found.source_call, found.bundled) == ("own", False)


def test_an_answer_that_fits_nobody_else_yields_to_one_that_does(
    reports: list[CallReport],
) -> None:
    report = next(one for one in reports if one.missed)
    chance = report.missed[0]

    def answer(words: str, call: str) -> Answer:
        return Answer(kind=chance.kind, situation=chance.quote, words=words, call=call, turn=2)

    special = answer("The cormorant etching by [name] hangs upside down in the vestibule.", "a")
    common = answer("You were right to ring us about it.", "b")
    assert Suggester([special, common], close_enough=-9).suggest(report, chance).source_call == "b"


def test_vectors_of_ones_own_can_be_used(reports: list[CallReport]) -> None:
    report = next(one for one in reports if one.missed)
    seen: list[str] = []

    def embed(texts: object) -> np.ndarray:
        seen.extend(texts)  # type: ignore[call-overload]
        return np.eye(4, dtype=np.float32)[[len(text) % 4 for text in texts]]  # type: ignore[attr-defined]

    Suggester(embed=embed).suggest(report, report.missed[0])
    assert mask(report.missed[0].quote, [report.metadata["agent"]]) in seen


def test_every_opportunity_but_a_seized_one_gets_words(reports: list[CallReport]) -> None:
    suggester = Suggester()
    report = next(one for one in reports if {c.outcome for c in one.opportunities} > {"seized"})
    improved = suggester.improve(report)
    for chance in improved.opportunities:
        assert bool(chance.suggestion) == (chance.outcome != "seized")
    assert improved.turns == report.turns


def test_reports_make_a_bank_of_their_own(reports: list[CallReport], tmp_path: Path) -> None:
    answers = [answer for report in reports[:60] for answer in answers_in(report)]
    assert len(answers) > 10
    save_answers(answers, tmp_path / "answers.json")
    assert load_answers(tmp_path / "answers.json") == answers
    (tmp_path / "answers.json").write_text("[{}]")
    with pytest.raises(ReadError, match="no bank of answers"):
        load_answers(tmp_path / "answers.json")


def test_reports_without_words_make_no_bank(reports: list[CallReport]) -> None:
    report = next(one for one in reports if any(c.outcome == "seized" for c in one.opportunities))
    silent = report.model_copy(
        update={"turns": [turn.model_copy(update={"text": None}) for turn in report.turns]}
    )
    with pytest.raises(UsageError, match="leaves the turns' text out"):
        list(answers_in(silent))
