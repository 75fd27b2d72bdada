"""A call as the page's scripts read it: short arrays instead of named fields.

The page holds thousands of calls, so names are left out, labels and kinds stand as their number in
the codebook, and a quote is left out where the turn's text and the offsets already give it.
`static/call-data.js` is the other half of this file: it gives the names back.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from analyzer import codebook
from analyzer.report import CallReport, Finding, Opportunity, TurnReport

_LABEL = {name: number for number, name in enumerate(codebook.LABEL_NAMES)}
_KIND = {name: number for number, name in enumerate(codebook.KIND_NAMES)}
_OUTCOME = {name: number for number, name in enumerate(codebook.OUTCOMES)}


def vocabulary() -> dict[str, Any]:
    """The codebook's words that the page shows."""
    return {
        "labels": [
            {
                "name": label.name,
                "title": label.title,
                "family": label.family,
                "speaker": label.speaker,
                "definition": label.definition,
                "coaching": label.coaching,
            }
            for label in codebook.LABELS
        ],
        "kinds": [
            {"name": kind.name, "opens": kind.opens_when, "due": kind.due}
            for kind in codebook.OPPORTUNITY_KINDS
        ],
        "outcomes": list(codebook.OUTCOMES),
        "resolutions": list(codebook.RESOLUTIONS),
        "scores": [
            {"name": score.name, "low": score.low, "middle": score.middle, "high": score.high}
            for score in codebook.SCORES
        ],
        "answerWithin": codebook.ANSWER_WITHIN_AGENT_TURNS,
    }


def encode_call(report: CallReport) -> list[Any]:
    """The call in the order that `static/call-data.js` reads."""
    texts = {turn.turn: turn.text for turn in report.turns}
    findings: list[Finding] = [*report.cues, *report.care, *report.flags]
    return [
        report.id,
        [round(getattr(report.scores, name), 2) for name in codebook.SCORE_NAMES],
        [_interval(report, name) for name in codebook.SCORE_NAMES],
        [
            [[round(one.points, 2), one.what, one.turns] for one in report.reasons.get(name, [])]
            for name in codebook.SCORE_NAMES
        ],
        codebook.RESOLUTIONS.index(report.outcome),
        [report.sentiment.start, report.sentiment.end],
        [_turn(turn) for turn in report.turns],
        [_finding(finding, texts.get(finding.turn)) for finding in findings],
        [_opportunity(chance, texts.get(chance.turn)) for chance in report.opportunities],
        {name: _shown(value) for name, value in report.metadata.items() if value is not None},
        f"{report.model.name} {report.model.version}",
    ]


def _interval(report: CallReport, name: str) -> list[float] | int:
    bounds = report.intervals.get(name)
    return 0 if bounds is None else [round(bounds[0], 2), round(bounds[1], 2)]


def _turn(turn: TurnReport) -> list[Any]:
    return [turn.speaker[0], turn.text, turn.start_ms, turn.sentiment]


def _finding(finding: Finding, text: str | None) -> list[Any]:
    row: list[Any] = [
        finding.turn,
        _LABEL[finding.label],
        round(finding.confidence, 3),
        finding.start_char,
        finding.end_char,
        finding.why,
    ]
    return row + _spare_quote(finding, text)


def _opportunity(chance: Opportunity, text: str | None) -> list[Any]:
    kind = codebook.KINDS_BY_NAME[chance.kind]
    row: list[Any] = [
        chance.turn,
        _KIND[chance.kind],
        _OUTCOME[chance.outcome],
        chance.by or 0,
        round(chance.confidence, 3),
        chance.start_char,
        chance.end_char,
        [_LABEL[name] for name in chance.opened_by if name in _LABEL],
        [_LABEL[name] for name in chance.answered_by if name in _LABEL],
        "" if chance.expected == kind.due else chance.expected,
        chance.suggestion,
    ]
    return row + _spare_quote(chance, text)


def _spare_quote(found: Finding | Opportunity, text: str | None) -> list[str]:
    """The quote, where it cannot be cut from the text."""
    if text is not None and text[found.start_char : found.end_char] == found.quote:
        return []
    return [found.quote]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def as_json(value: Any) -> str:
    """JSON that can stand inside a `<script>`: no character of it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return (
        text.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def packed(value: Any) -> str:
    """JSON, compressed, as base64: what the page's `DecompressionStream` unpacks."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.b64encode(gzip.compress(raw.encode("utf-8", "surrogatepass"), 6, mtime=0)).decode(
        "ascii"
    )
