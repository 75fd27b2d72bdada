"""Agents or teams compared fairly: adjusted, pooled, with intervals, and nobody named too early."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import norm

from analyzer.cohort.adjusting import Adjusted, adjust
from analyzer.cohort.pooling import pool
from analyzer.errors import UsageError

MINIMUM_CALLS = 10
"""Calls below which nobody is named."""

_FUNNEL_POINTS = 40


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Standing(_Part):
    """One agent or team beside the others.

    Scores are as if everybody had served the average mix of customers.
    """

    name: str
    calls: int
    raw: float = Field(description="Plain mean of the scores.")
    adjusted: float = Field(description="Mean after adjustment for what customers brought.")
    pooled: float = Field(description="The fair estimate: adjusted and pooled.")
    interval: tuple[float, float] = Field(description="Interval of the pooled estimate.")
    above: float = Field(ge=0, le=1, description="Probability of being above the common mean.")
    verdict: Literal["above", "below", "no clear difference"]


class FunnelLimit(_Part):
    """Between which means a group of this size falls by chance alone."""

    calls: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float


class Funnel(_Part):
    """A funnel plot's limits; its points are the standings' `calls` and `adjusted`."""

    centre: float
    limits: list[FunnelLimit]


class Comparison(_Part):
    """Groups compared on one score, the highest estimate first."""

    score: str
    by: str
    level: float = Field(description="Probability that an interval holds the true value.")
    common: float = Field(description="The common mean.")
    spread: float | None = Field(description="Standard deviation of true levels; null if unknown.")
    standings: list[Standing]
    withheld: int = Field(description="Groups with too few calls to be named.")
    minimum_calls: int
    adjusted_for: dict[str, float] = Field(
        description="What customers brought, and the points of score that each unit costs or adds."
    )
    funnel: Funnel


def compare(
    frame: pd.DataFrame,
    score: str = "empathy",
    by: str = "agent",
    *,
    minimum_calls: int = MINIMUM_CALLS,
    brought: Sequence[str] | None = None,
    level: float = 0.9,
) -> Comparison:
    """Compare agents or teams on a score.

    Args:
        frame: One row a call, such as `cohort_frame` gives: the score, the group, and what
            customers brought.
        score: The column to compare on.
        by: ``"agent"`` or ``"team"`` (or any column). Groups larger than an agent are compared by
            their agents' levels, where `frame` names agents: a team is not one long call list.
        minimum_calls: Calls below which a group is not named. Its calls still count towards what
            is known of all.
        brought: The columns to adjust for (see `adjust`); an empty list for none.
        level: Probability that an interval should hold the true value.

    Raises:
        UsageError: If a column is missing or no call names a group.
    """
    known = usable(frame, score, by)
    adjusted = adjust(known, score, by, brought)
    summary = _summary(known, adjusted, score, by)
    pooled = pool(summary["mean"].to_numpy(), summary["variance"].to_numpy(), level)
    everyone = [
        Standing(
            name=str(name),
            calls=int(row["calls"]),
            raw=float(row["raw"]),
            adjusted=float(row["mean"]),
            pooled=float(pooled.mean[at]),
            interval=(float(pooled.low[at]), float(pooled.high[at])),
            above=min(1.0, max(0.0, float(pooled.above[at]))),
            verdict=_verdict(float(pooled.above[at]), level),
        )
        for at, (name, row) in enumerate(summary.iterrows())
    ]
    named = [standing for standing in everyone if standing.calls >= minimum_calls]
    return Comparison(
        score=score,
        by=by,
        level=level,
        common=pooled.common,
        spread=None if np.isnan(pooled.spread) else pooled.spread,
        standings=sorted(named, key=lambda standing: (-standing.pooled, standing.name)),
        withheld=len(everyone) - len(named),
        minimum_calls=minimum_calls,
        adjusted_for=adjusted.effects,
        funnel=_funnel(pooled.common, adjusted.noise, summary["calls"]),
    )


def usable(frame: pd.DataFrame, score: str, by: str) -> pd.DataFrame:
    """The rows that have a score and a group.

    Raises:
        UsageError: If a column is missing or nothing is left.
    """
    for column in (score, by):
        if column not in frame:
            raise UsageError(
                f"no call tells its {column!r}, so that there is nothing to compare by.",
                remedy=f"Give calls whose metadata names the {column}.",
            )
    known = frame[frame[score].notna() & frame[by].notna()]
    if known.empty:
        raise UsageError(
            f"no call has both a {score!r} and {by!r}.",
            remedy=f"Give calls whose metadata names the {by}.",
        )
    return known.reset_index(drop=True)


def _summary(known: pd.DataFrame, adjusted: Adjusted, score: str, by: str) -> pd.DataFrame:
    grouped = adjusted.score.groupby(known[by])
    summary = pd.DataFrame(
        {
            "calls": grouped.size(),
            "raw": known.groupby(by)[score].mean(),
            "mean": grouped.mean(),
        }
    )
    errors = summary.index.map(adjusted.errors).to_numpy(dtype=float)
    summary["variance"] = adjusted.noise / summary["calls"] + errors + 1e-9
    if by == "agent" or "agent" not in known or known["agent"].isna().any():
        return summary
    return _by_agents(known, adjusted, by, summary)


def _by_agents(
    known: pd.DataFrame, adjusted: Adjusted, by: str, summary: pd.DataFrame
) -> pd.DataFrame:
    """A team's level as that of its agents, who differ among themselves too."""
    agents = adjusted.score.groupby([known[by], known["agent"]]).agg(["size", "mean"])
    noise = adjusted.noise / agents["size"]
    among = pool(
        (agents["mean"] - agents["mean"].groupby(level=0).transform("mean")).to_numpy(),
        noise.to_numpy() + 1e-9,
    ).spread
    total = noise + (0.0 if np.isnan(among) else among**2)
    weights = 1 / total
    weighed = (weights * agents["mean"]).groupby(level=0).sum() / weights.groupby(level=0).sum()
    result = summary.copy()
    result["mean"] = weighed
    errors = summary["variance"] - adjusted.noise / summary["calls"]
    result["variance"] = 1 / weights.groupby(level=0).sum() + errors
    return result


def _verdict(above: float, level: float) -> Literal["above", "below", "no clear difference"]:
    sure = 0.5 + level / 2
    if above >= sure:
        return "above"
    return "below" if 1 - above >= sure else "no clear difference"


def _funnel(centre: float, noise: float, calls: pd.Series[int]) -> Funnel:
    sizes = np.unique(np.geomspace(1, max(2, int(calls.max())), _FUNNEL_POINTS).round())
    z95, z998 = norm.ppf(0.975), norm.ppf(0.999)
    limits = []
    for size in sizes:
        error = sqrt(noise / size)
        limits.append(
            FunnelLimit(
                calls=int(size),
                low_95=centre - z95 * error,
                high_95=centre + z95 * error,
                low_998=centre - z998 * error,
                high_998=centre + z998 * error,
            )
        )
    return Funnel(centre=centre, limits=limits)
