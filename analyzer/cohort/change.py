"""Second chances: what changed for an agent or a team after a date, such as a coaching day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import permutation_test, t, ttest_ind

from analyzer.cohort.adjusting import adjust
from analyzer.cohort.comparison import usable
from analyzer.errors import UsageError

Floats = npt.NDArray[np.float64]

FEWEST_CALLS = 5
"""Calls before, and calls after, below which no change is told."""

_FEWEST_AGENTS = 5  # of a team, to test the change by agents
_FEWEST_OF_COLLEAGUES = 20  # calls on each side, to take out what changed for everybody
_RESAMPLES = 4999
_SIGNIFICANT = 0.05


class Change(BaseModel):
    """A score before and after a date, as if customers had brought the same.

    `difference` is what changed beyond what changed for colleagues over the same time.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    score: str
    calls_before: int
    calls_after: int
    before: float | None
    after: float | None
    colleagues: float = Field(description="How much colleagues changed; 0 where too few called.")
    difference: float | None = Field(description="after - before - colleagues")
    interval: tuple[float, float] | None = Field(description="95 % interval of the difference.")
    p_value: float | None = Field(description="Of a permutation test that nothing changed.")
    verdict: Literal["improved", "declined", "no clear change", "too few calls"]
    explanation: str


def change_over_time(
    frame: pd.DataFrame,
    name: str,
    since: datetime | str,
    score: str = "empathy",
    by: str = "agent",
    *,
    when: str = "started_at",
    brought: Sequence[str] | None = None,
) -> Change:
    """What changed for an agent or a team since a date.

    Scores are adjusted for what customers brought, and what changed for colleagues over the same
    time (a new release, a bad week) is taken out. The test shuffles the agent's calls between
    before and after; a team with five agents or more is tested by its agents' changes, since the
    calls of one agent are no independent witnesses.

    Args:
        frame: One row a call, with the score, the group and the time.
        name: The agent or team.
        since: The date that divides before from after; times without a zone are UTC.
        score: The column that may have changed.
        by: The column that holds `name`.
        when: The column with the time of the call.
        brought: The columns to adjust for (see `adjust`).

    Raises:
        UsageError: If a column is missing, `since` is no date, or nobody of that name has a call
            with a time.
    """
    known = usable(frame, score, by)
    if when not in known:
        raise UsageError(
            f"no call tells its {when!r}, so that before and after cannot be told apart.",
            remedy="Give calls whose metadata has the time they started.",
        )
    known = known[known[when].notna()].reset_index(drop=True)
    mine = known[by].astype(str) == name
    if not mine.any():
        raise UsageError(
            f"no call of the {by} {name!r} has a time.",
            remedy=f"Names are: {', '.join(sorted(map(str, known[by].unique()))[:20])}.",
        )
    times = pd.to_datetime(known[when], utc=True)
    mark = _moment(since)
    scores = adjust(known, score, by, brought).score
    later = times >= mark
    before, after = (np.asarray(scores[mine & side], dtype=np.float64) for side in (~later, later))
    if min(len(before), len(after)) < FEWEST_CALLS:
        return _too_few(name, score, before, after)
    shift, shift_error = _of_colleagues(scores[~mine], later[~mine])
    pairs = _by_agent(known[mine], scores[mine], later[mine], by)
    if len(pairs) >= _FEWEST_AGENTS:
        difference, half, p_value = _of_pairs(pairs - shift, shift_error)
        how = f"tested by the changes of {len(pairs)} agents"
    else:
        difference, half, p_value = _of_calls(before, after - shift, shift_error)
        how = "tested by shuffling the calls between before and after"
    verdict: Literal["improved", "declined", "no clear change"] = "no clear change"
    if p_value < _SIGNIFICANT:
        verdict = "improved" if difference > 0 else "declined"
    return Change(
        name=name,
        score=score,
        calls_before=len(before),
        calls_after=len(after),
        before=float(before.mean()),
        after=float(after.mean()),
        colleagues=shift,
        difference=difference,
        interval=(difference - half, difference + half),
        p_value=p_value,
        verdict=verdict,
        explanation=f"{len(before)} calls before and {len(after)} after, adjusted for what "
        f"customers brought and for the colleagues' change of {shift:+.1f}; {how}. Whoever is "
        "chosen for a bad spell tends to do better after it with or without coaching: compare "
        "with others who were not coached.",
    )


