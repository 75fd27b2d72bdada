"""The model card: what training measured, and what was measured on other calls."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from command_line import runner
from tiny_training import train_tiny

from analyzer.cli import app
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError, OutputError
from analyzer.evaluation.elsewhere import keep_elsewhere, read_elsewhere
from analyzer.evaluation.evaluate import UNSEEN
from analyzer.evaluation.figures import Figures
from analyzer.evaluation.model_card import write_model_card
from analyzer.tagger.training_settings import TrainingSettings


def test_the_card_and_the_figures_stand_beside_the_weights(trained: Path):
    card = (trained / "README.md").read_text(encoding="utf-8")
    assert "42 calls" in card
    assert "TF-IDF + logistic regression" in card
    assert "learner's English" in card
    assert "The same call as a recogniser gives it" in card
    assert "| a tiny encoder |" in card
    assert "NOTES.md" not in card
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

    train_tiny(few, others, quick, folder)
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
