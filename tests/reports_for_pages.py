"""Reports to draw: the labelled calls, varied as a model would err, with agents and dates."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analyzer.corpus import read_corpus
from analyzer.report import CallReport, Finding, Reason, Scores

CORPUS = Path(__file__).parent.parent / "data" / "corpus.jsonl"
AGENTS = ("dana", "ola", "per", "kim", "li", "mo", "zed", "ada", "noor", "ines")
TEAMS = {agent: ("billing", "repairs", "sales")[place % 3] for place, agent in enumerate(AGENTS)}
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def varied_reports(count: int) -> Iterator[CallReport]:
    """As many reports as asked for, made of the labelled calls; the same ones every time."""
    gold = [labelled.gold_report() for labelled in read_corpus(CORPUS)]
    dice = random.Random(7)
    for number in range(count):
        yield _varied(gold[number % len(gold)], number, dice)


def _varied(report: CallReport, number: int, dice: random.Random) -> CallReport:
    agent = dice.choice(AGENTS)
    scores = {
        name: min(100.0, max(0.0, value + dice.gauss(0, 9)))
        for name, value in report.scores.model_dump().items()
    }
    scores["csat"] = min(5.0, max(1.0, report.scores.csat + dice.gauss(0, 0.3)))
    clock = 0
    turns = []
    for turn in report.turns:
        length = 60 * len(turn.text or "") + 400
        turns.append(turn.model_copy(update={"start_ms": clock, "end_ms": clock + length}))
        clock += length + 300
    starts = {turn.turn: turn.start_ms for turn in turns}
    return report.model_copy(
        update={
            "id": report.id if number < 474 else f"{report.id}-{number}",
            "scores": Scores(**scores),
            "intervals": {
                name: _band(value, dice, *((1, 5) if name == "csat" else (0, 100)))
                for name, value in scores.items()
            },
            "reasons": {"empathy": _reasons(report, scores["empathy"])},
            "turns": turns,
            **{
                kind: [_uncertain(one, starts, dice) for one in getattr(report, kind)]
                for kind in ("flags", "cues", "care")
            },
            "metadata": {
                **report.metadata,
                "agent": agent,
                "team": TEAMS[agent],
                "started_at": (START + timedelta(days=dice.uniform(0, 84))).isoformat(),
            },
        }
    )


def _uncertain(finding: Finding, starts: dict[int, int | None], dice: random.Random) -> Finding:
    """The finding with a doubt, quoting only the turn's last sentence, as a model would."""
    cut = max(finding.quote[:-2].rfind(mark) for mark in (". ", "? ", "! "))
    start = cut + 2 if cut > 0 else 0
    return finding.model_copy(
        update={
            "confidence": round(dice.uniform(0.55, 0.99), 3),
            "quote": finding.quote[start:],
            "start_char": start,
            "start_ms": starts[finding.turn],
        }
    )


def _band(value: float, dice: random.Random, low: float, high: float) -> tuple[float, float]:
    half = (high - low) * dice.uniform(0.06, 0.14)
    return max(low, value - half), min(high, value + half)


def _reasons(report: CallReport, empathy: float) -> list[Reason]:
    """Parts that add up to the score."""
    parts = [Reason(points=50.0, what="where the average call stands")]
    if report.missed:
        turns = [chance.turn for chance in report.missed]
        parts.append(Reason(points=-6.0 * len(turns), what="opportunities missed", turns=turns))
    if report.care:
        turns = sorted({one.turn for one in report.care})
        parts.append(Reason(points=2.5 * len(turns), what="moves that build care", turns=turns))
    rest = empathy - sum(part.points for part in parts)
    return [*parts, Reason(points=rest, what="everything else")]
