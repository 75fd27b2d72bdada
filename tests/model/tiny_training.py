"""Training as `analyzer train` does it, on few calls and in seconds."""

from __future__ import annotations

from pathlib import Path

from analyzer.corpus import LabelledCall
from analyzer.evaluation.cross_validation import FoldProgress
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.train import train_model


def train_tiny(
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
