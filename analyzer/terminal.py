"""One call in the terminal: the transcript with its findings, then the scores and their reasons.

Everything that colour says is also said by a sign and a word, so that it reads the same without
colour and in a pipe.
"""

from __future__ import annotations

import codecs
import io
import re
import sys

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analyzer import codebook
from analyzer.report import CallReport, Finding, Flag, Opportunity, Reason, TurnReport

FAMILY_STYLES: dict[str, str] = {
    "cue": "cyan",
    "care": "green",
    "scripted": "yellow",
    "uncaring": "magenta",
    "dismissive": "bold red",
}
SIGNS: dict[str, str] = {
    "cue": "?",
    "care": "+",
    "scripted": "!",
    "uncaring": "!!",
    "dismissive": "!!!",
}
OUTCOME_STYLES: dict[str, str] = {"seized": "green", "partial": "yellow", "missed": "bold red"}

_BAR_WIDTH = 30
_HELD_SPACE = "\ue000"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_IN_ASCII = dict(zip("━┣┫●─·→—“”…×", '=[]o-.>-"".x', strict=True))


def show_call(report: CallReport, console: Console) -> None:
    """Print one call: its transcript with the findings, its opportunities, scores and reasons."""
    for part in (
        _head(report),
        _transcript(report),
        _legend(),
        _opportunities(report),
        _scores(report),
        _reasons(report),
    ):
        console.print(part)
        console.print()


def allow_any_encoding() -> None:
    """Let output that is not UTF-8 show plain signs for what it cannot hold, not an error."""
    codecs.register_error("analyzer-plain", _plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="analyzer-plain")


def _plain_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(sign, "?") for sign in unknown), error.end


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters replaced, one for one."""
    return _CONTROLS.sub("\ufffd", text)


def _head(report: CallReport) -> RenderableType:
    told = [
        printable(str(report.metadata[name]))
        for name in ("company", "team", "agent", "channel", "started_at")
        if report.metadata.get(name)
    ]
    surely = report.outcome_probabilities.get(report.outcome)
    outcome = report.outcome + (f" ({surely:.0%} sure)" if surely is not None else "")
    lines = [
        Text.assemble((printable(report.id), "bold"), *(f" · {item}" for item in told)),
        Text(f"outcome {outcome} · customer's sentiment {_sentiment(report)}"),
    ]
    return Group(*lines)


def _sentiment(report: CallReport) -> str:
    start, end, trend = report.sentiment.start, report.sentiment.end, report.sentiment.trend
    if start is None or end is None:
        return "unknown"
    change = "" if trend is None or abs(trend) < 0.25 else (" better" if trend > 0 else " worse")
    return f"{start:+.1f} → {end:+.1f}{change}"


def _transcript(report: CallReport) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    timed = any(turn.start_ms is not None for turn in report.turns)
    grid.add_column(justify="right", style="dim", no_wrap=True)
    if timed:
        grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    found = _by_turn(report)
    chances: dict[int, list[Opportunity]] = {}
    for chance in report.opportunities:
        chances.setdefault(chance.turn, []).append(chance)
    for turn in report.turns:
        words: list[RenderableType] = [_Unbroken(_marked(turn, found.get(turn.turn, [])))]
        words += [_chance_line(chance) for chance in chances.get(turn.turn, [])]
        cells: list[RenderableType] = [str(turn.turn)]
        if timed:
            cells.append(_clock(turn.start_ms))
        style = {"agent": "bold", "customer": "bold cyan"}.get(turn.speaker, "dim")
        grid.add_row(*cells, Text(turn.speaker, style), Group(*words))
    return grid


def _by_turn(report: CallReport) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = {}
    for finding in (*report.cues, *report.care, *report.flags):
        found.setdefault(finding.turn, []).append(finding)
    return found


def _marked(turn: TurnReport, found: list[Finding]) -> Text:
    """The turn's words, each finding coloured and its tag behind its sentence."""
    if turn.text is None:
        return Text.assemble(
            ("(words left out)", "dim"), *(part for one in found for part in (" ", _tag(one)))
        )
    words = Text(printable(turn.text))
    for finding in found:
        words.stylize(FAMILY_STYLES[_family(finding)], finding.start_char, finding.end_char)
    marked, at = Text(), 0
    for finding in sorted(found, key=lambda one: (one.end_char, -one.confidence)):
        marked.append_text(words[at : finding.end_char])
        marked.append(" ")
        marked.append_text(_tag(finding))
        at = max(at, finding.end_char)
    return marked.append_text(words[at:])


def _tag(finding: Finding) -> Text:
    family = _family(finding)
    routine = finding.label == "boilerplate"
    sign = "" if routine else f"{SIGNS[family]} "
    title = codebook.BY_NAME[finding.label].title
    sure = " reverse" if finding.confidence >= 0.5 else ""
    style = "dim" if routine else FAMILY_STYLES[family] + sure
    words = f"[{sign}{title} {finding.confidence:.0%}]"
    return Text(words.replace(" ", _HELD_SPACE), style)


