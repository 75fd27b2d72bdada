"""Who, what and when in a message, under the many names that exports use."""

from __future__ import annotations

from typing import Any

from analyzer.readers.fields import first_text, items, record, text
from analyzer.readers.times import elapsed_ms, milliseconds, moment

_WHO = ("role", "speaker", "from", "sender", "author", "participant", "sender_type")
_SAID = ("content", "text", "message", "body", "utterance", "value", "msg")
_STARTS = ("start", "start_time", "startTime", "timestamp", "created_at", "createdAt", "time")
_ENDS = ("end", "end_time", "endTime")


def who(message: dict[str, Any]) -> str:
    """The role or the name of whoever wrote a message; empty where it tells none."""
    told = (message.get(key) for key in _WHO)
    return next(
        (one for name in told if (one := text(name) or first_text(name, *_WHO, "name"))), ""
    )


def said(message: dict[str, Any]) -> str:
    """The words, also where they are split into parts beside images and files."""
    for content in (message.get(key) for key in _SAID):
        parts = items(content) or items(record(content).get("parts")) or [content]
        words = [text(part) or first_text(part, "text") for part in parts]
        if whole := "\n".join(word for word in words if word.strip()):
            return whole
    return ""


def sent(message: dict[str, Any]) -> Any:
    """When a message was sent or begun, as it says so; None where it does not."""
    return _first(message, _STARTS)


def start_ms(message: dict[str, Any], began: Any) -> int | None:
    """Milliseconds from the start of the conversation, which `began`, to the message."""
    return _time(message.get("start_ms"), sent(message), began)


def end_ms(message: dict[str, Any], began: Any) -> int | None:
    """Milliseconds from the start of the conversation to the end of the message."""
    return _time(message.get("end_ms"), _first(message, _ENDS), began)


def _first(message: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((message[key] for key in keys if message.get(key) is not None), None)


def _time(exact: Any, when: Any, began: Any) -> int | None:
    found = milliseconds(exact, "ms")
    if found is not None:
        return found
    return elapsed_ms(when, began) if moment(when) else milliseconds(when)
