"""How customers' sentiment moves after a script: the lines that soothe, the lines that sour.

A line said to angry customers is followed by better turns anyway, because feelings drift back to
the middle, and a closing line is followed by thanks. So each saying is compared with what usually
follows: a straight line from the sentiment before to the sentiment after, fitted to all agent turns
in the same place of the call. What remains is drawn towards 0 by how little it was seen (empirical
Bayes). It tells what goes along with a line, not what the line causes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from analyzer.call import Call, Turn
from analyzer.errors import UsageError
from analyzer.report import CallReport
from analyzer.scripts.book import Place, ScriptBook, SentimentMove
from analyzer.scripts.counting import place_of
from analyzer.scripts.matching import find_scripts
from analyzer.scripts.words import House

_Z90 = 1.645
_LEAST_SPREAD = 0.05  # between lines, in points of sentiment, so that shrinking never is total


@dataclass(slots=True)
class _Sums:
    """Running sums of pairs (sentiment before, sentiment after)."""

    n: int = 0
    before: float = 0.0
    after: float = 0.0
    before2: float = 0.0
    after2: float = 0.0
    product: float = 0.0

    def add(self, before: float, after: float) -> None:
        self.n += 1
        self.before += before
        self.after += after
        self.before2 += before * before
        self.after2 += after * after
        self.product += before * after

    def line(self) -> tuple[float, float]:
        """Intercept and slope of the sentiment after on the sentiment before."""
        spread = self.before2 - self.before**2 / self.n
        slope = 0.0
        if spread > 1e-9:
            slope = (self.product - self.before * self.after / self.n) / spread
        return (self.after - slope * self.before) / self.n, slope

    def left_over(self) -> float:
        """Sum of squares that the line leaves over."""
        intercept, slope = self.line()
        total = self.after2 - intercept * self.after - slope * self.product
        return max(0.0, total)


_Tallies = dict[str, dict[Place, _Sums]]


def with_sentiment(book: ScriptBook, reports: Iterable[CallReport]) -> ScriptBook:
    """The same book with, for each script, how the customers' sentiment moves after it.

    Args:
        book: The scripts.
        reports: Reports with the text of their turns, read once.

    Raises:
        UsageError: If a report leaves the text out.
    """
    usual: dict[Place, _Sums] = defaultdict(_Sums)
    tallies: _Tallies = defaultdict(lambda: defaultdict(_Sums))
    for report in reports:
        house = House.of(Call(id=report.id, turns=[_NOTHING], metadata=report.metadata))
        for text, place, before, after in _between_customer_turns(report):
            usual[place].add(before, after)
            for match in find_scripts(text, book, house):
                tallies[match.script.id][place].add(before, after)
    moves = _moves(tallies, usual)
    scripts = [
        script.model_copy(update={"sentiment": moves.get(script.id)}) for script in book.scripts
    ]
    return book.model_copy(update={"scripts": scripts})


_NOTHING = Turn(speaker="other", text="")


def _between_customer_turns(report: CallReport) -> Iterator[tuple[str, Place, float, float]]:
    following: list[float | None] = [None] * len(report.turns)
    after: float | None = None
    for at in range(len(report.turns) - 1, -1, -1):
        following[at] = after
        if report.turns[at].sentiment is not None:
            after = report.turns[at].sentiment
    before: float | None = None
    for at, turn in enumerate(report.turns):
        if turn.sentiment is not None:
            before = turn.sentiment
        next_one = following[at]
        if turn.speaker != "agent" or before is None or next_one is None:
            continue
        if turn.text is None:
            raise UsageError(
                "the report leaves the turns' text out, so that no script can be found in it.",
                place=f"call {report.id}, turn {turn.turn}",
                remedy="Make the reports with their text.",
            )
        yield turn.text, place_of(turn.turn, len(report.turns)), before, next_one


def _moves(tallies: _Tallies, usual: dict[Place, _Sums]) -> dict[str, SentimentMove]:
    if not tallies:
        return {}
    lines = {place: sums.line() for place, sums in usual.items()}
    seen = sum(sums.n for sums in usual.values())
    noise = sum(sums.left_over() for sums in usual.values()) / max(1, seen - 2 * len(usual))
    raw = {key: _beyond_usual(places, lines) for key, places in tallies.items()}
    spread = _spread_between(list(raw.values()), noise)
    return {
        key: _move(tallies[key].values(), beyond, times, noise, spread)
        for key, (beyond, times) in raw.items()
    }


def _beyond_usual(
    places: dict[Place, _Sums], lines: dict[Place, tuple[float, float]]
) -> tuple[float, int]:
    total = 0.0
    times = 0
    for place, sums in places.items():
        intercept, slope = lines[place]
        total += sums.after - intercept * sums.n - slope * sums.before
        times += sums.n
    return total / times, times


def _spread_between(raw: list[tuple[float, int]], noise: float) -> float:
    """How much lines truly differ (variance), by the method of moments."""
    weights = sum(times for _, times in raw)
    observed = sum(times * beyond**2 for beyond, times in raw) / weights
    return float(max(_LEAST_SPREAD**2, observed - noise * len(raw) / weights))


def _move(
    sums: Iterable[_Sums], beyond: float, times: int, noise: float, spread: float
) -> SentimentMove:
    error = noise / times
    trust = spread / (spread + error) if error else 1.0
    middle = trust * beyond
    half = _Z90 * sqrt(trust * error)
    parts = list(sums)
    verdict: Literal["soothes", "sours", "unclear"] = "unclear"
    if middle - half > 0:
        verdict = "soothes"
    elif middle + half < 0:
        verdict = "sours"
    return SentimentMove(
        times=times,
        before=sum(part.before for part in parts) / times,
        after=sum(part.after for part in parts) / times,
        beyond_usual=middle,
        interval=(middle - half, middle + half),
        verdict=verdict,
    )
