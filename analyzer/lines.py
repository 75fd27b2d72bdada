"""Who says what in text whose lines start with a speaker's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from analyzer.call import Speaker
from analyzer.readers.speakers import role_of

_NAMED = re.compile(
    r"""^[ \t]*
    (?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[ \t]*[-–]?[ \t]*)?   # a time
    (?P<name>[^\W\d_][^:\n\[\]]{0,48}?)[ \t]*
    (?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?)?                    # or here
    [ \t]*:[ \t]*(?P<words>.*)$""",
    re.VERBOSE | re.MULTILINE,
)


def spoken_lines(text: str) -> Iterator[tuple[int, int, Speaker]]:
    """The turns of such a text: first character, one past the last, and who speaks.

    A line without a name of a role goes on with the turn before it. Text in which no line names an
    agent or a customer is one turn of an agent.
    """
    named = list(_NAMED.finditer(text))
    roles = _roles(named)
    known = [(line, roles[line["name"]]) for line in named if line["name"] in roles]
    if not known:
        yield from _trimmed(text, 0, len(text), "agent")
        return
    starts = [line.start() for line, _ in known]
    yield from _trimmed(text, 0, starts[0], "other")
    for (line, role), end in zip(known, [*starts[1:], len(text)], strict=True):
        yield from _trimmed(text, line.start("words"), end, role)


def _roles(named: list[re.Match[str]]) -> dict[str, Speaker]:
    """Who is who. A name that recurs beside one known role is the other party."""
    times = Counter(line["name"] for line in named)
    roles = {name: role for name in times if (role := role_of(name)) is not None}
    sides = {role for role in roles.values() if role != "other"}
    if len(sides) == 1:
        rest: Speaker = "customer" if sides == {"agent"} else "agent"
        roles |= {name: rest for name, n in times.items() if n > 1 and name not in roles}
    return roles


def _trimmed(text: str, start: int, end: int, role: Speaker) -> Iterator[tuple[int, int, Speaker]]:
    words = text[start:end]
    if words.strip():
        start += len(words) - len(words.lstrip())
        yield start, start + len(words.strip()), role
