"""The model card, written from what was measured."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.bundled import JUDGE
from analyzer.errors import ModelError
from analyzer.evaluation.elsewhere import read_elsewhere
from analyzer.evaluation.fairness import TOLERATED
from analyzer.evaluation.figures import Figures
from analyzer.evaluation.history import Run, read_runs
from analyzer.files import write_text
from analyzer.plots import reliability_diagram, save_svg
from analyzer.tagger.storage import SETTINGS

FILE = "README.md"
RELIABILITY = "reliability.svg"
NOTES = "NOTES.md"
"""What people write of a model beside its card, where they do."""


def write_model_card(folder: Path, figures: Figures) -> Path:
    """Write a model's card into its folder: what it is, how it was made, how good it is.

    Raises:
        ModelError: If what the folder keeps of the model or of other calls cannot be read.
        OutputError: If it cannot be written.
    """
    training, version = _training_and_version(folder)
    environment = Environment(
        loader=PackageLoader("analyzer.evaluation", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    card = environment.get_template("model_card.md").render(
        figures=figures,
        training=training,
        elsewhere=read_elsewhere(folder),
        notes=(folder / NOTES).exists(),
        tolerated=TOLERATED,
        runs=[run for run in read_runs(folder) if run.what],
        shown=_shown,
        version=version,
    )
    save_svg(reliability_diagram(figures.reliability), folder / RELIABILITY)
    path = folder / FILE
    write_text(path, card, what="the model card")
    return path


def _training_and_version(folder: Path) -> tuple[dict[str, object], str]:
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        judge = json.loads((folder / JUDGE).read_text(encoding="utf-8"))
        return settings["training"], judge["model"]["version"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"holds no model that a card could be written for ({error!r}).",
            source=str(folder),
            remedy="Name the folder of a model trained with this version.",
        ) from error


def _shown(run: Run, measure: str) -> str:
    """A figure of a run with two digits; a dash where it was not measured."""
    value = run.measures.get(measure)
    return "–" if value is None else f"{value:.2f}"
