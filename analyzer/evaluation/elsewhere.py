"""What a model does on calls of another kind than its corpus, kept for its card."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from analyzer.errors import ModelError
from analyzer.evaluation.figures import Figures
from analyzer.files import write_lines

FILE = "elsewhere.json"


class Elsewhere(BaseModel):
    """Figures on one set of calls, such as a company's own.

    Attributes:
        on: The calls, in words.
        day: When they were judged.
        figures: What was measured.
        further: In words, what was measured there beyond the measures of every set.
        remark: What else must be known of these figures, as a sentence.
    """

    model_config = ConfigDict(extra="forbid")

    on: str = Field(min_length=1)
    day: date
    figures: Figures
    further: dict[str, float] = Field(default_factory=dict)
    remark: str = ""


_SETS = TypeAdapter(list[Elsewhere])


def keep_elsewhere(
    folder: Path,
    on: str,
    figures: Figures,
    *,
    further: dict[str, float] | None = None,
    remark: str | None = None,
) -> None:
    """Keep figures beside a model, in place of those that were kept of the same calls.

    What else had been measured there goes with the figures that are replaced.

    Args:
        folder: Of the model.
        on: The calls, in words: a heading of the model card.
        figures: What was measured there.
        further: In words, what else was measured there.
        remark: What else must be known of these figures, as a sentence; without, what was said of
            those before stays.

    Raises:
        ModelError: If what the folder keeps cannot be read.
        OutputError: If the folder cannot be written to.
    """
    sets = {one.on: one for one in read_elsewhere(folder)}
    before = sets.pop(on, None)
    if remark is None:
        remark = before.remark if before else ""
    today = datetime.now(UTC).date()
    new = Elsewhere(on=on, day=today, figures=figures, further=further or {}, remark=remark)
    kept = [*sets.values(), new]
    write_lines(folder / FILE, [_SETS.dump_json(kept, indent=1).decode()])


def forget_elsewhere(folder: Path) -> None:
    """Drop what is kept of other calls: the model in the folder is another now."""
    (folder / FILE).unlink(missing_ok=True)


def read_elsewhere(folder: Path) -> list[Elsewhere]:
    """What a folder keeps of other calls, in the order in which it was measured.

    Raises:
        ModelError: If it cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return []
    try:
        return _SETS.validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"holds no figures of other calls ({error}).",
            source=str(path),
            remedy="Remove the file and measure again with `analyzer evaluate --card`.",
        ) from error
