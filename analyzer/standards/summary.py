"""A batch held to its house's standards: what is met, by whom, and where it is not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from analyzer import uncertainty
from analyzer.report import CallReport
from analyzer.standards.checking import Item, Kind, Part, StandardsResult, check
from analyzer.standards.rubric import Rubric

GROUPS: tuple[str, ...] = ("company", "vendor", "team", "agent")
"""Metadata by which standards are told apart."""

MINIMUM_CALLS = 10
"""Calls below which no agent or team is named."""

_KEPT = 6  # calls with points not met, by name


class Share(Part):
    """A share of calls, 0 to 1, with its 95 % interval."""

    met: int
    calls: int
    share: float | None = Field(description="Null where no call was asked.")
    low: float
    high: float

    @classmethod
    def of(cls, met: int, calls: int) -> Share:
        """The share `met` of `calls`, with its Wilson interval."""
        found = uncertainty.share(met, calls)
        share = found.estimate if calls else None
        return cls(met=met, calls=calls, share=share, low=found.low, high=found.high)


class Point(Part):
    """One point of a standard over the calls it was asked of."""

    standard: str
    kind: Kind
    name: str
    critical: bool
    target: float | None
    met: Share
    mean: float | None = Field(description="Mean of the score or count, where there is one.")


class Group(Part):
    """One company, vendor, team or agent: how many of its calls passed."""

    by: str
    name: str
    passed: Share
    full: Share = Field(description="Calls that meet every point asked of them.")
    mark: float = Field(description="Mean weighted mark, 0 to 100.")


class Miss(Part):
    """A call that does not meet its standard, and why."""

    call: str
    standard: str
    passed: bool
    mark: float
    failed: list[Item] = Field(description="The points not met, critical ones first.")


class HouseSummary(Part):
    """A batch beside its standards.

    `groups` names nobody with fewer than `minimum_calls` calls; `withheld` counts those by kind.
    """

    calls: int
    without_standard: int = Field(description="Calls that no standard applies to.")
    passed: Share
    full: Share = Field(description="Calls that meet every point asked of them.")
    points: list[Point] = Field(description="In the order of the standards.")
    groups: list[Group] = Field(description="By kind of group, most calls first.")
    withheld: dict[str, int]
    minimum_calls: int
    misses: list[Miss] = Field(
        description="A few calls with points not met: those that fail first, then by mark."
    )

    @property
    def can_fail(self) -> bool:
        """Whether a call can fail at all: a point is critical, or there is a pass mark."""
        return any(point.critical or point.kind == "mark" for point in self.points)


@dataclass(slots=True)
class _Counts:
    asked: int = 0
    met: int = 0
    values: float = 0.0
    valued: int = 0


@dataclass(slots=True)
class _Marks:
    calls: int = 0
    passed: int = 0
    full: int = 0
    marks: float = 0.0

    def add(self, result: StandardsResult, mark: float) -> None:
        self.calls += 1
        self.passed += bool(result.passed)
        self.full += not result.not_met
        self.marks += mark


@dataclass(slots=True)
class HouseTally:
    """Holds reports to standards one by one and adds up; no report is kept.

    tally = HouseTally(read_rubric("standards.yaml"))
    for report in reports:
        result = tally.add(report)
    summary = tally.summary()
    """

    rubric: Rubric
    minimum_calls: int = MINIMUM_CALLS
    _calls: int = 0
    _all: _Marks = field(default_factory=_Marks)
    _points: dict[tuple[str, Kind, str], _Counts] = field(
        default_factory=lambda: defaultdict(_Counts)
    )
    _items: dict[tuple[str, Kind, str], Item] = field(default_factory=dict)
    _groups: dict[tuple[str, str], _Marks] = field(default_factory=lambda: defaultdict(_Marks))
    _misses: list[Miss] = field(default_factory=list)

    def add(self, report: CallReport) -> StandardsResult:
        """Hold one more report to its standard; gives what `check` gives."""
        result = check(report, self.rubric)
        self._calls += 1
        if result.standard is None or result.mark is None:
            return result
        self._all.add(result, result.mark)
        for item in result.items:
            self._count(result.standard, item)
        for by in GROUPS:
            name = report.metadata.get(by)
            if name is not None:
                self._groups[by, str(name)].add(result, result.mark)
        if result.not_met:
            self._note_miss(result, result.standard, result.mark)
        return result

    def summary(self) -> HouseSummary:
        """What the reports so far add up to."""
        named = [
            Group(
                by=by,
                name=name,
                passed=Share.of(one.passed, one.calls),
                full=Share.of(one.full, one.calls),
                mark=one.marks / one.calls,
            )
            for (by, name), one in self._groups.items()
            if one.calls >= self.minimum_calls
        ]
        few = Counter(by for (by, _), one in self._groups.items() if one.calls < self.minimum_calls)
        return HouseSummary(
            calls=self._calls,
            without_standard=self._calls - self._all.calls,
            passed=Share.of(self._all.passed, self._all.calls),
            full=Share.of(self._all.full, self._all.calls),
            points=[self._point(key) for key in self._in_order()],
            groups=sorted(
                named, key=lambda one: (GROUPS.index(one.by), -one.passed.calls, one.name)
            ),
            withheld=dict(few),
            minimum_calls=self.minimum_calls,
            misses=self._misses,
        )

    def _count(self, standard: str, item: Item) -> None:
        key = (standard, item.kind, item.name)
        counts = self._points[key]
        self._items.setdefault(key, item)
        if item.met is not None:
            counts.asked += 1
            counts.met += item.met
        if item.value is not None:
            counts.valued += 1
            counts.values += item.value

    def _note_miss(self, result: StandardsResult, standard: str, mark: float) -> None:
        failed = sorted(result.not_met, key=lambda item: not item.critical)
        self._misses.append(
            Miss(
                call=result.call,
                standard=standard,
                passed=bool(result.passed),
                mark=mark,
                failed=failed,
            )
        )
        self._misses.sort(key=lambda miss: (miss.passed, miss.mark, miss.call))
        del self._misses[_KEPT:]

    def _in_order(self) -> Iterator[tuple[str, Kind, str]]:
        """Standards as in their file; within one as `check` gives its points."""
        for standard in self.rubric.standards:
            yield from (key for key in self._points if key[0] == standard.name)

    def _point(self, key: tuple[str, Kind, str]) -> Point:
        counts, item = self._points[key], self._items[key]
        return Point(
            standard=key[0],
            kind=item.kind,
            name=item.name,
            critical=item.critical,
            target=item.target,
            met=Share.of(counts.met, counts.asked),
            mean=counts.values / counts.valued if counts.valued else None,
        )
