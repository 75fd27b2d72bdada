"""The model that comes with the package: where it is, and what its files are called."""

from __future__ import annotations

from pathlib import Path

from analyzer.errors import ModelError

JUDGE = "judge.json"
OUT_OF_FOLD = "out_of_fold.npz"
UNSEEN_JUDGES = "unseen_judges.json.gz"
LEARNT_FROM = "learnt_from.json"


def bundled_model() -> Path:
    """The folder of the model that comes with the package.

    Raises:
        ModelError: If the package was installed without it.
    """
    package = Path(__file__).parent
    for folder in (package / "models", package.parent / "models"):
        if (folder / JUDGE).is_file():
            return folder
    raise ModelError(
        "the bundled model is missing.",
        source=str(package / "models"),
        remedy="Install the package again, or train a model with `analyzer train`.",
    )
