"""Times written before the lines of a transcript, as milliseconds from its start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

_CLOCK = re.compile(
    r"""(?:(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[,T]?\s*(?:at\s)?)?
    (?P<first>\d{1,3}):(?P<second>\d{2})(?::(?P<third>\d{2}))?(?:[.,](?P<part>\d{1,6}))?
    (?:\s?(?P<half>[ap])\.?m\.?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ELAPSED = re.compile(r"(?:(\d+)h\s?)?(?:(\d+)m\s?)?(\d+)s", re.IGNORECASE)
_DAY = 24 * 3600.0
_LATEST_START = 300.0
"""A call whose first time is later than this many seconds is dated by the clock on the wall."""


class Timeline(NamedTuple):
    """Start and end of every line in milliseconds, and when the call began, where that is told."""

    starts: list[int | None]
    ends: list[int | None]
    started_at: str | None


class _Stamp(NamedTuple):
    seconds: float
    day: date | None = None
    wall: bool = False
    short: bool = False  # two numbers: minutes and seconds, or hours and minutes


def timeline(stamps: Sequence[str | None]) -> Timeline:
    """The times of one call's lines.

    Times that start near zero count from the call's start. Times of day, told by a date, by am or
    pm, or by a first time that no call starts at, count from the first of them.
    """
    pairs = [_pair(stamp) for stamp in stamps]
    known = [start for start, _ in pairs if start is not None]
    if not known:
        return Timeline([None] * len(pairs), [None] * len(pairs), None)
    first = known[0]
    wall = first.wall or any(stamp.wall for stamp in known) or first.seconds > _LATEST_START
    hours = wall and not first.wall and all(stamp.short for stamp in known)
    starts = _elapsed([start for start, _ in pairs], wall=wall, scale=60.0 if hours else 1.0)
    ends: list[int | None] = []
    for (start, end), begins in zip(pairs, starts, strict=True):
        if start is None or end is None or begins is None:
            ends.append(None)
        else:
            length = (end.seconds - start.seconds) * (60.0 if hours else 1.0)
            ends.append(begins + round(length * 1000) if length >= 0 else None)
    return Timeline(starts, ends, _began(first) if wall else None)


def _elapsed(stamps: Sequence[_Stamp | None], *, wall: bool, scale: float) -> list[int | None]:
    result: list[int | None] = []
    origin: float | None = None
    first_day: date | None = None
    passed, before = 0.0, 0.0
    for stamp in stamps:
        if stamp is None:
            result.append(None)
            continue
        seconds = stamp.seconds * scale
        if not wall:
            result.append(round(seconds * 1000))
            continue
        if stamp.day is not None:
            first_day = first_day or stamp.day
            passed = (stamp.day - first_day).days * _DAY
        elif before - seconds > _DAY / 2:
            passed += _DAY  # past midnight
        before = seconds
        origin = seconds if origin is None else origin
        value = seconds + passed - origin
        result.append(round(value * 1000) if value >= 0 else None)
    return result


def _pair(text: str | None) -> tuple[_Stamp | None, _Stamp | None]:
    """The start and, of a range, the end."""
    if not text:
        return None, None
    found = [_clock(match) for match in _CLOCK.finditer(text)]
    if not found and (match := _ELAPSED.search(text)):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found = [_Stamp(hours * 3600.0 + minutes * 60 + seconds)]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def _clock(match: re.Match[str]) -> _Stamp:
    first, second = int(match["first"]), int(match["second"])
    day, half = _date(match["date"]), (match["half"] or "").lower()
    part = float(f"0.{match['part']}") if match["part"] else 0.0
    if half:
        first = first % 12 + (12 if half == "p" else 0)
    if match["third"] is not None:
        seconds = first * 3600.0 + second * 60 + int(match["third"]) + part
        return _Stamp(seconds, day, bool(half or match["date"]))
    if half or match["date"]:
        return _Stamp(first * 3600.0 + second * 60, day, True)
    return _Stamp(first * 60.0 + second + part, short=True)


def _date(text: str | None) -> date | None:
    if not text:
        return None
    one, two, three = (int(part) for part in re.split(r"[-/.]", text))
    year, month, day = (one, two, three) if one > 31 else (three, two, one)
    if year < 100:
        year += 2000
    if month > 12:  # month first, as in the United States
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _began(first: _Stamp) -> str | None:
    if first.day is None:
        return None
    moment = datetime(first.day.year, first.day.month, first.day.day, tzinfo=UTC)
    return (moment + timedelta(seconds=first.seconds)).strftime("%Y-%m-%dT%H:%M:%S")