def _moment(since: datetime | str) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(since)
    except ValueError as error:
        raise UsageError(
            f"{since!r} is no date.", remedy="Write it as 2026-03-31 or 2026-03-31T09:00Z."
        ) from error
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _of_colleagues(scores: pd.Series[float], later: pd.Series[bool]) -> tuple[float, float]:
    before, after = scores[~later], scores[later]
    if min(len(before), len(after)) < _FEWEST_OF_COLLEAGUES:
        return 0.0, 0.0
    error = before.var() / len(before) + after.var() / len(after)
    return float(after.mean() - before.mean()), float(error)


def _by_agent(
    known: pd.DataFrame, scores: pd.Series[float], later: pd.Series[bool], by: str
) -> Floats:
    """The change of each agent of a team with two calls or more on each side."""
    if by == "agent" or "agent" not in known:
        return np.zeros(0)
    changes = []
    for _, rows in known.groupby("agent"):
        before, after = (
            scores[rows.index][~later[rows.index]],
            scores[rows.index][later[rows.index]],
        )
        if min(len(before), len(after)) >= 2:
            changes.append(after.mean() - before.mean())
    return np.array(changes, dtype=float)


def _of_calls(before: Floats, after: Floats, shift_error: float) -> tuple[float, float, float]:
    difference = float(after.mean() - before.mean())
    welch = ttest_ind(after, before, equal_var=False)
    bounds = welch.confidence_interval(0.95)
    half = float(bounds.high - bounds.low) / 2
    half = float(np.hypot(half, 1.96 * np.sqrt(shift_error)))
    return difference, half, _permuted((after, before), "independent", shift_error)


def _of_pairs(changes: Floats, shift_error: float) -> tuple[float, float, float]:
    error = changes.var(ddof=1) / len(changes) + shift_error
    half = float(t.ppf(0.975, len(changes) - 1) * np.sqrt(error))
    return float(changes.mean()), half, _permuted((changes,), "samples", shift_error)


def _permuted(
    samples: tuple[Floats, ...], kind: Literal["independent", "samples"], shift_error: float
) -> float:
    """Two-sided p value of the (difference of) means: exact where samples are small.

    What colleagues changed is itself uncertain: the shuffled differences are spread by as much.
    """

    def statistic(*parts: Floats, axis: int = -1) -> Floats:
        first = parts[0].mean(axis=axis)
        return np.asarray(first - parts[1].mean(axis=axis) if len(parts) > 1 else first)

    chance = np.random.default_rng(1)
    result = permutation_test(
        samples,
        statistic,
        permutation_type=kind,
        n_resamples=_RESAMPLES,
        vectorized=True,
        rng=chance,
    )
    if not shift_error:
        return float(result.pvalue)
    shuffled = result.null_distribution + chance.normal(
        0, np.sqrt(shift_error), len(result.null_distribution)
    )
    as_large = int((np.abs(shuffled) >= abs(float(result.statistic))).sum())
    return (1 + as_large) / (1 + len(shuffled))


def _too_few(name: str, score: str, before: Floats, after: Floats) -> Change:
    return Change(
        name=name,
        score=score,
        calls_before=len(before),
        calls_after=len(after),
        before=float(before.mean()) if len(before) else None,
        after=float(after.mean()) if len(after) else None,
        colleagues=0.0,
        difference=None,
        interval=None,
        p_value=None,
        verdict="too few calls",
        explanation=f"{len(before)} calls before and {len(after)} after: {FEWEST_CALLS} are needed "
        "on each side to tell a change from chance.",
    )
