"""What the bundled model makes of calls whose reading nobody would dispute."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer import Call, CallReport, Turn, codebook
from analyzer.context import context_features, context_rows
from analyzer.evidence import best_threshold
from analyzer.linear import LinearModel
from analyzer.report import Sentiment


def _call(*lines: str, id: str = "c") -> Call:
    turns = []
    for line in lines:
        speaker, text = line.split(": ", 1)
        turns.append(Turn(speaker={"A": "agent", "C": "customer"}[speaker], text=text))
    return Call(id=id, turns=turns)


KIND = _call(
    "A: Good morning, this is Dana, how can I help?",
    "C: I've called three times about this refund and nobody rang me back. I'm fed up with it.",
    "A: Three calls and no answer, I would be fed up too. I'm so sorry, we let you down there.",
    "C: I just want my money back, it's ninety pounds.",
    "A: I've just refunded the ninety pounds myself, it will be with you by Thursday. "
    "I'll ring you on Friday to check that it arrived.",
    "C: Oh, thank you so much, you've been wonderful. That's such a relief.",
    "A: It's my pleasure. You enjoy that weekend with your grandson.",
    id="kind",
)
COLD = _call(
    "A: Thank you for calling, your call may be recorded.",
    "C: I've called three times about this refund and nobody rang me back. I'm fed up with it.",
    "A: Account number?",
    "C: I've given it to three people already. My husband died last month and I need that money.",
    "A: Okay. Account number?",
    "C: This is disgusting. I'm going to leave and tell everybody.",
    "A: There's nothing I can do, that's the system. You'll have to call billing and start again. "
    "We apologise for any inconvenience this may have caused.",
    "C: So nobody is going to help me.",
    "A: As I already explained, you should have read the terms. Is there anything else?",
    id="cold",
)


@pytest.fixture(scope="module")
def kind(analyzer) -> CallReport:
    return analyzer.analyze(KIND)


@pytest.fixture(scope="module")
def cold(analyzer) -> CallReport:
    return analyzer.analyze(COLD)


def test_a_kind_call_scores_above_a_cold_one_on_every_score(kind: CallReport, cold: CallReport):
    for name in codebook.SCORE_NAMES:
        assert getattr(kind.scores, name) > getattr(cold.scores, name) + (
            0.5 if name == "csat" else 15
        ), name


def test_a_refund_after_an_apology_seizes_a_failure_or_an_effort(kind: CallReport):
    first = [chance for chance in kind.opportunities if chance.turn == 2]
    assert first
    assert all(chance.outcome != "missed" and chance.by in {3, 5} for chance in first)


def test_carrying_on_after_a_death_misses_the_hardship(cold: CallReport):
    hardship = [chance for chance in cold.opportunities if chance.kind == "hardship"]
    assert [(chance.turn, chance.outcome, chance.by) for chance in hardship] == [
        (4, "missed", None)
    ]
    assert "person first" in hardship[0].suggestion


def test_flags_point_at_the_sentence_that_shows_them(cold: CallReport):
    flags = {flag.label: flag for flag in cold.flags if flag.turn == 7}
    assert {"deflecting", "hoops", "hollow_apology"} <= set(flags)
    assert "nothing I can do" in flags["deflecting"].quote
    assert "call billing" in flags["hoops"].quote
    assert "apologise for any inconvenience" in flags["hollow_apology"].quote
    for flag in flags.values():
        text = COLD.turns[6].text
        assert text[flag.start_char : flag.end_char] == flag.quote


def test_a_flag_says_why(cold: CallReport):
    indifferent = next(flag for flag in cold.flags if flag.label == "indifferent")
    assert "no reaction to an expressed feeling" in indifferent.why
    assert "in turn" in indifferent.why


def test_the_reasons_of_a_score_add_up_to_it(kind: CallReport, cold: CallReport):
    for report in (kind, cold):
        assert set(report.reasons) == set(codebook.SCORE_NAMES)
        for name, reasons in report.reasons.items():
            total = sum(reason.points for reason in reasons)
            assert total == pytest.approx(getattr(report.scores, name), abs=0.11)


def test_a_score_lies_in_its_interval(kind: CallReport, cold: CallReport):
    for report in (kind, cold):
        assert set(report.intervals) == set(codebook.SCORE_NAMES)
        for name, (low, high) in report.intervals.items():
            assert low - 0.06 <= getattr(report.scores, name) <= high + 0.06


def test_sentiment_rises_in_a_recovered_call_and_is_null_on_agent_turns(kind: CallReport):
    assert kind.sentiment.trend is not None
    assert kind.sentiment.trend > 0.5
    assert [turn.sentiment is None for turn in kind.turns] == [
        turn.speaker == "agent" for turn in KIND.turns
    ]


def test_every_turn_has_the_probability_of_every_label_of_its_speaker(cold: CallReport):
    for turn in cold.turns:
        assert tuple(turn.labels) == codebook.labels_for(turn.speaker)
    found = {(one.turn, one.label) for one in [*cold.flags, *cold.cues, *cold.care]}
    for number, label in found:
        assert cold.turns[number - 1].labels[label] > 0


def test_a_bots_words_are_not_judged(analyzer):
    call = KIND.model_copy(
        update={"turns": [Turn(speaker="other", text="We are sorry, press one."), *KIND.turns]}
    )
    report = analyzer.analyze(call)
    assert report.turns[0].labels == {}
    assert all(one.turn != 1 for one in [*report.flags, *report.care, *report.cues])


def test_recogniser_form_gives_nearly_the_same_scores(analyzer, kind: CallReport):
    bare = KIND.model_copy(deep=True)
    for turn in bare.turns:
        turn.text = turn.text.lower().replace(",", "").replace(".", "").replace("?", "")
    assert analyzer.analyze(bare).scores.empathy == pytest.approx(kind.scores.empathy, abs=20)


def test_sentiment_of_a_silent_customer_is_unknown():
    assert Sentiment.of([]).start is None
    assert Sentiment.of([-1.0, 0.0, 1.0]).trend == 2.0


def test_calibration_learns_how_far_to_trust_a_logit():
    chance = np.random.default_rng(3)
    truth = chance.random(4000)
    gold = (chance.random(4000) < truth).astype(float)
    logits = 3.0 * np.log(truth / (1 - truth)) + 1.0  # overconfident, and biased
    rows = np.stack([logits, chance.normal(size=4000)], axis=1)
    fitted = LinearModel.fit_logistics(
        ["own", "noise"], rows, {"label": gold}, 0.003, {"label": ["own"]}, 10.0
    )
    probabilities = 1 / (1 + np.exp(-fitted.outputs(rows)[:, 0]))
    assert np.abs(probabilities - truth).mean() < 0.03


def test_the_turn_beside_is_seen_where_it_stands():
    call = KIND.model_copy(
        update={
            "turns": [
                Turn(speaker="customer", text="My father died."),
                Turn(speaker="agent", text="Okay."),
                Turn(speaker="customer", text="Is that all you say?"),
            ]
        }
    )
    from analyzer.tagger.call_tags import CallTags

    names = codebook.LABEL_NAMES
    labels = np.full((3, len(names)), -5.0)
    labels[0, names.index("distress")] = 4.0
    labels[2, names.index("frustration")] = 3.0
    words = np.full((3, len(names) + len(codebook.KIND_NAMES) + 1), -3.0)
    tags = CallTags([[]] * 3, [], labels, np.full((3, 7), -5.0), np.zeros(3), words)
    columns = context_features("agent")
    (row,) = context_rows(call, tags, "agent")
    assert row[columns.index("theirs_before:distress")] == 4.0
    assert row[columns.index("theirs_after:frustration")] == 3.0
    assert row[columns.index("indifferent")] == -5.0


def test_words_are_weighed_as_scikit_learn_weighs_them(corpus):
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    from analyzer.bundled import bundled_model
    from analyzer.tagger.words import WordModel

    words = WordModel.load(bundled_model())
    known = words._vocabularies["agent"]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, vocabulary=known.ngrams)
    vectorizer.idf_ = known.idf
    calls = [call.call() for call in corpus[:3]]
    together = words.logits_of(calls)
    for call, logits in zip(calls, together, strict=True):
        assert np.allclose(words.logits(call), logits, atol=1e-5)
        number = next(n for n, turn in enumerate(call.turns) if n and turn.speaker == "agent")
        rows = [vectorizer.transform([call.turns[n].text]) for n in (number, number - 1)]
        expected = hstack([rows[0], 0.5 * rows[1]]) @ words._weights["agent"]
        expected = expected[0] + words._intercepts["agent"]
        names = [codebook.LABEL_NAMES.index(name) for name in codebook.labels_for("agent")]
        assert np.allclose(logits[number, names], expected, atol=1e-3)


def test_what_each_feature_contributes_adds_up_to_the_output():
    chance = np.random.default_rng(4)
    rows = 3 * chance.normal(size=(40, 3)) + 1
    model = LinearModel.fit_ridge(["a", "b", "c"], rows, rows @ [1.0, -2.0, 0.0] + 5, 1.0)
    for row in rows[:5]:
        parts = model.contributions(row)
        assert parts["a"] == pytest.approx(row[0] - rows[:, 0].mean(), abs=0.3)
        total = model.intercept[0] + sum(parts.values())
        assert total == pytest.approx(model.outputs(row)[0, 0])


def test_two_models_stacked_say_what_each_says():
    chance = np.random.default_rng(5)
    rows = chance.normal(size=(50, 2))
    one = LinearModel.fit_ridge(["a", "b"], rows, rows[:, 0], 1.0)
    two = LinearModel.fit_ridge(["a", "b"], 3 * rows[:30] + 1, rows[:30, 1], 1.0)
    both = one.stacked(two).outputs(rows)
    assert both[:, 0] == pytest.approx(one.outputs(rows)[:, 0])
    assert both[:, 1] == pytest.approx(two.outputs(rows)[:, 0], abs=1e-4)


def test_the_threshold_is_where_f1_is_best():
    probabilities = np.array([0.9, 0.8, 0.35, 0.3, 0.05, 0.02])
    gold = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    assert 0.3 < best_threshold(probabilities, gold) < 0.36


def test_harm_of_an_unsure_kind_is_flagged_once_with_its_likeliest_kind():
    from analyzer.evidence import Calibration, Evidence
    from analyzer.findings import find_flags, flag_harm_of_some_kind
    from analyzer.tagger.call_tags import CallTags

    said = ["That's how it is.", "Okay. Number?", "Hello."]
    call = Call(id="c", turns=[Turn(speaker="agent", text=text) for text in said])
    names = codebook.LABEL_NAMES
    labels = np.zeros((3, len(names)))
    for turn, label, chance in [
        (0, "dismissive", 0.3),
        (0, "condescending", 0.25),
        (0, "deflecting", 0.2),
        (1, "indifferent", 0.6),
        (1, "hurried", 0.4),
        (2, "boilerplate", 0.9),
        (2, "canned", 0.3),
    ]:
        labels[turn, names.index(label)] = chance
    tags = CallTags(
        [[(0, len(text))] for text in said],
        [labels[turn : turn + 1].astype(np.float32) for turn in range(3)],
        labels.astype(np.float32),
        np.zeros((3, 7), np.float32),
        np.zeros(3, np.float32),
        np.zeros((3, 1), np.float32),
    )
    evidence = Evidence(call, tags, labels, np.zeros((3, 7)), np.full(3, np.nan))
    calibration = Calibration.model_construct(thresholds=dict.fromkeys(names, 0.5), harm_from=0.7)
    sure = find_flags(evidence, calibration)
    flags = flag_harm_of_some_kind(sure, evidence, calibration)
    assert [(flag.turn, flag.label, flag.confidence) for flag in flags] == [
        (1, "dismissive", 0.3),
        (2, "indifferent", 0.6),
        (3, "boilerplate", 0.9),
    ]
    calibration.harm_from = None
    assert flag_harm_of_some_kind(sure, evidence, calibration) == sure
    assert [flag.turn for flag in sure] == [2, 3]
