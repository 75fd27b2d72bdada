"""Measured figures: what was measured, on what, with which baselines beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from rich.table import Table

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
from analyzer.evaluation.baselines import BASELINES, judge_by_baseline
from analyzer.evaluation.dialects import family_of
from analyzer.evaluation.fairness import Shift
from analyzer.evaluation.measures import (
    Judged,
    ReliabilityBin,
    all_measures,
    label_figures,
    reliability,
)

FILE = "figures.json"
LEAVING_OUT = "leave-one-author-out on the same calls"
RESAMPLES = 200

IN_WORDS: dict[str, str] = {
    "cues_macro_ap": "cues, macro average precision",
    "cues_macro_f1": "cues, macro F1",
    "care_macro_ap": "care, macro average precision",
    "care_macro_f1": "care, macro F1",
    "flags_macro_ap": "flags, macro average precision",
    "flags_macro_f1": "flags, macro F1",
    "scripted_f1": "scripted, F1 a turn",
    "uncaring_f1": "uncaring, F1 a turn",
    "dismissive_f1": "dismissive, F1 a turn",
    "harmful_f1": "harmful (all flags but boilerplate), F1 a turn",
    "sentiment_kappa": "customer sentiment, weighted kappa",
    "sentiment_rho": "customer sentiment, Spearman",
    "empathy_rho": "empathy, Spearman",
    "empathy_mae": "empathy, mean error (points of 1 to 5)",
    "other_scores_rho": "the other scores, mean Spearman",
    "opportunities_f1": "opportunities, F1",
    "opportunities_same_kind_f1": "opportunities of the same kind, F1",
    "missed_f1": "missed opportunities, F1",
    "outcome_accuracy": "outcome of the matter, accuracy",
    "calibration_error": "calibration error of labels",
    "interval_coverage": "gold scores inside their 80 % interval",
}
"""The measures that are shown first, in order."""

OF_GROUPS = (
    "harmful_f1",
    "sentiment_kappa",
    "empathy_rho",
    "empathy_mae",
    "opportunities_f1",
    "interval_coverage",
)
"""The measures that are shown for each style and dialect."""

FEWEST_OF_A_DIALECT = 12


class LabelRow(BaseModel):
    """One label's figures."""

    label: str
    occurrences: int
    average_precision: float
    f1: float


class Figures(BaseModel):
    """Everything that was measured on one set of calls.

    Attributes:
        calls: How many calls.
        how: How it was made sure that no call was judged by a model that had seen it.
        measures: Name to value, for the analyzer.
        ranges: 95 % bootstrap interval over calls, of the measures shown first.
        baselines: The same measures, for each baseline.
        baselines_fitted: On which calls the baselines were fitted, in words; empty without any.
        labels: A row a label.
        styles: Some measures, for each style of transcript.
        dialects: The same, for each family of dialects with `FEWEST_OF_A_DIALECT` calls or more.
        reliability: For cues, care and flags, the points of a reliability diagram.
        recogniser_shift: For each score, how far it moves on average (points of 100, without sign)
            when the same unseen call comes as a speech recogniser gives it.
        fairness: What changes that should not matter do to the scores.
    """

    model_config = ConfigDict(extra="forbid")

    calls: int
    how: str
    measures: dict[str, float]
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    baselines: dict[str, dict[str, float]] = Field(default_factory=dict)
    baselines_fitted: str = ""
    labels: list[LabelRow] = Field(default_factory=list)
    styles: dict[str, dict[str, float]] = Field(default_factory=dict)
    dialects: dict[str, dict[str, float]] = Field(default_factory=dict)
    reliability: dict[str, list[ReliabilityBin]] = Field(default_factory=dict)
    recogniser_shift: dict[str, float] = Field(default_factory=dict)
    fairness: list[Shift] = Field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Write as JSON into a model's folder."""
        (folder / FILE).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Figures:
        """Read a model's figures.

        Raises:
            ModelError: If the folder holds none.
        """
        try:
            return cls.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(
                f"holds no figures ({error}).",
                source=str(folder),
                remedy="Train the model again, or measure it with `analyzer evaluate`.",
            ) from error

    def rows(self) -> list[list[str]]:
        """The table of the measures: a heading, then a row a measure."""
        heading = ["measure", "analyzer", "95 %", *self.baselines]
        rows = [heading]
        for name, words in IN_WORDS.items():
            low, high = self.ranges.get(name, (np.nan, np.nan))
            digits = 3 if name == "calibration_error" else 2
            spread = "" if np.isnan(low) else f"{low:.{digits}f} to {high:.{digits}f}"
            systems = [self.measures, *self.baselines.values()]
            own, *others = [_number(figures.get(name), digits) for figures in systems]
            rows.append([words, own, spread, *others])
        return rows

    def markdown(self) -> str:
        """The table of the measures as Markdown."""
        heading, *rows = self.rows()
        rule = ["---", *["---:"] * (len(heading) - 1)]
        return "\n".join("| " + " | ".join(row) + " |" for row in [heading, rule, *rows])

    def table(self) -> Table:
        """The table of the measures for a terminal."""
        heading, *rows = self.rows()
        table = Table(title=f"{self.calls} calls, {self.how}")
        for place, name in enumerate(heading):
            table.add_column(name, justify="left" if place == 0 else "right")
        for row in rows:
            table.add_row(*row)
        return table


