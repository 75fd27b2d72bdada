"""Partial pooling: each group's mean, drawn towards the others by how little is known of it.

Groups' true means are taken to vary normally around a common one. How much they vary is not fixed
at one estimate but averaged over a grid, because with a handful of groups a single estimate makes
intervals too narrow. The prior on their standard deviation rises in proportion to it: a flat one
lets it collapse to nothing too readily, and intervals then hold the truth too seldom (87 % for
90 %, where true levels differ little).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

Floats = npt.NDArray[np.float64]

_GRID = 120
_FEWEST_GROUPS = 3  # with fewer, how much groups vary cannot be told


@dataclass(frozen=True, slots=True)
class Pooled:
    """Pooled means of some groups, in the order given.

    Attributes:
        mean: Pooled mean of each group.
        low: Lower bound of its interval.
        high: Upper bound of its interval.
        above: Probability that the group's true mean lies above the common one.
        common: The common mean.
        spread: Standard deviation of the true means around it.
        kept: How much of a group's own mean is kept: 1 is all, 0 none.
    """

    mean: Floats
    low: Floats
    high: Floats
    above: Floats
    common: float
    spread: float
    kept: Floats


def pool(means: Floats, variances: Floats, level: float = 0.9) -> Pooled:
    """Pool the means of groups.

    Args:
        means: Each group's own mean.
        variances: The squared standard error of each.
        level: Probability that an interval should hold the true mean.
    """
    if len(means) < _FEWEST_GROUPS:
        return _unpooled(means, variances, level)
    spreads, weights, centres, centre_variances = _spreads(means, variances)
    total = variances[:, None] + spreads[None, :] ** 2
    kept = spreads[None, :] ** 2 / total
    posterior = centres + kept * (means[:, None] - centres)
    deviations = np.sqrt(kept * variances[:, None] + (1 - kept) ** 2 * centre_variances)
    # Deviation of a group from the common mean, whose own uncertainty cancels in part.
    beyond = kept * (means[:, None] - centres)
    beyond_deviation = np.sqrt(kept * variances[:, None] + kept**2 * centre_variances)
    tail = (1 - level) / 2
    return Pooled(
        mean=posterior @ weights,
        low=_quantiles(posterior, deviations, weights, tail),
        high=_quantiles(posterior, deviations, weights, 1 - tail),
        above=norm.sf(0, beyond, np.maximum(beyond_deviation, 1e-9)) @ weights,
        common=float(centres @ weights),
        spread=float(spreads @ weights),
        kept=kept @ weights,
    )


def _unpooled(means: Floats, variances: Floats, level: float) -> Pooled:
    half = norm.ppf(0.5 + level / 2) * np.sqrt(variances)
    common = float(np.average(means, weights=1 / variances)) if len(means) else float("nan")
    return Pooled(
        mean=means,
        low=means - half,
        high=means + half,
        above=norm.cdf((means - common) / np.sqrt(variances)),
        common=common,
        spread=float("nan"),
        kept=np.ones(len(means)),
    )


def _spreads(means: Floats, variances: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """A grid of spreads, how probable each is, and the common mean and its variance given each."""
    widest = 3 * float(np.std(means)) + 3 * float(np.sqrt(np.median(variances))) + 1e-6
    spreads = (np.arange(_GRID) + 0.5) * widest / _GRID
    precision = 1 / (variances[:, None] + spreads[None, :] ** 2)
    total = precision.sum(axis=0)
    centres = (precision * means[:, None]).sum(axis=0) / total
    fit = (precision * (means[:, None] - centres) ** 2).sum(axis=0)
    log_density = 0.5 * (np.log(precision).sum(axis=0) - np.log(total) - fit)
    weights = spreads * np.exp(log_density - log_density.max())
    return spreads, weights / weights.sum(), centres, 1 / total


def _quantiles(centres: Floats, deviations: Floats, weights: Floats, share: float) -> Floats:
    """Quantiles of mixtures of normal distributions, one a row."""
    found = []
    for centre, deviation in zip(centres, np.maximum(deviations, 1e-9), strict=True):
        bounds = norm.ppf(share, centre, deviation)
        low, high = float(bounds.min()), float(bounds.max())
        if high - low < 1e-9:
            found.append(low)
            continue
        found.append(brentq(_excess, low, high, args=(centre, deviation, weights, share)))
    return np.array(found)


def _excess(
    value: float, centre: Floats, deviation: Floats, weights: Floats, share: float
) -> float:
    return float(norm.cdf(value, centre, deviation) @ weights) - share