class _Unbroken:
    """Text that is wrapped, but not at the spaces within its tags."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.wrap(console, options.max_width, overflow="fold"):
            line.plain = line.plain.replace(_HELD_SPACE, " ")
            yield line

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)


def _family(finding: Finding) -> str:
    return finding.family if isinstance(finding, Flag) else codebook.BY_NAME[finding.label].family


def _chance_line(chance: Opportunity) -> Text:
    where = f" in turn {chance.by}" if chance.by is not None else ""
    return Text(f"→ {chance.kind}: {chance.outcome}{where}", OUTCOME_STYLES[chance.outcome])


def _legend() -> RenderableType:
    marks = (
        ("cue", "customer cue"),
        ("care", "care"),
        ("scripted", "scripted"),
        ("uncaring", "uncaring"),
        ("dismissive", "dismissive"),
    )
    parts: list[Text | str] = []
    for family, name in marks:
        parts += [Text(f"[{SIGNS[family]}]", FAMILY_STYLES[family]), f" {name}  "]
    return Text.assemble(*parts)


def _opportunities(report: CallReport) -> RenderableType:
    unmet = [chance for chance in report.opportunities if chance.outcome != "seized"]
    seized = len(report.opportunities) - len(unmet)
    head = Text(f"Opportunities: {seized} of {len(report.opportunities)} seized", "bold")
    if not report.opportunities:
        return Text("No recovery opportunities", "bold")
    return Group(head, *(_chance(chance) for chance in unmet))


def _chance(chance: Opportunity) -> RenderableType:
    where = f", half answered in turn {chance.by}" if chance.by is not None else ""
    lines = [
        Text.assemble(
            f"turn {chance.turn} · {chance.kind} ",
            (chance.outcome, OUTCOME_STYLES[chance.outcome]),
            where,
        )
    ]
    details = [
        ("customer", f"“{chance.quote}”" if chance.quote else ""),
        ("due", chance.expected),
        ("could say", "" if _repeats_what_was_due(chance) else chance.suggestion),
    ]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(ratio=1, overflow="fold")
    for name, detail in details:
        if detail:
            grid.add_row(name, Text(printable(detail)))
    return Padding(Group(*lines, Padding(grid, (0, 0, 0, 2))), (0, 0, 0, 2))


def _repeats_what_was_due(chance: Opportunity) -> bool:
    return chance.expected.casefold() in chance.suggestion.casefold()


def _scores(report: CallReport) -> RenderableType:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("score")
    table.add_column("", justify="right")
    table.add_column("80 % interval", justify="right")
    table.add_column("")
    for name in codebook.SCORE_NAMES:
        value = getattr(report.scores, name)
        interval = report.intervals.get(name)
        low, high = (1.0, 5.0) if name == "csat" else (0.0, 100.0)
        digits = 1 if name == "csat" else 0
        table.add_row(
            name,
            f"{value:.{digits}f}",
            f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}" if interval else "",
            _bar(value, interval, low, high),
        )
    return table


def _bar(value: float, interval: tuple[float, float] | None, low: float, high: float) -> Text:
    """A line from the scale's low end to the value, and the interval's ends as brackets."""

    def cell(point: float) -> int:
        share = (min(max(point, low), high) - low) / (high - low)
        return round(share * (_BAR_WIDTH - 1))

    cells = ["━" if i < cell(value) else "·" for i in range(_BAR_WIDTH)]
    if interval is not None:
        first, last = cell(interval[0]), cell(interval[1])
        for i in range(cell(value), last):
            cells[i] = "─"
        cells[first], cells[last] = "┣", "┫"
    cells[cell(value)] = "●"
    share = (value - low) / (high - low)
    return Text("".join(cells), "red" if share < 0.35 else "yellow" if share < 0.6 else "green")


def _reasons(report: CallReport) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name in codebook.SCORE_NAMES:
        parts = report.reasons.get(name, [])
        if parts:
            digits = 2 if name == "csat" else 1
            grid.add_row(name, Text(", ").join(_reason(part, digits) for part in parts))
    if not grid.row_count:
        return Text("")
    return Group(Text("What the scores are made of", "bold"), grid)


def _reason(part: Reason, digits: int) -> Text:
    points = Text(f"{part.points:+.{digits}f}", "green" if part.points > 0 else "red")
    return Text.assemble(points, " ", printable(part.what) + _in_turns(part))


def _in_turns(reason: Reason) -> str:
    if not reason.turns:
        return ""
    shown = ", ".join(map(str, reason.turns[:6])) + (" …" if len(reason.turns) > 6 else "")
    return f" (turn {shown})" if len(reason.turns) == 1 else f" (turns {shown})"


def _clock(ms: int | None) -> str:
    if ms is None:
        return ""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
