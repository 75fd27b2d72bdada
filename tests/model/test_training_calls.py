"""What labelled calls must be like to be learnt from, and when folds are trained anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.corpus import LabelledCall
from analyzer.errors import CorpusError
from analyzer.evaluation.baselines import BASELINES, judge_by_baseline
from analyzer.evaluation.cross_validation import tag_unseen_authors
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.train import train_model


def test_a_call_given_twice_is_told_before_training(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
) -> None:
    same_words = few[0].model_copy(update={"id": "again"})
    for twice in (few[0], same_words):
        for role in ("further", "beside"):
            with pytest.raises(CorpusError, match=r"more than once.*Leave one of them out"):
                train_model(few, tmp_path / "new", settings=quick, **{role: [twice]})
    assert not (tmp_path / "new").exists()


def test_calls_that_differ_in_punctuation_alone_are_the_same(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
) -> None:
    turns = [turn.model_copy(update={"text": f"{turn.text}!"}) for turn in few[0].turns]
    louder = few[0].model_copy(update={"id": "louder", "turns": turns})
    with pytest.raises(CorpusError, match="'louder' have the same words"):
        train_model([*few, louder], tmp_path, settings=quick)


def test_two_authors_are_too_few(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
) -> None:
    two = [call for call in few if call.author != "a9"]
    with pytest.raises(CorpusError, match="fewer than two authors beside 'a1'"):
        train_model(two, tmp_path, settings=quick, groups=[["a1"], ["a4"]])


def test_every_outcome_must_be_there_whoever_is_left_out(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
) -> None:
    unended = [
        call.model_copy(update={"outcome": "resolved"}) if call.author != "a4" else call
        for call in few
    ]
    with pytest.raises(CorpusError, match="a matter that is partial, if those of 'a4'"):
        train_model(unended, tmp_path, settings=quick)


def test_baselines_are_measured_where_only_one_author_saw_another_outcome(
    few: list[LabelledCall],
) -> None:
    one_sided = [
        call.model_copy(update={"outcome": "partial" if call.author == "a9" else "resolved"})
        for call in few
    ]
    for fit in BASELINES.values():
        judged = judge_by_baseline(one_sided, fit)
        assert {one.report.outcome for one in judged if one.gold.author == "a9"} == {"resolved"}


def test_folds_are_trained_anew_when_labels_words_or_settings_change(
    few: list[LabelledCall], quick: TrainingSettings, tmp_path: Path
) -> None:
    groups = [["a1"], ["a4", "a9"]]

    def trained(calls: list[LabelledCall], settings: TrainingSettings) -> list[str]:
        begun: list[str] = []

        def progress(name: str):
            begun.append(name)
            return lambda done, steps, loss: None

        tag_unseen_authors(calls, settings, tmp_path, groups=groups, progress=progress)
        return begun

    assert len(trained(few, quick)) == 2
    assert trained(few, quick) == []
    turns = [turn.model_copy(update={"labels": []}) for turn in few[0].turns]
    relabelled = [few[0].model_copy(update={"turns": turns}), *few[1:]]
    assert trained(relabelled, quick) == ["without a4, a9"]
    assert len(trained(few, replace(quick, seed=5))) == 2
    turns = [turn.model_copy(update={"text": f"{turn.text} Yes."}) for turn in few[0].turns]
    reworded = [few[0].model_copy(update={"turns": turns}), *few[1:]]
    assert len(trained(reworded, quick)) == 2
