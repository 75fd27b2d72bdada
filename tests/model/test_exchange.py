"""What the whole exchange says: the model that reads the turns of a call together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzer import Analyzer, codebook
from analyzer.call import Call, Turn
from analyzer.context import Side, context_features
from analyzer.corpus import LabelledCall, LabelledTurn
from analyzer.errors import ModelError
from analyzer.evaluation.cross_validation import UnseenTags, read_unseen_exchanges
from analyzer.evidence import WORDS_SHARE, Calibration
from analyzer.linear import LinearModel
from analyzer.recovery import find_opportunities
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.exchange import OUTCOMES, ExchangeModel
from analyzer.tagger.exchange_training import fit_exchange
from analyzer.tagger.tag_store import fingerprint, load_tags, save_tags
from analyzer.tagger.turn_places import PLACES, turn_places
from analyzer.tagger.words import OUTPUTS, SPEAKERS, outputs_of

DISTRESS, INDIFFERENT = (codebook.LABEL_NAMES.index(name) for name in ("distress", "indifferent"))


def tags_of(turns: int, seed: int = 0) -> CallTags:
    """Tags that say little, each turn otherwise."""
    chance = np.random.default_rng(seed)

    def some(width: int) -> np.ndarray:
        return chance.normal(-3, 0.3, (turns, width)).astype(np.float32)

    words = some(len(OUTPUTS))
    labels, kinds = some(len(codebook.LABEL_NAMES)), some(len(codebook.KIND_NAMES))
    sentences = [[(0, 1)]] * turns
    return CallTags(sentences, [labels[:1]] * turns, labels, kinds, np.zeros(turns), words)


def lesson(number: int) -> tuple[LabelledCall, CallTags]:
    """A call whose first turn alone tells that the third is indifferent, how the last customer turn
    feels, and that what opens at the first is missed."""
    hurt = number % 2 == 0
    tags = tags_of(4, number)
    tags.labels[0, DISTRESS] = 4.0 if hurt else -5.0
    turns = [
        {"speaker": "customer", "text": "So.", "labels": ["distress"] if hurt else []},
        {"speaker": "agent", "text": "Okay."},
        {"speaker": "agent", "text": "Number?", "labels": ["indifferent"] if hurt else []},
        {"speaker": "customer", "text": "One.", "labels": [], "sentiment": -2 if hurt else 1},
    ]
    became = {"outcome": "missed"} if hurt else {"outcome": "seized", "by": 2}
    opened = {"turn": 1, "kind": "emotion", **became}
    labelled = {
        "id": f"c{number}",
        "author": f"a{number % 3}",
        "split": "train",
        "turns": turns,
        "opportunities": [opened],
        "scores": dict.fromkeys(codebook.SCORE_NAMES, 3),
        "outcome": codebook.RESOLUTIONS[0],
    }
    return LabelledCall.model_validate(labelled), tags


@pytest.fixture(scope="module")
def lessons() -> list[tuple[LabelledCall, CallTags]]:
    return [lesson(number) for number in range(240)]


@pytest.fixture
def sample(corpus: list[LabelledCall]) -> Call:
    return next(call.call() for call in corpus if len(call.opportunities) > 1)


@pytest.fixture(scope="module")
def model(lessons: list[tuple[LabelledCall, CallTags]]) -> ExchangeModel:
    return fit_exchange(
        [call for call, _ in lessons], {call.id: tags for call, tags in lessons}, members=2
    )


def test_what_was_said_earlier_tells_of_a_turn_that_says_nothing_itself(model: ExchangeModel):
    unseen = [lesson(number) for number in range(240, 260)]
    said = model.read([call.call() for call, _ in unseen], [tags for _, tags in unseen])
    hurt, calm = said[::2], said[1::2]
    for turn, output in ((2, INDIFFERENT), (0, len(OUTPUTS) + OUTCOMES.index("missed"))):
        assert min(one[turn, output] for one in hurt) > max(one[turn, output] for one in calm)
    sentiment = OUTPUTS.index("sentiment")
    assert np.mean([one[3, sentiment] for one in hurt]) == pytest.approx(-2, abs=0.7)
    assert np.mean([one[3, sentiment] for one in calm]) == pytest.approx(1, abs=0.7)


def test_calls_say_the_same_together_as_alone(
    model: ExchangeModel, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("analyzer.tagger.exchange.TURNS_A_BATCH", 40)
    calls, tags = [], []
    for number, turns in enumerate((1, 17, 3, 60, 8)):
        said = [
            Turn(speaker=("agent", "customer", "other")[n % 3], text="a b") for n in range(turns)
        ]
        calls.append(Call(id=str(number), turns=said))
        tags.append(tags_of(turns, number))
    for call, known, said in zip(calls, tags, model.read(calls, tags), strict=True):
        assert said.shape == (len(call.turns), len(OUTPUTS) + len(OUTCOMES))
        (alone,) = model.read([call], [known])
        assert np.allclose(said, alone, atol=1e-5)


def test_a_stored_model_says_what_it_said(
    model: ExchangeModel, lessons: list[tuple[LabelledCall, CallTags]], tmp_path: Path
):
    model.save(tmp_path)
    call, tags = lessons[0]
    (before,) = model.read([call.call()], [tags])
    (after,) = ExchangeModel.load(tmp_path).read([call.call()], [tags])
    assert np.allclose(before, after, atol=0.02)


@pytest.mark.parametrize("content", [None, b"", b"not weights"])
def test_a_missing_or_broken_model_is_told(content: bytes | None, tmp_path: Path):
    if content is not None:
        (tmp_path / "exchange.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="model of the exchange") as told:
        ExchangeModel.load(tmp_path)
    assert str(tmp_path) in str(told.value)


def test_no_author_is_learnt_from_by_the_model_that_reads_their_calls(
    lessons: list[tuple[LabelledCall, CallTags]],
):
    def unlabelled(call: LabelledCall) -> LabelledCall:
        turns = [turn.model_copy(update={"labels": []}) for turn in call.turns]
        return call.model_copy(update={"turns": turns})

    def read(changed: str) -> dict[str, np.ndarray]:
        calls = [unlabelled(call) if call.author == changed else call for call, _ in lessons[:24]]
        tags = UnseenTags(*({call.id: lesson(int(call.id[1:]))[1] for call in calls} for _ in "ab"))
        read_unseen_exchanges(tags, calls, [["a0"], ["a1", "a2"]])
        assert all(one.exchange is not None for one in tags.as_recognised.values())
        return {call.author: tags.as_written[call.id].exchange for call in calls}

    with_all, without = read(""), read("a0")
    assert np.array_equal(with_all["a0"], without["a0"])
    assert not np.array_equal(with_all["a1"], without["a1"])


def test_tags_are_stored_with_what_the_exchange_says(
    model: ExchangeModel, lessons: list[tuple[LabelledCall, CallTags]], tmp_path: Path
):
    call, tags = lessons[0][0].call(), tags_of(4)
    path = tmp_path / "tags.npz"
    save_tags(path, {fingerprint(call): tags})
    assert load_tags(path, [call])[call.id].exchange is None
    (tags.exchange,) = model.read([call], [tags])
    save_tags(path, {fingerprint(call): tags})
    stored = load_tags(path, [call])[call.id].exchange
    assert stored is not None
    assert np.allclose(stored, tags.exchange, atol=0.02)


@pytest.mark.parametrize("side", SPEAKERS)
def test_the_turns_beside_and_the_whole_exchange_count_alike(
    analyzer: Analyzer, sample: Call, side: Side
):
    calibration, tags = analyzer.judge.calibration, analyzer.tagger.tag(sample)
    told = calibration.outputs(sample, tags, side)
    exchange, tags.exchange = tags.exchange, None
    beside = calibration.outputs(sample, tags, side)
    assert exchange is not None
    ours = [number for number, turn in enumerate(sample.turns) if turn.speaker == side]
    names = outputs_of(side)
    assert told.shape == (len(ours), len(names))
    for column, name in enumerate(names):
        by_exchange = exchange[ours, OUTPUTS.index(name)]
        if name == "sentiment":  # what the words say counts beside both
            by_words = WORDS_SHARE * tags.words[ours, OUTPUTS.index(name)]
            told[:, column] -= by_words
            beside[:, column] -= by_words
            by_exchange = (1 - WORDS_SHARE) * by_exchange
        assert np.allclose(told[:, column], (beside[:, column] + by_exchange) / 2, atol=1e-5)


def deaf(side: Side) -> LinearModel:
    """Says the same of every turn."""
    names, outputs = context_features(side), outputs_of(side)
    return LinearModel(
        features=names,
        mean=[0.0] * len(names),
        scale=[1.0] * len(names),
        coefficients=[[0.0] * len(names)] * len(outputs),
        intercept=[0.4] * len(outputs),
    )


def test_the_word_model_has_a_share_in_sentiment_and_in_nothing_else(sample: Call):
    calibration = Calibration(customer=deaf("customer"), agent=deaf("agent"))
    tags = tags_of(len(sample.turns))
    tags.words[:, OUTPUTS.index("sentiment")] = 2.0
    told = calibration.outputs(sample, tags, "customer")
    assert np.allclose(told[:, -1], 0.4 + WORDS_SHARE * (2.0 - 0.4))
    assert (told[:, -1] > 0.5).all()
    assert np.allclose(told[:, :-1], 0.4)
    assert np.allclose(calibration.outputs(sample, tags, "agent"), 0.4)


def test_what_became_of_an_opportunity_is_read_from_the_exchange_too(
    analyzer: Analyzer, sample: Call
):
    judge, tags = analyzer.judge, analyzer.tagger.tag(sample)
    assert tags.exchange is not None

    def missed() -> list[float]:
        evidence = judge.calibration.evidence(sample, tags)
        found = find_opportunities(evidence, judge.calibration, judge.recovery)
        return [one.outcome_probabilities["missed"] for one in found]

    tags.exchange[:, len(OUTPUTS) :] = [9.0, 0.0, 0.0]
    seized = missed()
    tags.exchange[:, len(OUTPUTS) :] = [0.0, 0.0, 9.0]
    assert seized
    assert [after - before for before, after in zip(seized, missed(), strict=True)] == (
        pytest.approx([0.5] * len(seized), abs=0.01)
    )


def test_places_say_where_a_turn_stands():
    said = [("agent", "Hello there."), ("agent", "Yes?"), ("customer", "I"), ("other", "Beep")]
    call = Call(id="c", turns=[Turn(speaker=speaker, text=text) for speaker, text in said])
    rows = dict(zip(PLACES, turn_places(call).T, strict=True))
    assert rows["earliness"].tolist() == [0, 0.25, 0.5, 0.75]
    assert rows["from_end"].tolist() == [0.4, 0.3, 0.2, 0.1]
    assert rows["answers_at_once"].tolist() == [0, 0, 1, 0]
    assert rows["words"][0] == pytest.approx(np.log(3))


def test_a_call_of_which_nothing_is_known_teaches_nothing(
    lessons: list[tuple[LabelledCall, CallTags]],
):
    beeps = [LabelledTurn(speaker="other", text="Beep")] * 4
    silent = lessons[0][0].model_copy(update={"id": "s", "turns": beeps, "opportunities": []})
    calls = [*(call for call, _ in lessons[:16]), silent]
    tags = {call.id: tags_of(4) for call in calls}
    (said,) = fit_exchange(calls, tags, members=1).read([calls[0].call()], [tags_of(4)])
    assert np.isfinite(said).all()


def test_tags_of_which_some_alone_tell_of_the_exchange_are_not_stored(tmp_path: Path):
    known = tags_of(2)
    known.exchange = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match="exchange"):
        save_tags(tmp_path / "tags.npz", {"a": known, "b": tags_of(2)})
    assert not list(tmp_path.iterdir())
