from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.call import Call, Turn
from analyzer.corpus import LabelledCall
from analyzer.language import annotate, call_of, doc_of, render

TALK = Call(
    id="c-1",
    turns=[
        Turn(speaker="customer", text="You promised. Nobody came!"),
        Turn(speaker="other", text=""),
        Turn(speaker="agent", text=" Okay. Account number?"),
    ],
)


def labels(doc: Doc, group: str) -> list[tuple[str, str]]:
    return [(span.label_, span.text) for span in doc.spans[group]]


def test_a_call_is_one_doc_with_turns_and_sentences() -> None:
    doc = doc_of(TALK)
    assert labels(doc, "turns") == [
        ("customer", "You promised. Nobody came!"),
        ("agent", "Okay. Account number?"),
    ]
    assert [span.id for span in doc.spans["turns"]] == [1, 3]
    assert [span.text for span in doc.spans["sentences"]] == [
        "You promised.",
        "Nobody came!",
        "Okay.",
        "Account number?",
    ]


def test_a_call_comes_back_from_its_doc() -> None:
    assert call_of(doc_of(TALK)) == TALK


def test_findings_become_spans_over_their_words(corpus: list[LabelledCall]) -> None:
    for labelled in corpus[:20]:
        report = labelled.gold_report()
        doc = annotate(doc_of(labelled.call()), report)
        for group, findings in (
            ("flags", report.flags),
            ("cues", report.cues),
            ("care", report.care),
        ):
            assert labels(doc, group) == [(one.label, one.quote.strip()) for one in findings]
            assert doc.spans[group].attrs["scores"] == [one.confidence for one in findings]
            assert [span.id for span in doc.spans[group]] == [one.turn for one in findings]
        assert doc._.call_report == report


def test_a_report_of_another_call_is_refused(corpus: list[LabelledCall]) -> None:
    with pytest.raises(ValueError, match="another call"):
        annotate(doc_of(corpus[0].call()), corpus[1].gold_report())


def test_an_annotated_doc_survives_storage(corpus: list[LabelledCall]) -> None:
    doc = annotate(doc_of(corpus[0].call()), corpus[0].gold_report())
    again = Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes())
    assert labels(again, "flags") == labels(doc, "flags")
    assert again._.call_report == corpus[0].gold_report()


def test_displacy_draws_the_labels(corpus: list[LabelledCall]) -> None:
    doc = annotate(doc_of(corpus[0].call()), corpus[0].gold_report())
    html = render(doc, jupyter=False)
    for label in {span.label_ for span in doc.spans["flags"]}:
        assert label in html
    assert "frustration" not in html
    assert "frustration" in render(doc, "cues", jupyter=False)


def turns_of(text: str) -> list[tuple[str, str]]:
    call = call_of(spacy.blank("en").make_doc(text))
    return [] if call is None else [(turn.speaker, turn.text) for turn in call.turns]


def test_lines_that_start_with_a_speaker_are_turns() -> None:
    text = "Agent: Hello there.\nHow are you?\n[00:12] Caller: Not good.\nRep - Dana: Oh no.\n"
    assert turns_of(text) == [
        ("agent", "Hello there.\nHow are you?"),
        ("customer", "Not good."),
        ("agent", "Oh no."),
    ]


def test_a_name_that_recurs_beside_a_known_role_is_the_other_party() -> None:
    assert turns_of("Agent: Hello.\nMaria: Hi.\nAgent: Order?\nMaria: Yes: 12.") == [
        ("agent", "Hello."),
        ("customer", "Hi."),
        ("agent", "Order?"),
        ("customer", "Yes: 12."),
    ]


def test_plain_text_is_one_turn_of_an_agent() -> None:
    text = "We apologise for any inconvenience. Note: allow ten days."
    assert turns_of(text) == [("agent", text)]


def test_an_empty_doc_holds_no_call() -> None:
    assert turns_of(" \n") == []


def test_turns_made_by_another_component_are_used() -> None:
    doc = spacy.blank("en").make_doc("not my department I waited an hour")
    doc.spans["turns"] = SpanGroup(
        doc, spans=[Span(doc, 0, 3, label="AGENT"), Span(doc, 3, 7, label="caller")]
    )
    call = call_of(doc)
    assert call is not None
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("agent", "not my department"),
        ("customer", "I waited an hour"),
    ]


def test_the_component_joins_any_pipeline_by_its_name() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("empathy_analyzer")
    assert nlp.pipe_names == ["empathy_analyzer"]
    assert nlp.get_pipe_meta("empathy_analyzer").default_config == {"model": None}


def test_the_component_writes_what_the_analyzer_finds(analyzer) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("empathy_analyzer")
    texts = [
        "Customer: My husband died in June and I can't get into the account.\n"
        "Agent: Okay. Account number?",
        "",
        "Agent: Not my department, there's nothing I can do. Anything else?",
    ]
    docs = list(nlp.pipe(texts))
    assert [len(doc.spans["turns"]) for doc in docs] == [2, 0, 1]
    assert docs[1]._.call_report is None
    assert docs[0]._.call_report == analyzer.analyze(call_of(docs[0]))
    for doc in (docs[0], docs[2]):
        flags = doc._.call_report.flags
        assert flags
        assert labels(doc, "flags") == [(flag.label, flag.quote) for flag in flags]
    assert [s.text for s in docs[0].spans["sentences"]][1:] == ["Okay.", "Account number?"]
