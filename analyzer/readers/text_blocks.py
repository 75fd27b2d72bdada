"""A text with several calls, cut at its rules and headings, and what its headers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.readers.metadata import common_name, squeezed
from analyzer.readers.speakers import role_of

_RULE = re.compile(r"^\s*([-=_*#~—–])(?:\s?\1){2,}\s*(?P<title>.*?)[\s\-=_*#~—–]*$")
_THING = r"(?:call|conversation|chat|transcript|session|interaction|case|ticket|contact|dialogue)"
_HEADING = re.compile(
    rf"""^[\s\#*]*{_THING}(?:\s+(?:{_THING}|id|no\.?|number|ref(?:erence)?))*
    \s*[:\#]?\s*\#?(?P<id>[\w.\-/@]*\d[\w.\-/@]*)\b(?P<rest>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_FIELD = re.compile(r"^[\s*\-•]*([A-Za-z][\w .\-/]{0,30}?)[\s*]*:[\s*]*(\S.*)$")
_IDS = """
    id callid conversationid contactid chatid interactionid sessionid ticketid caseid
    transcriptid reference callreference callref
"""
_ID_FIELDS = frozenset(_IDS.split())
_LONGEST = 160
_MOST_WORDS_OF_A_VALUE = 5


@dataclass(slots=True)
class Block:
    """One call's part of a text.

    Attributes:
        first: The number of its first line.
        lines: The lines of the talk.
        id: What the heading or a field calls it.
        fields: Other fields above the talk, such as `Date` and `Agent`.
    """

    first: int
    lines: list[str] = field(default_factory=list)
    id: str | None = None
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing but headings and fields has been met."""
        return not any(line.strip() for line in self.lines)


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The blocks of a text: each begins at a heading or behind a rule with an empty line."""
    block = Block(1)
    number = 0
    while number < len(lines):
        line = lines[number]
        if _separates(lines, number):
            if not block.empty:
                yield block
                block = Block(number + 1)
            block.id = _title_id(line) or block.id
        elif block.empty and line.strip():
            number = _take_header(block, lines, number)
            continue
        else:
            block.lines.append(line)
        number += 1
    if not block.empty:
        yield block


def _separates(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    if not line.strip() or len(line) > _LONGEST:
        return False
    before = lines[number - 1] if number else ""
    after = lines[number + 1] if number + 1 < len(lines) else ""
    apart = not before.strip() or bool(_RULE.match(before[:_LONGEST]))
    if rule := _RULE.match(line):
        title = rule["title"].strip()
        return (
            bool(apart and (_title_id(title) or title.istitle()))
            if title
            else (apart or not after.strip())
        )
    heading = _HEADING.match(line)
    return bool(apart and heading and _is_title_rest(heading["rest"]))


def _is_title_rest(rest: str) -> bool:
    """What may follow a heading's number: nothing, or a remark in brackets or behind a dash."""
    rest = rest.strip(" *#")
    return not rest or (rest[0] in "([-–—,|/:" and len(rest.split()) <= 12)


def _title_id(line: str) -> str | None:
    rule = _RULE.match(line)
    title = (rule["title"] if rule else line).strip(" *#")
    if heading := _HEADING.match(title):
        return heading["id"]
    return title if title and " " not in title and any(c.isdigit() for c in title) else None


def _take_header(block: Block, lines: Sequence[str], number: int) -> int:
    """Put leading fields into the block; the number of the first line that is none."""
    end = number
    while end < len(lines) and lines[end].strip() and not _separates(lines, end):
        end += 1
    parts = [_field(line) for line in lines[number:end]]
    plain = [part for part in parts if part and _is_about(part[0])]
    all_short = all(part and len(part[1].split()) <= _MOST_WORDS_OF_A_VALUE for part in parts)
    taken = len(parts) if plain and all_short else 0
    while taken < len(parts) and (part := parts[taken]) and _is_about(part[0]):
        taken += 1
    for part in parts[:taken]:
        if part and squeezed(part[0]) in _ID_FIELDS:
            block.id = part[1]
        elif part:
            block.fields.setdefault(*part)
    if taken == 0:
        block.lines.append(lines[number])
        taken = 1
    return number + taken


def _field(line: str) -> tuple[str, str] | None:
    match = _FIELD.match(line) if len(line) <= _LONGEST else None
    return (match[1].strip(), match[2].strip(" *")) if match else None


def _is_about(key: str) -> bool:
    """Whether a field tells of the call, and is not somebody who says something."""
    known = squeezed(key) in _ID_FIELDS or common_name(key) is not None
    return known and role_of(key) is None
