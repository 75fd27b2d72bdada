"""What a batch of reports adds up to, kept while they stream by: no report is held."""

from __future__ import annotations

import heapq
import time
from collections import Counter
from dataclasses import dataclass, field

from analyzer import codebook
from analyzer.report import CallReport, Flag

LISTEN_FIRST = 5
"""How many calls a summary names as most worth a listen."""

_FAMILY_WEIGHT = {"scripted": 0.5, "uncaring": 1.0, "dismissive": 1.5}


@dataclass(frozen=True, order=True)
class Listen:
    """A call worth a listen: how urgently, and why.

    Attributes:
        urgency: Missed chances and harmful turns, each weighted by how sure they are, and what
            the scores and the customer's last words add; about 0 for a good call.
        call: The call's id.
        why: What a team lead would hear in it, in one line.
    """

    urgency: float
    call: str
    why: str


def worth_a_listen(report: CallReport) -> Listen:
    """How much a coach would learn from listening to this call."""
    harm = _surest_harm(report)
    urgency = (
        sum(chance.confidence for chance in report.missed)
        + sum(_FAMILY_WEIGHT[flag.family] * flag.confidence for flag in harm)
        + (100.0 - report.scores.empathy) / 50.0
        + max(0.0, -(report.sentiment.end or 0.0))
    )
    return Listen(round(urgency, 3), report.id, _why(report, harm))


def _surest_harm(report: CallReport) -> list[Flag]:
    """The surest harmful flag of each flagged turn, in the order of the talk."""
    surest: dict[int, Flag] = {}
    for flag in report.flags:
        if flag.label in codebook.HARMFUL:
            best = surest.get(flag.turn)
            if best is None or flag.confidence > best.confidence:
                surest[flag.turn] = flag
    return [surest[turn] for turn in sorted(surest)]


def _why(report: CallReport, harm: list[Flag]) -> str:
    parts = []
    if report.missed:
        kinds = Counter(chance.kind for chance in report.missed)
        named = ", ".join(kind if n == 1 else f"{kind} x{n}" for kind, n in kinds.most_common())
        parts.append(f"missed {named}")
    if harm:
        labels = Counter(codebook.BY_NAME[flag.label].title for flag in harm)
        named = ", ".join(
            label if n == 1 else f"{label} x{n}" for label, n in labels.most_common(3)
        )
        parts.append(named)
    if report.sentiment.end is not None and report.sentiment.end <= -1:
        parts.append("ends badly")
    return "; ".join(parts) or "nothing stands out"


@dataclass
class Summary:
    """Figures of a batch.

    Attributes:
        calls: Calls scored.
        failures: Files and calls that could not be read or scored.
        seconds: Wall-clock seconds so far, loading of the model left out.
    """

    calls: int = 0
    turns: int = 0
    failures: int = 0
    seconds: float = 0.0
    _points: Counter[str] = field(default_factory=Counter)
    _calls_with: Counter[str] = field(default_factory=Counter)
    _outcomes: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in codebook.KIND_NAMES}
    )
    _listen: list[Listen] = field(default_factory=list)
    _started: float = field(default_factory=time.perf_counter)

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
        listen = worth_a_listen(report)
        if len(self._listen) < LISTEN_FIRST:
            heapq.heappush(self._listen, listen)
        else:
            heapq.heappushpop(self._listen, listen)
        self.tick()

    def add_failure(self) -> None:
        """Count one failure in."""
        self.failures += 1
        self.tick()

    def tick(self) -> None:
        """Bring the clock up to date."""
        self.seconds = time.perf_counter() - self._started

    @property
    def rate(self) -> float:
        """Calls scored a second."""
        return self.calls / self.seconds if self.seconds else 0.0

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
    def listen_first(self) -> list[Listen]:
        """The calls most worth a listen, the most urgent first."""
        return sorted(self._listen, reverse=True)
