"""Where opportunities for recovery open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analyzer import codebook
from analyzer.codebook import OpportunityKind
from analyzer.linear import Array
from analyzer.matching import TURNS_APART

SHARE_OF_LIKELIEST = 0.4
"""An opportunity is shown at a turn at least this likely, against the likeliest turn nearby."""

LIKELIHOOD_WEIGHT = 0.1
"""How much a turn's own likelihood counts beside how many are expected around it."""

NEARBY_WEIGHT = 0.5
"""How much the kinds expected nearby, the turn included, count beside those of the turn itself."""

KIND_FROM = 0.15
"""How many of a kind must be expected near a turn for one to be found there."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opportunity that opens.

    Attributes:
        turn: The customer's turn, from 0.
        kind: What it calls for.
        confidence: Probability that one not found before opens here or up to `TURNS_APART` away.
    """

    turn: int
    kind: OpportunityKind
    confidence: float


def find_openings(kinds: Array, opens_from: float) -> list[Opening]:
    """Opportunities that open, in the order of the turns.

    Careful readers put the same opportunity a turn or two apart. What counts is therefore how many
    are expected up to `TURNS_APART` turns from a turn and not found yet: the turn that promises
    most is found first and accounts for one of them, from its own probability outwards. Those found
    close to each other are of different kinds.

    Args:
        kinds: Probability that an opportunity of a kind opens, turns by kinds of the codebook.
        opens_from: How many must be expected near a turn for one to be found there.
    """
    if not len(kinds):
        return []
    likelihood: Array = 1.0 - np.prod(1.0 - kinds, axis=1)
    fitting = likelihood >= SHARE_OF_LIKELIEST * _near(likelihood).max(axis=1)
    nearby = np.stack([_near(kind).sum(axis=1) for kind in kinds.T], axis=1)
    unaccounted = likelihood.copy()
    expected: Array = np.minimum(_near(unaccounted).sum(axis=1), 1.0)
    found: dict[int, Opening] = {}
    while (enough := fitting & (expected >= opens_from)).any():
        turn = int(np.argmax(np.where(enough, expected + LIKELIHOOD_WEIGHT * likelihood, -1.0)))
        fitting[turn] = False
        around = range(turn - TURNS_APART, turn + TURNS_APART + 1)
        told = {found[place].kind.name for place in around if place in found}
        kind = _likeliest_kind(kinds[turn], nearby[turn], told)
        if kind is None:
            continue
        confidence = 1.0 - float(np.prod(1.0 - _near(unaccounted)[turn]))
        found[turn] = Opening(turn, kind, confidence)
        _account_for_one(unaccounted, turn)
        changed = slice(max(0, turn - 2 * TURNS_APART), turn + 2 * TURNS_APART + 1)
        expected[changed] = np.minimum(_near(unaccounted)[changed].sum(axis=1), 1.0)
    return [found[turn] for turn in sorted(found)]


def _near(values: Array) -> Array:
    """For each turn, the values of the turns up to `TURNS_APART` away, zero beyond the call."""
    padded = np.pad(values, TURNS_APART)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * TURNS_APART + 1)


def _likeliest_kind(own: Array, nearby: Array, told: Collection[str]) -> OpportunityKind | None:
    """Of the kinds not found nearby; None where none of them is expected enough."""
    chances = zip(codebook.OPPORTUNITY_KINDS, own.tolist(), nearby.tolist(), strict=True)
    left = {
        kind: here + NEARBY_WEIGHT * near
        for kind, here, near in chances
        if kind.name not in told and near >= KIND_FROM
    }
    return max(left, key=left.__getitem__, default=None)


def _account_for_one(unaccounted: Array, turn: int) -> None:
    """Take one expected opportunity from the turns near a turn, the nearest first."""
    first, last = max(0, turn - TURNS_APART), min(len(unaccounted) - 1, turn + TURNS_APART)
    left = 1.0
    for place in sorted(range(first, last + 1), key=lambda place: abs(place - turn)):
        taken = min(left, float(unaccounted[place]))
        unaccounted[place] -= taken
        left -= taken
