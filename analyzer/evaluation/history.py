"""The history of training runs: what was tried and what it gave, so that nobody tries it twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from analyzer.evaluation.figures import IN_WORDS, Figures
from analyzer.tagger.storage import SETTINGS

FILE = "runs.jsonl"


class Run(BaseModel):
    """One run.

    Attributes:
        day: When.
        what: What was tried, in words.
        on: What was measured on, in words.
        settings: How the tagger was trained.
        measures: The measures that are shown first.
    """

    model_config = ConfigDict(extra="forbid")

    day: date
    what: str
    on: str
    settings: dict[str, object] = {}
    measures: dict[str, float]


def append_run(folder: Path, figures: Figures, what: str) -> None:
    """Add a run to the history beside the model in a folder."""
    training = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))["training"]
    run = Run(
        day=datetime.now(UTC).date(),
        what=what,
        on=f"{figures.calls} calls, {figures.how}",
        settings=training,
        measures={name: figures.measures[name] for name in IN_WORDS if name in figures.measures},
    )
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(run.model_dump_json() + "\n")


def read_runs(folder: Path) -> list[Run]:
    """The runs that a folder remembers, oldest first."""
    path = folder / FILE
    if not path.exists():
        return []
    lines = path.read_text("utf-8").split("\n")
    return [Run.model_validate_json(line) for line in lines if line.strip()]
