"""When a found opportunity is the one that a reader meant."""

from __future__ import annotations

from collections.abc import Sequence

TURNS_APART = 2
"""A found opportunity matches a gold one whose turn is at most this far away."""

Place = tuple[int, str]
"""Turn and kind of an opportunity."""


def count_matches(
    found: Sequence[Place], meant: Sequence[Place], *, same_kind: bool = False
) -> int:
    """How many found opportunities match a meant one, each at most once, the nearest first."""
    pairs = sorted(
        (abs(one[0] - other[0]), i, j)
        for i, one in enumerate(found)
        for j, other in enumerate(meant)
        if abs(one[0] - other[0]) <= TURNS_APART and (not same_kind or one[1] == other[1])
    )
    used_found: set[int] = set()
    used_meant: set[int] = set()
    for _, i, j in pairs:
        if i not in used_found and j not in used_meant:
            used_found.add(i)
            used_meant.add(j)
    return len(used_found)
