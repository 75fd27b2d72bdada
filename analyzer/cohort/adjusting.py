"""What customers brought: how upset they arrived and why they called, taken out of the scores.

The effect of what customers brought is estimated within groups (each group has its own level), so
that an agent who serves angry customers badly does not make anger look worse than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm

from analyzer.frames import calls_frame
from analyzer.report import CallReport

Floats = npt.NDArray[np.float64]

BROUGHT = ("sentiment_start", "arrived_upset", "arrived_hardship")
"""Numbers about how the customer arrived, each a column of `cohort_frame`."""

REASON = "reason"
"""The column that says why the customer called, where an export has one."""

_FIRST_TURNS = 2  # customer turns that tell how the customer arrived
_UPSET = ("frustration", "distress")
_HARDSHIP = ("hardship",)
_FEWEST_OF_A_REASON = 10  # calls; rarer reasons count as one


def cohort_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
    """One row a call, as `calls_frame` gives it, with how the customer arrived.

    The reports are read once and none is kept.

    Further columns:
        arrived_upset, arrived_hardship (float): the highest probability of frustration or distress,
            and of hardship, in the customer's first two turns.
    """
    arrived: dict[str, list[float]] = {"arrived_upset": [], "arrived_hardship": []}

    def seen() -> Iterator[CallReport]:
        for report in reports:
            arrived["arrived_upset"].append(_arrived(report, _UPSET))
            arrived["arrived_hardship"].append(_arrived(report, _HARDSHIP))
            yield report

    return calls_frame(seen()).assign(**arrived)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Scores as if every call had brought the average customer.

    Attributes:
        score: The adjusted score of each call.
        noise: Variance of a call's score around its group's level.
        effects: What each thing brought does to the score, by name, per unit.
        errors: Standard error of each group's mean that comes of not knowing the effects exactly,
            squared, by group.
    """

    score: pd.Series[float]
    noise: float
    effects: dict[str, float]
    errors: dict[str, float]


def adjust(
    frame: pd.DataFrame, score: str, by: str, brought: Sequence[str] | None = None
) -> Adjusted:
    """Take what customers brought out of a score.

    Args:
        frame: One row a call.
        score: The column to adjust.
        by: The column of the groups.
        brought: The columns to adjust for; by default those of `BROUGHT` and `REASON` that are
            there. Missing values count as average.
    """
    values = frame[score].astype(float)
    groups = frame[by]
    effects = _effects_of(frame, brought)
    within = effects - effects.groupby(groups).transform("mean")
    within = within.loc[:, within.var(ddof=0) > 1e-9]
    free = len(frame) - groups.nunique() - within.shape[1]
    centred = values - values.groupby(groups).transform("mean")
    if within.shape[1] == 0 or free < 2 * within.shape[1] + 5:
        noise = float((centred**2).sum()) / max(1, len(frame) - groups.nunique())
        return Adjusted(values, noise, {}, dict.fromkeys(groups.unique(), 0.0))
    fitted = sm.OLS(centred.to_numpy(), within.to_numpy()).fit()
    noise = float(fitted.ssr) / free
    covariance = np.asarray(fitted.normalized_cov_params) * noise
    used = effects[within.columns]
    away = used - used.mean()
    adjusted = values - away.to_numpy() @ fitted.params
    distances = away.groupby(groups).mean()
    errors = {
        group: float(row @ covariance @ row)
        for group, row in zip(distances.index, distances.to_numpy(), strict=True)
    }
    named = dict(zip(within.columns, map(float, fitted.params), strict=True))
    return Adjusted(adjusted, noise, named, errors)


def _effects_of(frame: pd.DataFrame, brought: Sequence[str] | None) -> pd.DataFrame:
    names = (*BROUGHT, REASON) if brought is None else tuple(brought)
    columns: dict[str, Floats] = {}
    for name in names:
        if name not in frame:
            continue
        if pd.api.types.is_numeric_dtype(frame[name]):
            numbers = frame[name].astype(float)
            filled = numbers.fillna(numbers.mean()).fillna(0.0)
            columns[name] = np.asarray(filled, dtype=np.float64)
            continue
        reasons = frame[name].astype("string").fillna("unknown")
        common = reasons.value_counts()
        for reason in common.index[common >= _FEWEST_OF_A_REASON][1:]:
            columns[f"{name}={reason}"] = np.asarray(reasons == reason, np.float64)
    return pd.DataFrame(columns, index=frame.index)


def _arrived(report: CallReport, labels: tuple[str, ...]) -> float:
    first = [turn for turn in report.turns if turn.speaker == "customer"][:_FIRST_TURNS]
    return max((turn.labels.get(name, 0.0) for turn in first for name in labels), default=0.0)
