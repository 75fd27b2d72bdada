"""The list of calls, a column an entry, as `static/list-data.js` reads it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from analyzer import codebook
from analyzer.pages.highlights import preview
from analyzer.report import CallReport, Opportunity

FACETS: tuple[str, ...] = ("agent", "team", "company", "channel")
"""Metadata by which the list can be filtered."""

_OUTCOME_BITS = {name: number for number, name in enumerate(codebook.OUTCOMES)}


class Index:
    """What the list tells of each call, filled one by one; no report is kept."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._columns: dict[str, list[Any]] = {}
        self._scores = [array("d") for _ in codebook.SCORE_NAMES]
        self._facets: dict[str, list[str | None]] = {name: [] for name in FACETS}

    def add(self, report: CallReport, listen: float) -> None:
        """Add a call; `listen` is how much it is worth a listen."""
        self.ids.append(report.id)
        for column, name in zip(self._scores, codebook.SCORE_NAMES, strict=True):
            column.append(round(getattr(report.scores, name), 1))
        for name, values in self._facets.items():
            value = report.metadata.get(name)
            values.append(None if value is None else str(value))
        for name, value in _entries(report).items():
            self._columns.setdefault(name, []).append(value)
        self._columns.setdefault("listen", []).append(round(listen, 2))

    def columns(self) -> dict[str, Any]:
        """All columns, by name."""
        facets = {name: found for name in FACETS if (found := self._facet(name))}
        empty: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        return {
            "id": self.ids,
            "scores": [column.tolist() for column in self._scores],
            **empty,
            **self._columns,
            "facets": facets,
        }

    def _facet(self, name: str) -> dict[str, Any] | None:
        values = self._facets[name]
        known = sorted({value for value in values if value is not None}, key=str.casefold)
        if not known:
            return None
        place = {value: number for number, value in enumerate(known)}
        return {
            "values": known,
            "of": [-1 if value is None else place[value] for value in values],
        }


_COLUMNS = (
    *("interval", "outcome", "start", "end", "flags", "chances", "missed", "harmful"),
    *("turns", "began", "preview", "listen"),
)


def _entries(report: CallReport) -> dict[str, Any]:
    return {
        "interval": _rounded(report.intervals.get("empathy")),
        "outcome": codebook.RESOLUTIONS.index(report.outcome),
        "start": report.sentiment.start,
        "end": report.sentiment.end,
        "flags": _flag_bits(report),
        "chances": _chance_bits(report.opportunities),
        "missed": len(report.missed),
        "harmful": sum(flag.label in codebook.HARMFUL for flag in report.flags),
        "turns": len(report.turns),
        "began": _seconds(report.metadata.get("started_at")),
        "preview": preview(report),
    }


def _flag_bits(report: CallReport) -> int:
    found = {flag.label for flag in report.flags}
    return sum(1 << place for place, name in enumerate(codebook.FLAG_NAMES) if name in found)


def _chance_bits(chances: Iterable[Opportunity]) -> int:
    """One bit a kind and outcome: bit 3 * kind + outcome."""
    bits = 0
    for chance in chances:
        kind = codebook.KIND_NAMES.index(chance.kind)
        bits |= 1 << (3 * kind + _OUTCOME_BITS[chance.outcome])
    return bits


def _rounded(bounds: tuple[float, float] | None) -> list[float] | int:
    return 0 if bounds is None else [round(bounds[0], 1), round(bounds[1], 1)]


def _seconds(started_at: object) -> int | None:
    """Seconds since 1970; None where the call has no time that can be read."""
    if started_at is None:
        return None
    try:
        moment = datetime.fromisoformat(str(started_at).strip())
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
