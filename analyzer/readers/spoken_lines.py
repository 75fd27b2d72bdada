"""The lines of a pasted transcript: when, who, and the words, in the notations people paste."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from analyzer.call import Speaker
from analyzer.readers.speakers import role_of
from analyzer.roles import announces

_TIME = r"""(?:
    (?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[,T]?\s?(?:at\s)?)?       # 2026-03-01, 01/03/26, 1.3.2026
    \d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?                    # 1:23, 00:01:23.450
    (?:\s?[ap]\.?m\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?   # 10:23 AM, 10:23:00Z
    | (?:\d{1,3}h\s?)?(?:\d{1,3}m\s?)?\d{1,3}s\b                 # 1m 23s
)"""
_RANGE = rf"{_TIME}(?:\s*+(?:-->|->|-|–|to)\s*+{_TIME})?"
_STAMP = rf"(?:[\[(<]\s*+{_RANGE}\s*+[\])>]|{_RANGE})"
_NAME = r"[^\W\d_][^:\n\[\]<>{}|?!;\"]{0,48}?"
_GAP = r"[^\S\t]*+"  # a tab may be what parts the name from the words

# Spaces are taken once and for all (`*+`): lines of nothing else must not cost more.
_SAID = re.compile(
    rf"""^[\s>*\-•]*+
    (?:(?P<before>{_STAMP})\s*+(?:[-–|,]\s*+)?)?
    [*_]{{0,2}}\[?(?P<name>{_NAME})\]?[*_]{{0,2}}{_GAP}
    (?:(?P<between>{_STAMP}){_GAP})?
    [*_]{{0,2}}{_GAP}(?:(?:(?<!\d):|:(?!\d))[*_]{{0,2}}(?!//)|>(?=\s)|\t|\|)
    \s*+(?P<words>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_ALONE = re.compile(
    rf"""^[\s*\-•]*+
    (?:(?P<before>{_STAMP})\s*+(?:[-–|,]\s*+)?)?
    [*_]{{0,2}}(?P<name>{_NAME})[*_]{{0,2}}\s*+
    (?:[-–|,]?\s*+(?P<between>{_STAMP}))?\s*+:?$""",
    re.VERBOSE | re.IGNORECASE,
)
_UNNAMED = re.compile(rf"^\s*(?P<before>{_STAMP})\s*(?P<words>.*)$", re.VERBOSE | re.IGNORECASE)
_HAPPENED = re.compile(
    r"""^[\s*\-–—=\[(]*(?:
    (?:you(?:'re|\ are)\ now\ (?:chatting|connected)\b.*)
    |(?:.{1,60}\b(?:has\ |have\ )?(?:joined|left|entered|ended|started|closed|transferred)\s
       (?:the\ |this\ )?(?:chat|conversation|call|session|meeting).{0,40})
    |(?:(?:the\ |this\ )?(?:chat|conversation|call|session)\ (?:has\ |was\ )?
       (?:started|ended|begins?|closed|transferred|recorded).{0,60})
    )[\s*\-–—=\])]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBERED = re.compile(r"[\s_#\-]*(?:\d{1,3}|\b[a-z])$")
_VOICES = frozenset({"voice", "speaker", "spk", "person", "participant", "party"})
_MOST_WORDS_IN_A_NAME = 6
_FEWEST_WORDS_SAID = 3
_LONGEST_LABEL = 300
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Line:
    """A line: who says it (None where it goes on with the one before), the words, and when."""

    speaker: str | None
    words: str
    time: str | None = None


class LineReader:
    """Reads lines once it has seen which names a text uses.

    Args:
        lines: The text's lines. Names that mean a role count as speakers, and so do names that
            recur; `Note: ...` in the middle of somebody's words does not.

    Attributes:
        speakers: The names (in lower case) that start lines with words behind them.
        headings: The names that stand on a line of their own, before lines of words.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        said, alone = _Names(), _Names()
        filled = 0
        for line in lines:
            filled += bool(line.strip())
            if match := _match(_SAID, line):
                said.count(match, len(match["words"].split()))
            elif (match := _match(_ALONE, line)) and _is_heading(match, line):
                alone.count(match, _FEWEST_WORDS_SAID)
        self.speakers = said.speakers(filled)
        self.headings = self.speakers or alone.speakers(filled)

    def read(self, line: str, *, opens: bool = False) -> Line:
        """One line.

        Args:
            line: The line.
            opens: Whether nobody has said anything yet. Then a voice that speaks this once is
                heard too, where it is named as the others are or plainly is a recording.
        """
        if (match := _match(_SAID, line)) and (
            _folded(match["name"]) in self.speakers or (opens and self._is_voice(match, line))
        ):
            return Line(_tidy(match["name"]), line[match.start("words") :].strip(), _stamp(match))
        if (
            (match := _match(_ALONE, line))
            and _folded(match["name"]) in self.headings
            and _is_heading(match, line)
            and (_stamped(match) or not self.speakers or _colon(line))
        ):
            return Line(_tidy(match["name"]), "", _stamp(match))
        if len(line) < _LONGEST_LABEL and _HAPPENED.match(line):
            return Line(SYSTEM, line.strip(" *-–—=[]()\t"))
        if match := _UNNAMED.match(line[:_LONGEST_LABEL]):
            return Line(None, line[match.start("words") :].strip(), _stamp_of(match["before"]))
        return Line(None, line.strip())

    def _is_voice(self, match: re.Match[str], line: str) -> bool:
        """Whether a name of no known speaker says something, and is no field above the talk."""
        if not self.speakers:
            return False
        kind = _NUMBERED.sub("", _folded(match["name"]))
        if kind != _folded(match["name"]) and kind in _VOICES:
            return True
        return announces([line[match.start("words") :]], 0.0, opens=True)


def _match(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """The match of a line whose name looks like one."""
    if pattern is _ALONE and len(line) > _LONGEST_LABEL:
        return None
    match = pattern.match(line[:_LONGEST_LABEL])
    if match is None or len(match["name"].split()) > _MOST_WORDS_IN_A_NAME:
        return None
    return match


@dataclass(slots=True)
class _Names:
    """Names that lines of a text start with, and how."""

    counts: Counter[str] = field(default_factory=Counter)
    timed: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[int]] = field(default_factory=dict)
    roles: dict[str, Speaker] = field(default_factory=dict)

    def count(self, match: re.Match[str], words: int) -> None:
        name = _folded(match["name"])
        if role := _role(match["name"]):
            self.roles[name] = role
        self.counts[name] += 1
        self.timed[name] += _stamped(match)
        self.words.setdefault(name, []).append(words)

    def speakers(self, filled_lines: int) -> set[str]:
        """The names that are speakers, of a text with so many lines that are not empty."""
        roles = set(self.roles)
        sides = set(self.roles.values()) - {"other"}
        found = roles | self._recurring(2 if len(sides) > 1 else 1, filled_lines)
        others = [name for name in self.counts if name not in found]
        if len(sides) == 1 and found == roles and others:
            # The other side of a talk in which it says one thing only.
            found.add(max(others, key=lambda name: self.counts[name]))
        return found if sides or self._talkative(found) else set()

    def _recurring(self, rarity: int, filled_lines: int) -> set[str]:
        """Names that recur as speakers do; with both sides known, they must come often."""
        most, total = max(self.counts.values(), default=0), self.counts.total()
        mostly_timed = 2 * self.timed.total() > total
        if mostly_timed:
            return {name for name in self.counts if self.timed[name]}
        if total == filled_lines and len(self.counts) <= max(2, total // 2) and rarity == 1:
            return set(self.counts)
        enough = max(3, most // 3) if rarity > 1 else max(2, most // 10)
        return {name for name, count in self.counts.items() if count >= enough}

    def _talkative(self, names: set[str]) -> bool:
        """Whether names that mean no role at least say something: settings and forms do not."""
        lengths = [length for name in names for length in self.words[name]]
        return len(names) > 1 and median(lengths) >= _FEWEST_WORDS_SAID


def _role(name: str) -> Speaker | None:
    """The role a name means; none of `I told your agent`, which is no name."""
    role = role_of(name)
    words = name.split()
    named = all(not word[0].islower() or role_of(word) for word in words)
    return role if named or len(words) == 1 else None


def _is_heading(match: re.Match[str], line: str) -> bool:
    return _stamped(match) or _colon(line) or _role(match["name"]) in ("agent", "customer")


def _colon(line: str) -> bool:
    return line.rstrip().endswith(":")


def _stamped(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["between"])


def _stamp(match: re.Match[str]) -> str | None:
    return _stamp_of(match["before"] or match["between"])


def _stamp_of(found: str | None) -> str | None:
    return found.strip("[]()<> \t") if found else None


def _tidy(name: str) -> str:
    return name.strip(" *_\t-–")


def _folded(name: str) -> str:
    return _tidy(name).casefold()
