"""Anonymised exports are read as if their placeholders were words; reports keep them."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer import Analyzer, Call, Turn
from analyzer.tagger.placeholders import without_placeholders
from analyzer.tagger.text_forms import recogniser_form
from analyzer.tagger.words import Vocabulary


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("My #PRS_ORG# watch, #ALPHANUMERIC_ID#", "My the company watch, number"),
        ("Hi [NAME_1], it went to <EMAIL_ADDRESS>.", "Hi name, it went to email."),
        ("{{order number}} for {PERSON}", "order number for name"),
        ("see the #picture# [name]", "see the picture name"),
        ("call <PHONE_NUMBER> or #NUMBER#", "call phone number or number"),
        ("[CREDIT_DEBIT_NUMBER-1] {{ order_number }}", "number order number"),
        ("order ZK#NUMBER#a of #NAME##NAME#", "order ZK number a of name name"),
    ],
)
def test_placeholders_become_plain_words(text: str, read: str):
    assert without_placeholders(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "[laughs] oh well",
        "press # then 2#",
        "a < b and c > d",
        "order #3 and #4",
        "[CROSSTALK]",
        "",
    ],
)
def test_what_is_no_placeholder_stays(text: str):
    assert without_placeholders(text) == text


def test_in_a_recogniser_form_placeholders_are_the_words_they_are_read_as():
    assert recogniser_form("My #NAME#! And [NAME].") == "my name and name"
    assert recogniser_form("Call <PHONE> or {{order}}?") == "call phone number or order number"
    assert recogniser_form("[laughs] Press #.") == "[laughs] press #"


def test_the_vocabulary_of_the_word_model_holds_what_is_read():
    known = Vocabulary.fit(["My #PRS_ORG# watch", "That #PRS_ORG# watch again"]).ngrams
    assert "the company" in known
    assert "company watch" in known
    assert "prs_org" not in known


def _call(company: str, number: str) -> Call:
    return Call(
        id="c",
        turns=[
            Turn(speaker="agent", text="Good morning, how may I help you?"),
            Turn(
                speaker="customer",
                text=f"I gave {company} my {number} three times now. I am fed up with this.",
            ),
            Turn(speaker="agent", text=f"I need your {number}. {company} needs it again."),
        ],
    )


MASKED, PLAIN = _call("#PRS_ORG#", "[PHONE_NUMBER]"), _call("the company", "phone number")


def test_transformer_and_words_read_an_anonymised_call_as_plain_words(analyzer: Analyzer):
    masked, plain = (analyzer.tagger.tag(call) for call in (MASKED, PLAIN))
    assert np.array_equal(masked.labels, plain.labels)
    assert np.array_equal(masked.sentiment, plain.sentiment)
    assert np.array_equal(masked.words, plain.words)


def test_quotes_keep_the_placeholders(analyzer: Analyzer):
    report = analyzer.analyze(MASKED)
    quotes = []
    for found in [*report.cues, *report.flags]:
        text = MASKED.turns[found.turn - 1].text
        assert text[found.start_char : found.end_char] == found.quote
        quotes.append(found.quote)
    assert any("#PRS_ORG#" in quote or "[PHONE_NUMBER]" in quote for quote in quotes)