def measure(
    judged: Sequence[Judged],
    how: str,
    *,
    baselines: bool = True,
    baselines_from: Sequence[LabelledCall] = (),
    resamples: int = RESAMPLES,
) -> Figures:
    """Measure reports against gold labels.

    Args:
        judged: Calls with reports.
        how: How it was made sure that the calls were unseen; stands above the table.
        baselines: Whether to fit and measure the baselines too, leave-one-author-out; needs calls
            of two authors at least, or others to fit them on.
        baselines_from: The calls that the baselines learn from instead, none of them measured.
        resamples: How often calls are drawn anew for the bootstrap intervals; 0 for none.
    """
    gold = [one.gold for one in judged]
    compare = baselines and (bool(baselines_from) or len({call.author for call in gold}) > 1)
    return Figures(
        calls=len(judged),
        how=how,
        measures=_rounded(all_measures(judged)),
        ranges=_bootstrap(judged, resamples),
        baselines=_baselines(gold, baselines_from) if compare else {},
        baselines_fitted=_fitted(baselines_from) if compare else "",
        labels=[
            LabelRow(
                label=row.label,
                occurrences=row.occurrences,
                average_precision=round(row.average_precision, 4),
                f1=round(row.f1, 4),
            )
            for row in label_figures(judged, codebook.LABEL_NAMES)
        ],
        styles=_by(judged, lambda call: str(call.metadata.get("style", "unknown")), 1),
        dialects=_by(
            judged,
            lambda call: family_of(str(call.metadata.get("dialect", ""))),
            FEWEST_OF_A_DIALECT,
        ),
        reliability={
            family: reliability(judged, names)
            for family, names in (
                ("cues", codebook.CUE_NAMES),
                ("care", codebook.CARE_NAMES),
                ("flags", codebook.FLAG_NAMES),
            )
        },
    )


def _baselines(
    gold: Sequence[LabelledCall], learn_from: Sequence[LabelledCall]
) -> dict[str, dict[str, float]]:
    return {
        name: _rounded(all_measures(judge_by_baseline(gold, fit, learn_from)))
        for name, fit in BASELINES.items()
    }


def _fitted(learn_from: Sequence[LabelledCall]) -> str:
    return f"on {len(learn_from):,} other calls" if learn_from else LEAVING_OUT


def _bootstrap(judged: Sequence[Judged], resamples: int) -> dict[str, tuple[float, float]]:
    if resamples == 0:
        return {}
    chance = np.random.default_rng(17)
    drawn = [
        all_measures([judged[place] for place in chance.integers(0, len(judged), len(judged))])
        for _ in range(resamples)
    ]
    ranges = {}
    for name in IN_WORDS:
        low, high = np.nanquantile([one[name] for one in drawn], [0.025, 0.975])
        ranges[name] = (round(float(low), 4), round(float(high), 4))
    return ranges


def _by(
    judged: Sequence[Judged], group: Callable[[LabelledCall], str], fewest: int
) -> dict[str, dict[str, float]]:
    """Some measures for each group of calls that is large enough."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(group(one.gold), []).append(one)
    figures = {}
    for value, some in sorted(groups.items()):
        if len(some) < fewest:
            continue
        measures = all_measures(some)
        figures[value] = _rounded(
            {"calls": float(len(some)), **{name: measures[name] for name in OF_GROUPS}}
        )
    return figures


def _rounded(measures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in measures.items() if not np.isnan(value)}


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
