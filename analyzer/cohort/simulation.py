"""A made-up centre in which every agent's true quality is known: do the comparisons hold?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from analyzer.cohort.comparison import compare


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre to simulate.

    Attributes:
        agents: How many.
        calls: Calls of the middle agent; others have from a fifth to five times as many.
        spread: Standard deviation of the agents' true quality, in points of 100.
        noise: Standard deviation of a call around it.
        uneven: How differently upset the agents' customers are: 0 is alike; 1 is as much between
            agents as within them.
    """

    agents: int = 30
    calls: int = 20
    spread: float = 5.0
    noise: float = 18.0
    uneven: float = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How well comparisons did, over simulated centres.

    Attributes:
        centre: What was simulated.
        runs: How many times.
        coverage: Share of the intervals that held the agent's true level.
        of_mean, of_adjusted, of_pooled: Spearman's rank correlation with true quality, of the plain
            mean, the adjusted mean and the pooled estimate.
        error_of_mean, error_of_pooled: Root mean square error in points of score.
        crowned_by_mean, crowned_by_pooled: How far below the truly best the one ranked first was.
    """

    centre: Centre
    runs: int
    coverage: float
    of_mean: float
    of_adjusted: float
    of_pooled: float
    error_of_mean: float
    error_of_pooled: float
    crowned_by_mean: float
    crowned_by_pooled: float


_PER_UPSET = -8.0  # points of score for each unit of the customer's first sentiment below average

SCENARIOS = (
    Centre(),
    Centre(agents=8, calls=15),
    Centre(agents=100, calls=30),
    Centre(calls=8),
    Centre(spread=2.0),
    Centre(spread=0.0),
    Centre(uneven=0.0),
    Centre(uneven=1.0),
)


def simulate_calls(
    centre: Centre, chance: np.random.Generator
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Calls of a made-up centre, and each agent's true level for the average customer."""
    names = [f"agent {number:03}" for number in range(centre.agents)]
    quality = 50 + centre.spread * chance.standard_normal(centre.agents)
    factor = np.exp(chance.uniform(-np.log(5), np.log(5), centre.agents))
    calls = np.maximum(2, (centre.calls * factor).round().astype(int))
    share = centre.uneven**2 / (1 + centre.uneven**2)
    queue = np.sqrt(share) * chance.standard_normal(centre.agents)
    agent = np.repeat(np.arange(centre.agents), calls)
    upset = queue[agent] + np.sqrt(1 - share) * chance.standard_normal(len(agent))
    frame = pd.DataFrame(
        {
            "agent": np.array(names)[agent],
            "sentiment_start": -upset,
            "empathy": quality[agent]
            + _PER_UPSET * upset
            + centre.noise * chance.standard_normal(len(agent)),
        }
    )
    average = float(upset.mean())
    return frame, pd.Series(quality + _PER_UPSET * average, index=names)


def simulate(centre: Centre, runs: int = 100, level: float = 0.9, seed: int = 1) -> Outcome:
    """Compare agents of made-up centres and see how often and how well it holds."""
    chance = np.random.default_rng(seed)
    rows = []
    covered: list[bool] = []
    for _ in range(runs):
        frame, truth = simulate_calls(centre, chance)
        found = compare(frame, minimum_calls=1, level=level).standings
        true = truth[[standing.name for standing in found]].to_numpy()
        raw, adjusted, pooled = (
            np.array([getattr(standing, name) for standing in found])
            for name in ("raw", "adjusted", "pooled")
        )
        covered += [
            bool(standing.interval[0] <= value <= standing.interval[1])
            for standing, value in zip(found, true, strict=True)
        ]
        flat = centre.spread == 0
        rows.append(
            [
                0.0 if flat else float(spearmanr(estimate, true).statistic)
                for estimate in (raw, adjusted, pooled)
            ]
            + [float(np.sqrt(np.mean((estimate - true) ** 2))) for estimate in (raw, pooled)]
            + [float(true.max() - true[np.argmax(estimate)]) for estimate in (raw, pooled)]
        )
    return Outcome(centre, runs, float(np.mean(covered)), *np.mean(rows, axis=0).tolist())


def table(outcomes: Iterable[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    lines = [
        "| agents | calls | spread | uneven | coverage of 90 % | rank: mean | adjusted | pooled "
        "| RMSE: mean | pooled | regret: mean | pooled |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        centre = one.centre
        lines.append(
            f"| {centre.agents} | {centre.calls} | {centre.spread:g} | {centre.uneven:g} "
            f"| {one.coverage:.3f} | {one.of_mean:.3f} | {one.of_adjusted:.3f} "
            f"| {one.of_pooled:.3f} | {one.error_of_mean:.2f} | {one.error_of_pooled:.2f} "
            f"| {one.crowned_by_mean:.2f} | {one.crowned_by_pooled:.2f} |"
        )
    return "\n".join(lines)


def simulation_table(runs: int = 100) -> str:
    """All scenarios, as a Markdown table."""
    return table(simulate(centre, runs) for centre in SCENARIOS)
