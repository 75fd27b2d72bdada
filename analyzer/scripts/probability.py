"""How surely a line is a house script, from how it recurs."""

from __future__ import annotations

from math import exp, log, log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.scripts.book import Script


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
    if other_calls < 1 or calls_read < 1:
        return 0.0
    fixed = sum(word[0] != "{" for word in script.words)
    score = (
        -4.0
        + 1.0 * log2(1 + other_calls)
        + 1.0 * log(fixed)
        + 1.0 * (other_calls / calls_read)
        + 3.0 * (likeness - 0.75)
    )
    return 1 / (1 + exp(-score))
