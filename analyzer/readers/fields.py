"""Safe access to fields of parsed JSON: exports leave out, null and mistype what they promise."""

from __future__ import annotations

from typing import Any


def record(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON array; everything else in it is left out."""
    return [item for item in items(value) if isinstance(item, dict)]


def dig(value: Any, *path: str | int) -> Any:
    """What stands at a path of keys and positions, or None where the path breaks off."""
    for step in path:
        if isinstance(step, str):
            value = record(value).get(step)
        else:
            found = items(value)
            value = found[step] if -len(found) <= step < len(found) else None
    return value


def text(value: Any) -> str:
    """The value as text: a string as it stands, a number in digits, anything else empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def first_text(source: Any, *keys: str) -> str:
    """The first of the keys that holds some text, as text; empty where none does."""
    fields = record(source)
    for key in keys:
        found = text(fields.get(key)).strip()
        if found:
            return found
    return ""
