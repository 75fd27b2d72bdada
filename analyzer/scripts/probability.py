"""How surely a line is a house script, from how it recurs."""

from __future__ import annotations

from math import exp, log, log2, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.scripts.book import Script

# Fitted on what discovery finds in the labelled corpus (is the turn labelled boilerplate or
# canned?); `measure_discovery` tells how well discovery does.
_INTERCEPT = -5.3
_PER_DOUBLING = 1.55
_PER_LOG_WORD = 1.75
_PER_RATE = 2.3
_PER_LIKENESS = 0.9
_IF_NAMED = 2.2

_SMALL_BATCH = 10
"""Calls of a company up to which each recurrence counts in full: as in the labelled corpus. In
larger batches chance makes more lines recur, so that each recurrence counts for less."""

ONLY_WORDING = 0.3
"""Most that a text can have whose runs of words recur, but that says no known line."""


def recurrence_probability(
    script: Script, other_calls: int, calls_read: int, likeness: float = 1.0
) -> float:
    """The probability that a line is a house script.

    Args:
        script: The line.
        other_calls: Calls that say it, the judged call left out.
        calls_read: Calls of its company that were read, the judged call left out.
        likeness: How much of it was said, 0..1.
    """
    fixed = sum(word[0] != "{" for word in script.words)
    named = "{name}" in script.words or "{company}" in script.words
    return line_probability(fixed, named, other_calls, calls_read, likeness)


def line_probability(
    fixed: int, named: bool, other_calls: int, calls_read: int, likeness: float = 1.0
) -> float:
    """The probability that words are a house script.

    Args:
        fixed: Their number, slots left out; at least 1.
        named: Whether a name stands among them, as in greetings.
        other_calls: Calls that say them, the judged call left out.
        calls_read: Calls of the company that were read, the judged call left out.
        likeness: How much of a known line was said, 0..1.
    """
    if other_calls < 1 or calls_read < 1:
        return 0.0
    weight = sqrt(max(1.0, calls_read / _SMALL_BATCH))
    score = (
        _INTERCEPT
        + _PER_DOUBLING * log2(1 + other_calls / weight)
        + _PER_LOG_WORD * log(fixed)
        + _PER_RATE * min(1.0, other_calls / calls_read)
        + _PER_LIKENESS * (likeness - 0.75)
        + _IF_NAMED * named
    )
    return 1 / (1 + exp(-score))
