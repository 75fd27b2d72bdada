"""Findings: the labels above their thresholds, each with its sentence and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer import codebook
from analyzer.evidence import Calibration, Evidence
from analyzer.report import Finding, Flag

_ANSWERS_A_FEELING = ("canned", "indifferent", "dismissive", "hurried", "hollow_apology", "pushy")
_FELT = ("frustration", "distress", "hardship", "broken_promise", "effort", "churn_risk")


def find_labels(
    evidence: Evidence, calibration: Calibration, names: Iterable[str]
) -> list[Finding]:
    """Findings of some labels, in the order of the turns."""
    found = []
    for name in names:
        threshold = calibration.thresholds[name]
        probabilities = evidence.of(name)
        for turn in (probabilities >= threshold).nonzero()[0].tolist():
            found.append(_finding(evidence, turn, name, float(probabilities[turn]), calibration))
    return sorted(found, key=lambda finding: finding.turn)


def find_flags(evidence: Evidence, calibration: Calibration) -> list[Flag]:
    """Agent language whose label is sure, in the order of the turns."""
    return [_flag(found) for found in find_labels(evidence, calibration, codebook.FLAG_NAMES)]


def flag_harm_of_some_kind(
    flags: Sequence[Flag], evidence: Evidence, calibration: Calibration
) -> list[Flag]:
    """The flags, and one on each turn that surely does harm where no kind of it is sure.

    To be called once every label is judged: which kinds are sure is read from the flags.

    Args:
        flags: What is sure, as `find_flags` gives it or as recurrence has changed it.
        evidence: Tells how much harm a turn does, and its likeliest kind.
        calibration: From how much harm a turn is flagged.

    Returns:
        Flags in the order of the turns.
    """
    if calibration.harm_from is None:
        return list(flags)
    told = {flag.turn - 1 for flag in flags if flag.label in codebook.HARMFUL}
    unsure = []
    for turn in (evidence.harm >= calibration.harm_from).nonzero()[0].tolist():
        if turn not in told:
            chance, name = max((float(evidence.of(name)[turn]), name) for name in codebook.HARMFUL)
            unsure.append(_flag(_finding(evidence, turn, name, chance, calibration)))
    return sorted([*flags, *unsure], key=lambda flag: flag.turn)


def _flag(finding: Finding) -> Flag:
    return Flag(family=codebook.BY_NAME[finding.label].family, **finding.model_dump())


def _finding(
    evidence: Evidence, turn: int, label: str, confidence: float, calibration: Calibration
) -> Finding:
    said = evidence.call.turns[turn]
    start, end = evidence.showing_sentence(turn, label)
    return Finding(
        turn=turn + 1,
        label=label,
        confidence=round(confidence, 4),
        quote=said.text[start:end],
        start_char=start,
        end_char=end,
        start_ms=said.start_ms,
        why=_why(evidence, turn, label, calibration),
    )


def _why(evidence: Evidence, turn: int, label: str, calibration: Calibration) -> str:
    entry = codebook.BY_NAME[label]
    reason = f"the {entry.speaker} {entry.definition.split(':')[0]}"
    if label in _ANSWERS_A_FEELING:
        answered = _feeling_before(evidence, turn, calibration)
        if answered is not None:
            cue, cue_turn = answered
            reason += f", after the customer's {cue} in turn {cue_turn}"
    return reason


def _feeling_before(
    evidence: Evidence, turn: int, calibration: Calibration
) -> tuple[str, int] | None:
    """The strongest cue in the customer's words just before an agent turn."""
    for before in range(turn - 1, max(-1, turn - 4), -1):
        if evidence.call.turns[before].speaker != "customer":
            continue
        strength, cue = max((float(evidence.of(cue)[before]), cue) for cue in _FELT)
        if strength >= calibration.thresholds[cue]:
            return codebook.BY_NAME[cue].title, before + 1
        return None
    return None
