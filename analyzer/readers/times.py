"""Times as exports write them, in milliseconds or as ISO 8601."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any, Literal

Unit = Literal["s", "ms", "us", "ns", "ticks"]
_MS_IN: dict[Unit, float] = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6, "ticks": 1e-4}
_LONGEST_MS = 31 * 24 * 3600 * 1000

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?")
_ISO_DURATION = re.compile(
    r"P(?:(\d+)D)?T?(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?", re.I
)
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(ms|msec|millis(?:econds)?|s|secs?|seconds?)", re.I)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def milliseconds(value: Any, unit: Unit = "s") -> int | None:
    """A length or an offset in milliseconds; None where there is none or it makes no sense.

    Understands numbers and numeric strings in `unit` (``ticks`` are Azure's 100 ns), ``"1.5s"``
    and ``"1500ms"``, clocks (``"01:23"``, ``"00:01:23.450"``, ``"1:23,45"``) and ISO 8601
    durations (``"PT1M23.4S"``).
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _sensible(value, _MS_IN[unit])
    if not isinstance(value, str) or len(value) > 64:
        return None
    value = value.strip()
    try:
        return _sensible(float(value), _MS_IN[unit])
    except ValueError:
        return _written_out(value)


def _written_out(value: str) -> int | None:
    if match := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction = match.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return _sensible(whole + float(f"0.{fraction or 0}"), 1000.0)
    if match := _WITH_UNIT.fullmatch(value):
        number = float(match[1].replace(",", "."))
        return _sensible(number, 1.0 if match[2].lower().startswith("m") else 1000.0)
    if (match := _ISO_DURATION.fullmatch(value)) and any(match.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return _sensible(((days * 24 + hours) * 60 + minutes) * 60 + seconds, 1000.0)
    return None


def _sensible(number: float, scale: float) -> int | None:
    if not math.isfinite(number):
        return None
    result = number * scale
    return round(result) if 0 <= result <= _LONGEST_MS else None


def moment(value: Any) -> datetime | None:
    """A point in time, with a zone (UTC where none is written); None where there is none.

    Understands ISO 8601 text, and epoch seconds, milliseconds, microseconds and nanoseconds as
    number or text.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
        if len(value) > 64:
            return None
        try:
            value = float(value)
        except ValueError:
            return _written_moment(value)
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    for scale in (1.0, 1e3, 1e6, 1e9):
        if _EARLIEST <= value / scale <= _LATEST:
            return datetime.fromtimestamp(value / scale, UTC)
    return None


def _written_moment(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def iso(value: Any) -> str | None:
    """A point in time (see `moment`) as ISO 8601 with a zone, UTC as ``Z``; None without one."""
    found = moment(value)
    return None if found is None else found.isoformat().replace("+00:00", "Z")


def elapsed_ms(value: Any, start: Any) -> int | None:
    """Milliseconds from `start` to `value`, both points in time; None where either lacks."""
    here, origin = moment(value), moment(start)
    if here is None or origin is None:
        return None
    return _sensible((here - origin).total_seconds(), 1000.0)
