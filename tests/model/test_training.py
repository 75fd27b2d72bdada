"""The whole of `analyzer train`, on a tiny encoder and few calls."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import torch
from tiny_training import train_tiny
from transformers import PreTrainedTokenizerFast

from analyzer import Analyzer
from analyzer.bundled import bundled_model
from analyzer.corpus import LabelledCall
from analyzer.errors import CorpusError, ModelError
from analyzer.evaluation import evaluate
from analyzer.evaluation.evaluate import LEARNT, LEFT_OUT, UNSEEN, judge_labelled
from analyzer.evaluation.history import FILE, Run, read_runs
from analyzer.evaluation.mistakes import worst_mistakes
from analyzer.tagger import training
from analyzer.tagger.averaging import mean_of
from analyzer.tagger.inference import Tagger
from analyzer.tagger.storage import load_model, save_model
from analyzer.tagger.text_forms import recogniser_form
from analyzer.tagger.training import load_pretrained, train_tagger, word_vectors
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.train import author_groups


def test_a_trained_model_can_be_loaded_and_used(trained: Path, few: list[LabelledCall]):
    report = Analyzer.load(trained).analyze(few[0].call())
    assert len(report.turns) == len(few[0].turns)


def test_every_run_stands_in_the_history(trained: Path):
    first = read_runs(trained)[0]
    assert first.what == "a tiny encoder"
    assert first.settings["epochs"] == 1
    assert "harmful_f1" in first.measures


def test_the_history_keeps_what_was_written_of_a_run_whole(tmp_path: Path):
    run = Run(day=date(2026, 3, 1), what="wider\u2028windows", on="9 calls", measures={})
    (tmp_path / FILE).write_text(f"{run.model_dump_json()}\n" * 2, "utf-8")
    assert read_runs(tmp_path) == [run, run]


def test_the_second_round_goes_on_from_the_first_and_is_averaged_with_it(
    few: list[LabelledCall], quick: TrainingSettings, monkeypatch: pytest.MonkeyPatch
):
    started, led_to, rates = [], [], []
    learn, groups = training._Course.learn, training._parameter_groups

    def watched(course, lesson, part):
        started.append(course._network.labels.weight.detach().clone())
        weights = learn(course, lesson, part)
        led_to.append(weights["labels.weight"].clone())
        return weights

    def watched_groups(*given):
        rates.append([group["lr"] for group in groups(*given)])
        return groups(*given)

    monkeypatch.setattr(training._Course, "learn", watched)
    monkeypatch.setattr(training, "_parameter_groups", watched_groups)
    done: list[int] = []
    settings = replace(quick, pieces_a_step=1024)
    network, _ = train_tagger(few[:8], settings, lambda *told: done.append(told[0]))
    first, second = led_to
    assert torch.equal(started[1], first)
    assert not torch.equal(second, first)
    assert torch.allclose(network.labels.weight, (first + second) / 2)
    assert rates[1] == [rate / 2 for rate in rates[0]]
    assert done == sorted(done)


def test_without_a_second_round_the_first_is_all(few: list[LabelledCall], quick: TrainingSettings):
    def steps(again: int) -> int:
        done: list[int] = []
        settings = replace(quick, epochs_again=again)
        train_tagger(few[:4], settings, lambda *told: done.append(told[0]))
        return len(done)

    assert 0 < steps(0) < steps(1)


def test_stored_weights_are_those_that_were_trained(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
):
    network, tokenizer = train_tagger(few[:8], quick)
    save_model(tmp_path, network, tokenizer, quick.windows)
    stored, _, windows = load_model(tmp_path)
    assert windows == quick.windows
    words = word_vectors(network)
    for name, value in network.state_dict().items():
        again = stored.state_dict()[name]
        if value.data_ptr() == words.data_ptr():  # in 254 steps a word, rounded by half of one
            assert (again - value).abs().le(value.abs().amax(dim=1, keepdim=True) / 250).all()
        else:
            assert torch.allclose(again, value, rtol=1e-3, atol=1e-6), name


def test_a_tagger_can_be_the_mean_of_two(trained: Path):
    one, _, _ = load_model(trained)
    other, _, _ = load_model(trained)
    with torch.no_grad():
        for value in other.state_dict().values():
            if value.is_floating_point():
                value.add_(2.0)
    mean = mean_of(one, other).state_dict()
    first, _, _ = load_model(trained)
    for name, value in first.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(mean[name], value + 1.0, atol=1e-4), name


def _shifted(model: Path, folder: Path) -> Path:
    """A model like another, whose labels' biases are higher by two."""
    network, tokenizer, windows = load_model(model)
    with torch.no_grad():
        network.labels.bias.add_(2.0)
    save_model(folder, network, tokenizer, windows, training={})
    return folder


def test_training_can_end_in_the_mean_with_another_model(
    trained: Path,
    few: list[LabelledCall],
    others: list[LabelledCall],
    quick: TrainingSettings,
    tmp_path: Path,
):
    single, _, _ = load_model(trained)
    model = Path(shutil.copytree(trained, tmp_path / "model"))
    train_tiny(few, others, quick, model, mean_with=_shifted(trained, tmp_path / "other"))
    mean, _, _ = load_model(model)
    assert torch.allclose(mean.labels.bias, single.labels.bias + 1.0, atol=1e-2)


