"""A report as one flat row: the columns of calls.csv and calls.parquet.

The columns are those of `analyzer.frames.calls_frame`, but fixed, so that a table can be written
while calls stream by: what exports commonly tell of a call has columns of its own, anything else
stands as JSON in the last one, and every label of the codebook is counted.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Literal

from analyzer import codebook
from analyzer.frames import call_row
from analyzer.readers.metadata import COMMON
from analyzer.report import CallReport

Cell = str | float | int | None
Kind = Literal["text", "number", "count"]

METADATA = "metadata"
_LARGEST = 2**63  # of a Parquet column
_COUNTED_METADATA = ("duration_ms", "non_talk_ms", "hold_ms", "interruptions")
_LABELS = (
    *(f"flag_{name}" for name in codebook.FLAG_NAMES),
    *(f"cue_{name}" for name in codebook.CUE_NAMES),
    *(f"care_{name}" for name in codebook.CARE_NAMES),
)
_FIGURES = (
    *(f"{score}{end}" for score in codebook.SCORE_NAMES for end in ("", "_low", "_high")),
    "outcome",
    *("sentiment_start", "sentiment_end", "sentiment_trend"),
    *("turns", "agent_turns", "customer_turns"),
    *(f"flags_{family}" for family in (*codebook.FLAG_FAMILIES, "harmful", "boilerplate")),
    *("cues", "care", "opportunities"),
    *(f"opportunities_{outcome}" for outcome in codebook.OUTCOMES),
    *(f"missed_{kind}" for kind in codebook.KIND_NAMES),
)
_MODEL = ("model", "model_version")


def _kind(column: str) -> Kind:
    if column in _COUNTED_METADATA:
        return "count"
    if column in ("call", "outcome", METADATA, *COMMON, *_MODEL):
        return "text"
    is_number = column.startswith((*codebook.SCORE_NAMES, "sentiment_"))
    return "number" if is_number else "count"


COLUMNS: dict[str, Kind] = {
    name: _kind(name) for name in ("call", *COMMON, *_FIGURES, *_LABELS, METADATA, *_MODEL)
}
"""Every column in order, and what its cells hold."""


def row_of(report: CallReport) -> dict[str, Cell]:
    """The report as one row, in the order of `COLUMNS`.

    `flag_...`, `cue_...` and `care_...` count the turns in which that label was found.
    """
    row: dict[str, Cell] = {**_metadata(report), **_label_counts(report), **call_row(report)}
    return {name: row[name] for name in COLUMNS}


def _label_counts(report: CallReport) -> dict[str, Cell]:
    counts: Counter[str] = Counter()
    for prefix, found in (("flag", report.flags), ("cue", report.cues), ("care", report.care)):
        for label, _turn in {(finding.label, finding.turn) for finding in found}:
            counts[f"{prefix}_{label}"] += 1
    return {name: counts[name] for name in _LABELS}


def _metadata(report: CallReport) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        name: (_count if name in _COUNTED_METADATA else _text)(report.metadata.get(name))
        for name in COMMON
    }
    if row["duration_ms"] is None:
        row["duration_ms"] = max((t.end_ms for t in report.turns if t.end_ms), default=None)
    others = {name: value for name, value in report.metadata.items() if name not in COMMON}
    return {**row, METADATA: _text(others) if others else None}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _count(value: object) -> int | None:
    """A whole number that a table can hold; exports are not always so kind."""
    if not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return round(value)
