"""What a tagger learns from calls: how they are cut, and what is asked of it."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import pytest
import torch
from command_line import runner

from analyzer import train
from analyzer.call import Call
from analyzer.cli import app
from analyzer.corpus import LabelledCall
from analyzer.language import sentences_of
from analyzer.tagger.lesson import Lesson
from analyzer.tagger.losses import disagreement
from analyzer.tagger.misheard import mishear
from analyzer.tagger.network import TaggerNetwork, collate, pool_sentences
from analyzer.tagger.text_forms import as_recognised
from analyzer.tagger.training import load_pretrained, train_tagger
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.tagger.windows import MARKERS, WindowMaker, WindowSettings
from analyzer.tagger.word_pieces import WordPieces


@pytest.fixture(scope="module")
def started(quick: TrainingSettings) -> tuple[TaggerNetwork, WordPieces]:
    """A network that has learnt nothing yet, and its tokenizer."""
    torch.manual_seed(3)
    network, tokenizer = load_pretrained(quick.encoder)
    return network.eval(), tokenizer


def turns_of_windows(lesson: Lesson, tokenizer: WordPieces, seed: int) -> list[tuple[int, int]]:
    """For each window of an epoch, the call and how many turns it holds, context included."""
    markers = {tokenizer.number_of(marker) for marker in MARKERS.values()}
    return [
        (item.call, sum(piece in markers for piece in item.window.tokens))
        for step in lesson.steps(random.Random(seed))
        for item in step
    ]


def test_read_alone_every_turn_has_a_window_of_its_own(
    few: list[LabelledCall], quick: TrainingSettings, started: tuple[TaggerNetwork, WordPieces]
):
    lesson = Lesson(few[:6], replace(quick, alone_share=1.0), started[1])
    windows = turns_of_windows(lesson, started[1], 1)
    assert {turns for _, turns in windows} == {1}
    assert len(windows) == sum(len(call.turns) for call in few[:6])
    together = turns_of_windows(Lesson(few[:6], quick, started[1]), started[1], 1)
    assert sum(turns for _, turns in together) >= 3 * len(together)


def test_which_calls_are_read_alone_is_drawn_anew(
    few: list[LabelledCall], quick: TrainingSettings, started: tuple[TaggerNetwork, WordPieces]
):
    lesson = Lesson(few, replace(quick, alone_share=0.5), started[1])

    def together(seed: int) -> set[int]:
        return {call for call, turns in turns_of_windows(lesson, started[1], seed) if turns > 1}

    first, second = together(1), together(2)
    assert 0.25 * len(few) < len(first) < 0.75 * len(few)
    assert first != second


def pull(lesson: Lesson, network: TaggerNetwork) -> float:
    """How strongly a lesson pulls at what a network says of labels and kinds."""
    network.zero_grad()
    for step in lesson.steps(random.Random(5)):
        lesson.loss(network, step, random.Random(5)).backward()
    heads = (network.labels.bias.grad, network.kinds.bias.grad)
    return sum(float(grad.norm()) for grad in heads if grad is not None)


def test_a_lesson_asks_for_what_its_teacher_says(
    few: list[LabelledCall], quick: TrainingSettings, started: tuple[TaggerNetwork, WordPieces]
):
    """Nothing pulls at a network that says what is asked for, though positives weigh more."""
    network, tokenizer = started
    settings = replace(quick, bare_share=0.0, masked_share=0.0, sentiment_weight=0.0)
    pulls = {}
    for share in (0.0, 0.5, 1.0):
        lesson = Lesson(few[:6], settings, tokenizer)
        lesson.be_taught_by(network, share)
        pulls[share] = pull(lesson, network)
    assert pulls[0.0] == pytest.approx(pull(Lesson(few[:6], settings, tokenizer), network))
    assert pulls[0.5] == pytest.approx(pulls[0.0] / 2, rel=0.02)
    assert pulls[1.0] < 0.02 * pulls[0.0]


def test_the_second_round_alone_is_taught_by_the_first(
    few: list[LabelledCall], quick: TrainingSettings
):
    def weights(**changes: object) -> torch.Tensor:
        settings = replace(quick, pieces_a_step=1024, **changes)
        return train_tagger(few[:4], settings)[0].labels.weight

    assert not torch.equal(weights(taught_share=0.5), weights())
    assert torch.equal(weights(taught_share=0.5, epochs_again=0), weights(epochs_again=0))


def test_for_consistency_both_forms_of_a_call_are_in_one_step(
    few: list[LabelledCall], quick: TrainingSettings, started: tuple[TaggerNetwork, WordPieces]
):
    lesson = Lesson(few, replace(quick, consistency=1.0, pieces_a_step=2048), started[1])
    steps = [
        {(item.call, item.recognised) for item in step} for step in lesson.steps(random.Random(1))
    ]
    assert len(steps) > 3
    assert all((call, not form) in step for step in steps for call, form in step)
    assert sorted(call for step in steps for call, form in step if form) == list(range(len(few)))


def test_disagreement_is_nothing_for_like_readings_and_pulls_unlike_ones_together():
    one = torch.tensor([[2.0, -1.0], [0.5, 0.0]], requires_grad=True)
    other = torch.tensor([[-1.0, -1.0], [0.5, 3.0]], requires_grad=True)
    known = torch.tensor([[True, True], [True, False]])
    same = disagreement(one.detach(), one.detach(), known)
    assert float(same) == pytest.approx(0.0, abs=1e-5)
    apart = disagreement(one, other, known)
    apart.backward()
    # Of the three known pairs two are alike; the mean of the third lies at (0.881 + 0.269) / 2.
    from_the_mean = [
        0.575 * math.log(0.575 / p) + 0.425 * math.log(0.425 / (1 - p)) for p in (0.8808, 0.2689)
    ]
    assert float(apart.detach()) == pytest.approx(10 * sum(from_the_mean) / 3, rel=0.01)
    assert one.grad is not None
    assert other.grad is not None
    assert one.grad[0, 0] > 0 > other.grad[0, 0]
    assert one.grad[1, 1] == other.grad[1, 1] == 0, "what is not known does not count"


@torch.inference_mode()
def logits_of(network: TaggerNetwork, tokenizer: WordPieces, call: Call) -> torch.Tensor:
    """What a network says of the labels of each turn of a call."""
    windows = WindowMaker(tokenizer, WindowSettings()).windows(call, sentences_of(call))
    turn = torch.tensor([row[0] for window in windows for row in window.sentences])
    return pool_sentences(
        network(collate(windows, tokenizer.padding)).labels, turn, len(call.turns)
    )


def test_a_tagger_that_learnt_to_be_consistent_says_nearly_the_same_of_both_forms(
    few: list[LabelledCall], quick: TrainingSettings
):
    calls = few[:8]

    def apart(consistency: float) -> float:
        settings = replace(
            quick,
            epochs=8,
            epochs_again=0,
            pieces_a_step=1024,
            head_rate=0.02,
            consistency=consistency,
        )
        trained = train_tagger(calls, settings)
        distances = [
            logits_of(*trained, one.call()) - logits_of(*trained, as_recognised(one.call()))
            for one in calls
        ]
        return float(torch.cat(distances).abs().mean())

    assert apart(100.0) < 0.75 * apart(1e-6)


def test_some_words_are_misheard_dropped_and_doubled_in_the_same_turns(few: list[LabelledCall]):
    heard = [mishear(one.call(), random.Random(2)) for one in few]
    assert heard == [mishear(one.call(), random.Random(2)) for one in few]
    words, gone, twice, other = 0, 0, 0, 0
    for call, said in zip((one.call() for one in few), heard, strict=True):
        assert [turn.speaker for turn in said.turns] == [turn.speaker for turn in call.turns]
        for before, after in zip(call.turns, said.turns, strict=True):
            assert after.text
            one, two = before.text.split(), after.text.split()
            words += len(one)
            for kind, i, j, k, m in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
                gone += (kind == "delete") * (j - i)
                twice += (kind == "insert") * (m - k)
                other += (kind == "replace") * (j - i)
    assert 0.02 < gone / words < 0.05
    assert 0.02 < twice / words < 0.05
    assert 0.05 < other / words < 0.11


def test_what_is_misheard_is_learnt_in_recogniser_form_alone(
    few: list[LabelledCall], quick: TrainingSettings, started: tuple[TaggerNetwork, WordPieces]
):
    def words(*, misheard: bool, bare_share: float) -> list[list[int]]:
        settings = replace(quick, misheard=misheard, bare_share=bare_share)
        steps = Lesson(few[:4], settings, started[1]).steps(random.Random(1))
        return sorted(item.window.tokens for step in steps for item in step)

    assert words(misheard=True, bare_share=0.0) == words(misheard=False, bare_share=0.0)
    assert words(misheard=True, bare_share=1.0) != words(misheard=False, bare_share=1.0)


def test_the_command_hands_on_how_calls_are_read_and_taught(
    few: list[LabelledCall], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(f"{call.model_dump_json()}\n" for call in few), "utf-8")
    begun: list[TrainingSettings] = []

    def watched(*_: object, settings: TrainingSettings, **__: object) -> None:
        begun.append(settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "train_model", watched)
    right = (
        ["--alone-share", "0.25"],
        ["--taught-share", "0.5"],
        ["--consistency", "1.5", "--misheard"],
    )
    for given in (*right, ["--taught-share", "2"], ["--consistency", "-1"]):
        runner.invoke(app, ["train", "--corpus", str(corpus), *given])
    assert [
        (one.alone_share, one.taught_share, one.consistency, one.misheard) for one in begun
    ] == [(0.25, 0.0, 0.0, False), (0.0, 0.5, 0.0, False), (0.0, 0.0, 1.5, True)]
