"""Reports as tidy pandas frames: one row a call, a finding, an opportunity or a turn.

All four take any iterable of reports (a generator is read once) and give a frame with the same
columns and dtypes whatever the number of reports, so that code written for a thousand calls also
runs on none. Frames join on `call`, the id of the call; those of findings, opportunities and turns
also on `turn`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analyzer import codebook
from analyzer.report import CallReport, Finding

FINDING_FAMILIES: tuple[str, ...] = ("cue", "care", *codebook.FLAG_FAMILIES)
SPEAKERS: tuple[str, ...] = ("agent", "customer", "other")

_MILLISECONDS = "Int64"
_TEXT = "string"


def calls_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
    """One row a call.

    Columns:
        call (string): the call's id.
        empathy, respect, ownership, ease, resolution, human (float): scores, 0 to 100.
        csat (float): 1 to 5.
        <score>_low, <score>_high (float): bounds of the score's 80 % interval; missing where the
            report has none.
        outcome (ordered category): unresolved < partial < resolved.
        sentiment_start, sentiment_end (float): -2 to 2; sentiment_trend: end minus start.
        turns, agent_turns, customer_turns (int): numbers of turns.
        flags_scripted, flags_uncaring, flags_dismissive (int): harmful flags by family;
            flags_harmful: their sum; flags_boilerplate: routine stock lines, no harm, though many
            of them sound less `human`.
        cues, care (int): numbers of customer cues and of agent moves that build care.
        opportunities, opportunities_seized, opportunities_partial, opportunities_missed (int).
        missed_<kind> (int): missed opportunities of that kind.
        model, model_version (string): what made the report.
        Then a column for each entry of the calls' metadata, under its own name, or as
            `metadata_<name>` where that name is taken. `started_at` becomes a UTC time; nested
            values become JSON text.
    """
    rows = []
    metadata: list[dict[str, Any]] = []
    for report in reports:
        rows.append(call_row(report))
        metadata.append(report.metadata)
    frame = pd.DataFrame(rows, columns=list(_CALL_TYPES)).astype(_CALL_TYPES)
    return pd.concat([frame, metadata_frame(metadata, set(_CALL_TYPES))], axis=1)


def findings_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
    """One row a finding: cues, care and flags together.

    Columns:
        call (string), turn (int): where.
        family (category): cue, care, scripted, uncaring or dismissive.
        label (category): a label of the codebook.
        harmful (bool): a flag other than boilerplate.
        confidence (float): calibrated probability, 0 to 1.
        quote (string), start_char, end_char (int): the words, and their place in the turn's text.
        start_ms (nullable int): when the turn starts, in milliseconds from the start of the call.
        why (string): the reason in one sentence.
    """
    rows = [row for report in reports for row in _finding_rows(report)]
    return pd.DataFrame(rows, columns=list(_FINDING_TYPES)).astype(_FINDING_TYPES)


def opportunities_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
    """One row a recovery opportunity.

    Columns:
        call (string), turn (int): the customer turn at which it opened.
        kind (category): a kind of the codebook.
        outcome (ordered category): missed < partial < seized.
        by (nullable int): the agent turn that seized or half-seized it; missing where missed.
        confidence (float): probability that it opened here, 0 to 1.
        quote (string), start_ms (nullable int): the customer's words, and when.
        opened_by, answered_by (string): labels, comma-separated.
        expected, suggestion (string): what was due, and words that would have served.
    """
    rows = [
        {
            **chance.model_dump(exclude={"outcome_probabilities", "start_char", "end_char"}),
            "call": report.id,
            "opened_by": ", ".join(chance.opened_by),
            "answered_by": ", ".join(chance.answered_by),
        }
        for report in reports
        for chance in report.opportunities
    ]
    return pd.DataFrame(rows, columns=list(_OPPORTUNITY_TYPES)).astype(_OPPORTUNITY_TYPES)


def turns_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
    """One row a turn.

    Columns:
        call (string), turn (int), speaker (category): where and who.
        position (float): 0 at the first turn of the call, 1 at the last.
        sentiment (float): -2 to 2 on customer turns, missing elsewhere.
        script (float): how surely the words are a house script, 0 to 1; missing where unknown.
        start_ms, end_ms (nullable int): milliseconds from the start of the call.
        text (string): the words; missing where left out on request.
        p_<label> (float): probability of each label; missing where it does not fit the speaker.
    """
    rows = [
        {
            "call": report.id,
            "position": (turn.turn - 1) / max(len(report.turns) - 1, 1),
            **turn.model_dump(exclude={"labels"}),
            **{f"p_{label}": probability for label, probability in turn.labels.items()},
        }
        for report in reports
        for turn in report.turns
    ]
    return pd.DataFrame(rows, columns=list(_TURN_TYPES)).astype(_TURN_TYPES)


def call_row(report: CallReport) -> dict[str, Any]:
    """The row of :func:`calls_frame` for one report, without its metadata."""
    counts = _flag_counts(report)
    chances: list[str] = [chance.outcome for chance in report.opportunities]
    missed = [chance.kind for chance in report.missed]
    speakers = [turn.speaker for turn in report.turns]
    return {
        "call": report.id,
        **{name: getattr(report.scores, name) for name in codebook.SCORE_NAMES},
        **_bounds(report),
        "outcome": report.outcome,
        "sentiment_start": report.sentiment.start,
        "sentiment_end": report.sentiment.end,
        "sentiment_trend": report.sentiment.trend,
        "turns": len(speakers),
        "agent_turns": speakers.count("agent"),
        "customer_turns": speakers.count("customer"),
        **counts,
        "cues": len(report.cues),
        "care": len(report.care),
        "opportunities": len(chances),
        **{f"opportunities_{outcome}": chances.count(outcome) for outcome in codebook.OUTCOMES},
        **{f"missed_{kind}": missed.count(kind) for kind in codebook.KIND_NAMES},
        "model": report.model.name,
        "model_version": report.model.version,
    }


def _bounds(report: CallReport) -> dict[str, float | None]:
    bounds: dict[str, float | None] = {}
    for name in codebook.SCORE_NAMES:
        low, high = report.intervals.get(name, (None, None))
        bounds[f"{name}_low"], bounds[f"{name}_high"] = low, high
    return bounds


def _flag_counts(report: CallReport) -> dict[str, int]:
    harmful: list[str] = [flag.family for flag in report.flags if flag.label in codebook.HARMFUL]
    return {
        **{f"flags_{family}": harmful.count(family) for family in _FLAG_FAMILIES},
        "flags_harmful": len(harmful),
        "flags_boilerplate": len(report.flags) - len(harmful),
    }


def _finding_rows(report: CallReport) -> Iterator[dict[str, Any]]:
    findings: list[Finding] = [*report.cues, *report.care, *report.flags]
    for finding in sorted(findings, key=lambda one: (one.turn, one.start_char)):
        yield {
            **finding.model_dump(),
            "call": report.id,
            "family": codebook.BY_NAME[finding.label].family,
            "harmful": finding.label in codebook.HARMFUL,
        }


def metadata_frame(metadata: list[dict[str, Any]], taken: set[str]) -> pd.DataFrame:
    """A column for each entry of the calls' metadata, one row a call.

    Args:
        metadata: The metadata of each call, in order.
        taken: Names that other columns have; an entry of that name becomes `metadata_<name>`.
    """
    names = list(dict.fromkeys(name for entry in metadata for name in entry))
    columns: dict[str, pd.Series[Any]] = {}
    for name in names:
        values = [_flat(entry.get(name)) for entry in metadata]
        column = f"metadata_{name}" if name in taken else name
        if name == "started_at":
            columns[column] = pd.to_datetime(
                pd.Series(values), utc=True, errors="coerce", format="ISO8601"
            )
        else:
            columns[column] = pd.Series(values).convert_dtypes()
    return pd.DataFrame(columns, index=range(len(metadata)))


def _flat(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _category(names: Iterable[str], *, ordered: bool = False) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(names), ordered=ordered)


_FLAG_FAMILIES = tuple(codebook.FLAG_FAMILIES)

_CALL_TYPES: dict[str, Any] = {
    "call": _TEXT,
    **dict.fromkeys(codebook.SCORE_NAMES, "float64"),
    **{f"{name}_{end}": "float64" for name in codebook.SCORE_NAMES for end in ("low", "high")},
    "outcome": _category(reversed(codebook.RESOLUTIONS), ordered=True),
    **dict.fromkeys(("sentiment_start", "sentiment_end", "sentiment_trend"), "float64"),
    **dict.fromkeys(("turns", "agent_turns", "customer_turns"), "int64"),
    **{f"flags_{family}": "int64" for family in (*_FLAG_FAMILIES, "harmful", "boilerplate")},
    **dict.fromkeys(("cues", "care", "opportunities"), "int64"),
    **{f"opportunities_{outcome}": "int64" for outcome in codebook.OUTCOMES},
    **{f"missed_{kind}": "int64" for kind in codebook.KIND_NAMES},
    "model": _TEXT,
    "model_version": _TEXT,
}

_FINDING_TYPES: dict[str, Any] = {
    "call": _TEXT,
    "turn": "int64",
    "family": _category(FINDING_FAMILIES),
    "label": _category(codebook.LABEL_NAMES),
    "harmful": "bool",
    "confidence": "float64",
    "quote": _TEXT,
    "start_char": "int64",
    "end_char": "int64",
    "start_ms": _MILLISECONDS,
    "why": _TEXT,
}

_OPPORTUNITY_TYPES: dict[str, Any] = {
    "call": _TEXT,
    "turn": "int64",
    "kind": _category(codebook.KIND_NAMES),
    "outcome": _category(reversed(codebook.OUTCOMES), ordered=True),
    "by": "Int64",
    "confidence": "float64",
    "quote": _TEXT,
    "start_ms": _MILLISECONDS,
    "opened_by": _TEXT,
    "answered_by": _TEXT,
    "expected": _TEXT,
    "suggestion": _TEXT,
}

_TURN_TYPES: dict[str, Any] = {
    "call": _TEXT,
    "turn": "int64",
    "speaker": _category(SPEAKERS),
    "position": "float64",
    "sentiment": "float64",
    "script": "float64",
    "start_ms": _MILLISECONDS,
    "end_ms": _MILLISECONDS,
    "text": _TEXT,
    **{f"p_{label}": "float64" for label in codebook.LABEL_NAMES},
}
