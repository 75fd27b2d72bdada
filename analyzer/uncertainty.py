"""How sure a share or a mean is: simple intervals that hold for small numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LEVEL = 0.95


class Estimate(NamedTuple):
    """A figure with the bounds of its 95 % interval and the number of observations."""

    estimate: float
    low: float
    high: float
    n: int


def share(hits: int, n: int) -> Estimate:
    """A share (0 to 1) with its Wilson interval; without observations, anything is possible."""
    if n == 0:
        return Estimate(float("nan"), 0.0, 1.0, 0)
    from scipy import stats  # not at the top: takes a second

    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), n)


def mean(values: Sequence[float], low: float, high: float) -> Estimate:
    """A mean with its Student interval, inside the scale's ends `low` and `high`.

    One observation tells nothing of the spread: its interval is the whole scale. Where all few
    observations agree, the interval is that of one differing by a tenth of the scale, because
    agreement of a handful is no proof of certainty.
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    n = len(known)
    if n == 0:
        return Estimate(float("nan"), low, high, 0)
    centre = float(known.mean())
    if n == 1:
        return Estimate(centre, low, high, 1)
    spread = max(float(known.std(ddof=1)), (high - low) / 10 / float(np.sqrt(n)))
    from scipy import stats

    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * spread / float(np.sqrt(n))
    return Estimate(centre, max(low, centre - half), min(high, centre + half), n)
