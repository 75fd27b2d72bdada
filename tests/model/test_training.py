"""The whole of `analyzer train`, on a tiny encoder and few calls."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import torch
from command_line import runner
from transformers import PreTrainedTokenizerFast

from analyzer import Analyzer
from analyzer.bundled import bundled_model
from analyzer.cli import app
from analyzer.corpus import LabelledCall
from analyzer.errors import CorpusError, ModelError, OutputError
from analyzer.evaluation import evaluate
from analyzer.evaluation.cross_validation import FoldProgress
from analyzer.evaluation.elsewhere import keep_elsewhere, read_elsewhere
from analyzer.evaluation.evaluate import LEARNT, LEFT_OUT, UNSEEN, judge_labelled
from analyzer.evaluation.figures import Figures
from analyzer.evaluation.history import FILE, Run, read_runs
from analyzer.evaluation.mistakes import worst_mistakes
from analyzer.evaluation.model_card import write_model_card
from analyzer.tagger import training
from analyzer.tagger.averaging import mean_of
from analyzer.tagger.inference import Tagger
from analyzer.tagger.storage import load_model, save_model
from analyzer.tagger.text_forms import recogniser_form
from analyzer.tagger.training import load_pretrained, train_tagger, word_vectors
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.train import author_groups, train_model


@pytest.fixture(scope="module")
def others(corpus: list[LabelledCall]) -> list[LabelledCall]:
    """Calls that are learnt from and not measured on."""
    return [call for call in corpus if call.author == "a2"][:4]


@pytest.fixture(scope="module")
def trained(
    few: list[LabelledCall],
    others: list[LabelledCall],
    quick: TrainingSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("model")
    _train(few, others, quick, folder)
    return folder


def _train(
    few: list[LabelledCall],
    others: list[LabelledCall],
    quick: TrainingSettings,
    folder: Path,
    progress: FoldProgress | None = None,
    mean_with: Path | None = None,
) -> None:
    train_model(
        few,
        folder,
        further=others,
        settings=quick,
        groups=[["a1", "a2"], ["a4", "a9"]],
        resamples=2,
        note="a tiny encoder",
        progress=progress,
        mean_with=mean_with,
    )


def test_a_trained_model_can_be_loaded_and_used(trained: Path, few: list[LabelledCall]):
    report = Analyzer.load(trained).analyze(few[0].call())
    assert len(report.turns) == len(few[0].turns)


def test_the_card_and_the_figures_stand_beside_the_weights(trained: Path):
    card = (trained / "README.md").read_text(encoding="utf-8")
    assert "42 calls" in card
    assert "TF-IDF + logistic regression" in card
    assert "learner's English" in card
    assert "The same call as a recogniser gives it" in card
    assert "| a tiny encoder |" in card
    assert "NOTES.md" not in card


def test_figures_on_other_calls_stand_in_the_card_until_the_model_is_another(
    trained: Path,
    few: list[LabelledCall],
    others: list[LabelledCall],
    corpus: list[LabelledCall],
    quick: TrainingSettings,
    tmp_path: Path,
):
    folder = Path(shutil.copytree(trained, tmp_path / "model"))
    real = tmp_path / "real.jsonl"
    one_author = [call for call in corpus if call.author == "a7"][:6]
    real.write_text("".join(f"{call.model_dump_json()}\n" for call in one_author), "utf-8")
    learn_from = tmp_path / "others.jsonl"
    learn_from.write_text("".join(f"{call.model_dump_json()}\n" for call in few), "utf-8")
    options = ["--model", str(folder), "--card", " 6 calls of ours"]
    for more in (["--no-baselines"], ["--baselines-from", str(learn_from)]):
        done = runner.invoke(app, ["evaluate", str(real), *options, *more])
        assert done.exit_code == 0, done.output
        card = (folder / "README.md").read_text("utf-8")
        assert ("\nThe baselines are fitted on 42 other calls.\n" in card) == ("-from" in more[0])
    (kept,) = read_elsewhere(folder)
    assert kept.figures.calls == 6
    assert list(kept.figures.baselines) == ["majority", "keywords", "TF-IDF + logistic regression"]
    card = (folder / "README.md").read_text("utf-8")
    assert f"\n\n### On 6 calls of ours\n6 calls, {UNSEEN}; measured on {kept.day}.\n" in card
    assert "\nThe baselines are fitted on 42 other calls.\n\n| measure |" in card
    assert f"{kept.figures.markdown()}\n\n### By label\n" in card
    assert (
        "\nThe baselines are fitted leave-one-author-out on the same calls.\n\n| measure |" in card
    )
    assert "| `elsewhere.json` |" in card

    more = {"emotions by sentiment, AUC": 0.8141}
    keep_elsewhere(folder, kept.on, kept.figures, further=more, remark="Few as they are.")
    card = write_model_card(folder, Figures.load(folder)).read_text("utf-8")
    assert f"\nFew as they are.\n\n{kept.figures.markdown()}\n" in card
    assert "\n| emotions by sentiment, AUC | 0.81 | | | | |\n\n### By label\n" in card
    keep_elsewhere(folder, kept.on, kept.figures)
    (again,) = read_elsewhere(folder)
    assert (again.remark, again.further) == ("Few as they are.", {})

    _train(few, others, quick, folder)
    assert read_elsewhere(folder) == []
    assert "6 calls of ours" not in (folder / "README.md").read_text("utf-8")


def test_figures_of_other_calls_that_cannot_be_read_are_named(tmp_path: Path):
    (tmp_path / "elsewhere.json").write_text('[{"on": ""}]', "utf-8")
    with pytest.raises(ModelError, match=r"elsewhere\.json"):
        read_elsewhere(tmp_path)


def test_what_is_wrong_with_a_card_or_the_baselines_calls_is_told_before_measuring(
    trained: Path, corpus: list[LabelledCall], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = Path(shutil.copytree(trained, tmp_path / "model"))
    real = tmp_path / "real.jsonl"
    real.write_text(f"{corpus[0].model_dump_json()}\n", "utf-8")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n", "utf-8")

    def measured(*_: object, **__: object) -> None:
        raise AssertionError("measured")

    monkeypatch.setattr(sys.modules["analyzer.evaluation.evaluate"], "judge_labelled", measured)

    def told(*options: str) -> tuple[int, str]:
        done = runner.invoke(app, ["evaluate", str(real), "--model", str(folder), *options])
        return done.exit_code, done.stderr

    assert told("--card", " ")[0] == told("--card", "our\ncalls")[0] == 2
    assert told("--no-baselines", "--baselines-from", str(real))[0] == 2
    status, why = told("--baselines-from", str(real))
    assert (status, "holds 1 of the calls that are measured" in why) == (1, True)
    status, why = told("--baselines-from", str(empty))
    assert (status, "holds no labelled call" in why) == (1, True)
    (folder / "elsewhere.json").write_text("[1]", "utf-8")
    status, why = told("--card", "ours")
    assert (status, "elsewhere.json" in why) == (1, True)
    (folder / "elsewhere.json").unlink()
    (folder / "figures.json").unlink()
    status, why = told("--card", "ours")
    assert (status, "holds no figures" in why) == (1, True)


def test_a_card_that_cannot_be_written_is_told(trained: Path, tmp_path: Path):
    folder = Path(shutil.copytree(trained, tmp_path / "model"))
    (folder / "README.md").unlink()
    (folder / "README.md").mkdir()
    with pytest.raises(OutputError, match="the model card"):
        write_model_card(folder, Figures.load(folder))


def test_the_card_points_to_the_notes_where_there_are_some(trained: Path, tmp_path: Path):
    folder = Path(shutil.copytree(trained, tmp_path / "model"))
    (folder / "NOTES.md").write_text("It learnt on.\n", "utf-8")
    card = write_model_card(folder, Figures.load(folder)).read_text("utf-8")
    assert "is in `NOTES.md`.\n\n## How good it is" in card
    assert {
        "model.safetensors",
        "judge.json",
        "exchange.safetensors",
        "runs.jsonl",
        "reliability.svg",
        "unseen_judges.json.gz",
        "figures.json",
        "out_of_fold.npz",
    } <= {path.name for path in trained.iterdir()}


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
    _train(few, others, quick, model, mean_with=_shifted(trained, tmp_path / "other"))
    mean, _, _ = load_model(model)
    assert torch.allclose(mean.labels.bias, single.labels.bias + 1.0, atol=1e-2)


def test_a_model_to_average_with_that_is_not_there_is_told_before_training(
    few: list[LabelledCall], others: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
):
    with pytest.raises(ModelError):
        _train(few, others, quick, tmp_path / "new", mean_with=tmp_path / "nothing")
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

    _train(few, others, quick, trained, progress=progress)
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
