"""What a batch of reports adds up to, kept while they stream by: no report is held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from analyzer import codebook
from analyzer.pages.highlights import Highlight, Highlights
from analyzer.report import CallReport

LISTEN_FIRST = 5
"""How many calls a summary names as most worth a listen."""


@dataclass
class Summary:
    """Figures of a batch.

    Attributes:
        calls: Calls scored.
        failures: Files and calls that could not be read or scored.
        kept: Calls that an interrupted run had scored before.
        seconds: Wall-clock seconds that scoring took, loading of the model included.
    """

    calls: int = 0
    turns: int = 0
    failures: int = 0
    kept: int = 0
    seconds: float = 0.0
    _points: Counter[str] = field(default_factory=Counter)
    _calls_with: Counter[str] = field(default_factory=Counter)
    _outcomes: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in codebook.KIND_NAMES}
    )
    _highlights: Highlights = field(default_factory=Highlights)

    def add(self, report: CallReport) -> None:
        """Count one report in."""
        self.calls += 1
        self.turns += len(report.turns)
        for name, score in report.scores.model_dump().items():
            self._points[name] += score
        families = {flag.family for flag in report.flags if flag.label in codebook.HARMFUL}
        self._calls_with.update(families)
        for chance in report.opportunities:
            self._outcomes[chance.kind][chance.outcome] += 1
        self._highlights.add(report)

    def add_failure(self) -> None:
        """Count one failure in."""
        self.failures += 1

    @property
    def rate(self) -> float:
        """Calls scored a second, those of an interrupted run left out."""
        return (self.calls - self.kept) / self.seconds if self.seconds else 0.0

    @property
    def mean_scores(self) -> dict[str, float]:
        """Mean of each score over the calls; empty before the first call."""
        if not self.calls:
            return {}
        return {name: self._points[name] / self.calls for name in codebook.SCORE_NAMES}

    @property
    def share_with(self) -> dict[str, float]:
        """For each family of flags, the share of calls (0 to 1) with harmful language of it."""
        return {
            family: self._calls_with[family] / self.calls if self.calls else 0.0
            for family in codebook.FLAG_FAMILIES
        }

    @property
    def opportunities(self) -> dict[str, Counter[str]]:
        """For each kind of opportunity, how many were seized, partial and missed."""
        return self._outcomes

    @property
    def listen_first(self) -> list[Highlight]:
        """The calls most worth a listen, as the page has them, the most urgent first."""
        return self._highlights.listen[:LISTEN_FIRST]