def test_a_model_to_average_with_that_is_not_there_is_told_before_training(
    few: list[LabelledCall], others: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
):
    with pytest.raises(ModelError):
        train_tiny(few, others, quick, tmp_path / "new", mean_with=tmp_path / "nothing")
    assert not (tmp_path / "new").exists()


def test_weights_of_another_encoder_are_told(tmp_path: Path):
    folder = tmp_path / "mixed"
    shutil.copytree(bundled_model(), folder)
    settings = json.loads((folder / "tagger.json").read_text())
    settings["encoder"]["num_hidden_layers"] -= 1
    (folder / "tagger.json").write_text(json.dumps(settings))
    with pytest.raises(ModelError, match="cannot be loaded"):
        Tagger.load(folder)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(folder)


def test_an_encoder_whose_tokenizer_cannot_frame_a_window_is_told(tmp_path: Path):
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(bundled_model() / "tokenizer.json"))
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="no token None"):
        load_pretrained(str(tmp_path))


def test_taggers_of_different_shapes_have_no_mean(trained: Path):
    one, _, _ = load_model(trained)
    other, _, _ = load_model(bundled_model())
    with pytest.raises(ModelError, match="shape"):
        mean_of(one, other)


def test_mistakes_are_told_with_what_was_meant(trained: Path, few: list[LabelledCall]):
    judged, _ = judge_labelled(few, model=trained)
    found = worst_mistakes(judged, most=3)
    labels = [one for one in found if one.what == "label"]
    assert labels
    by_id = {call.id: call for call in few}
    for one in labels:
        gold = by_id[one.call].turns[one.turn - 1]
        assert one.said == gold.text
        assert (one.name in gold.labels) == (one.error == "missed")


def test_finished_folds_are_not_trained_again(
    trained: Path, few: list[LabelledCall], others: list[LabelledCall], quick: TrainingSettings
):
    begun: list[str] = []

    def progress(name: str):
        begun.append(name)
        return lambda done, steps, loss: None

    train_tiny(few, others, quick, trained, progress=progress)
    assert begun == ["on all calls"]


def test_calls_that_were_learnt_from_are_measured_out_of_fold(
    trained: Path, few: list[LabelledCall], corpus: list[LabelledCall]
):
    learnt = evaluate(few, model=trained, baselines=False, resamples=0)
    assert learnt.how == LEFT_OUT
    fresh = [call for call in corpus if call.author == "a7"][:5]
    assert evaluate(fresh, model=trained, baselines=False, resamples=0).how == UNSEEN
    renamed = [call.model_copy(update={"id": f"x-{call.id}"}) for call in few]
    again = evaluate(renamed, model=trained, baselines=False, resamples=0)
    assert again.how == LEFT_OUT
    assert again.measures == learnt.measures


def test_calls_that_were_learnt_from_get_the_figures_of_the_card(
    trained: Path, few: list[LabelledCall]
):
    again = evaluate(few, model=trained, baselines=False, resamples=0).measures
    card = json.loads((trained / "figures.json").read_text("utf-8"))["measures"]
    assert again == pytest.approx({name: card[name] for name in again}, abs=1e-9, nan_ok=True)


def test_it_is_told_when_a_model_is_measured_on_calls_that_it_learnt_from(
    trained: Path, few: list[LabelledCall], others: list[LabelledCall]
):
    assert evaluate(others, model=trained, baselines=False, resamples=0).how == LEARNT
    both = evaluate([*few, *others], model=trained, baselines=False, resamples=0)
    assert both.how == f"{len(few)} {LEFT_OUT}; {len(others)} {LEARNT}"


def test_the_same_seed_gives_the_same_weights(few: list[LabelledCall], quick: TrainingSettings):
    one, _ = train_tagger(few[:8], quick)
    two, _ = train_tagger(few[:8], quick)
    other, _ = train_tagger(few[:8], replace(quick, seed=18))
    weights = [network.labels.weight for network in (one, two, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_one_author_is_not_enough(corpus: list[LabelledCall]):
    with pytest.raises(CorpusError, match="more authors"):
        author_groups([call for call in corpus if call.author == "a1"])


def test_every_author_is_left_out_once(corpus: list[LabelledCall]):
    groups = author_groups(corpus, 11)
    assert sorted(author for group in groups for author in group) == sorted(
        {call.author for call in corpus}
    )
    assert all(len(group) == 1 for group in groups)


def test_an_unknown_encoder_is_named():
    settings = replace(TrainingSettings(), encoder="./no-such-folder")
    with pytest.raises(ModelError, match="no-such-folder"):
        train_tagger([], settings)


def test_recogniser_form_keeps_words_and_their_apostrophes():
    assert recogniser_form("I'd say: 'No!' — £20, really?") == "i'd say no £20 really"
