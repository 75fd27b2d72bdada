"""A report without the words of the call."""

from __future__ import annotations

from typing import TypeVar

from analyzer.report import CallReport, Finding, Opportunity

FoundT = TypeVar("FoundT", bound=Finding)


def without_text(report: CallReport) -> CallReport:
    """A copy that quotes nobody: what was found and where, but not what was said.

    Quotes are empty, the turns have no text, and suggestions, which may quote other calls, are left
    out; `expected` still says what was due. Metadata stays as it is.
    """
    return report.model_copy(
        update={
            "flags": [_without_quote(flag) for flag in report.flags],
            "cues": [_without_quote(cue) for cue in report.cues],
            "care": [_without_quote(move) for move in report.care],
            "opportunities": [_unquoted(chance) for chance in report.opportunities],
            "turns": [turn.model_copy(update={"text": None}) for turn in report.turns],
        }
    )


def _without_quote(finding: FoundT) -> FoundT:
    return finding.model_copy(update={"quote": ""})


def _unquoted(chance: Opportunity) -> Opportunity:
    return chance.model_copy(update={"quote": "", "suggestion": ""})
