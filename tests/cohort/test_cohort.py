"""Fair comparison, on made-up centres whose truth is known and on the corpus's gold reports."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analyzer.cohort import change_over_time, cohort_frame, compare, simulate
from analyzer.cohort.pooling import pool
from analyzer.cohort.simulation import Centre, table
from analyzer.corpus import read_corpus
from analyzer.errors import UsageError

CORPUS = Path(__file__).parents[2] / "data" / "corpus.jsonl"


def calls(**agents: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"agent": name, "empathy": score} for name, scores in agents.items() for score in scores]
    )


def scores(mean: float, number: int, seed: int = 0) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 10, number)
    return list(mean + noise - noise.mean())


@pytest.fixture(scope="module")
def centre() -> pd.DataFrame:
    return calls(
        dana=scores(60, 40, 1),
        lee=scores(50, 40, 2),
        sam=scores(50, 40, 3),
        kim=scores(48, 40, 4),
        ray=scores(52, 40, 5),
        newcomer=[74.0, 70.0],
    )


def test_two_good_calls_do_not_crown_a_newcomer(centre: pd.DataFrame) -> None:
    found = compare(centre, minimum_calls=1).standings
    newcomer = next(one for one in found if one.name == "newcomer")
    assert newcomer.raw == 72
    assert newcomer.pooled < newcomer.raw - 5
    assert newcomer.interval[1] - newcomer.interval[0] > max(
        one.interval[1] - one.interval[0] for one in found if one.name != "newcomer"
    )


def test_nobody_is_named_below_the_minimum_of_calls(centre: pd.DataFrame) -> None:
    result = compare(centre, minimum_calls=10)
    assert result.withheld == 1
    assert "newcomer" not in result.model_dump_json()


def test_a_clear_lead_is_called_one(centre: pd.DataFrame) -> None:
    verdicts = {
        one.name: one.verdict for one in compare(centre[centre.agent != "newcomer"]).standings
    }
    assert verdicts["dana"] == "above"
    assert verdicts["sam"] == "no clear difference"


def test_an_agent_with_angrier_customers_is_not_blamed_for_them() -> None:
    chance = np.random.default_rng(3)
    rows = []
    for agent, mood in (("calm queue", 0.0), ("angry queue", -1.5), ("mixed queue", -0.7)):
        start = mood + chance.normal(0, 0.7, 120)
        rows += [
            {"agent": agent, "sentiment_start": s, "empathy": 60 + 10 * s + e}
            for s, e in zip(start, chance.normal(0, 6, 120), strict=True)
        ]
    result = compare(pd.DataFrame(rows))
    assert result.adjusted_for["sentiment_start"] == pytest.approx(10, abs=1.5)
    raw = [one.raw for one in result.standings]
    assert max(raw) - min(raw) > 10
    assert max(o.pooled for o in result.standings) - min(o.pooled for o in result.standings) < 3


def test_reasons_for_the_call_are_taken_into_account() -> None:
    chance = np.random.default_rng(4)
    rows = [
        {"agent": agent, "reason": reason, "empathy": (70 if reason == "order" else 40) + noise}
        for agent, share in (("a", 0.8), ("b", 0.2), ("c", 0.5))
        for reason, noise in zip(
            chance.choice(["order", "complaint"], 100, p=[share, 1 - share]),
            chance.normal(0, 5, 100),
            strict=True,
        )
    ]
    pooled = [one.pooled for one in compare(pd.DataFrame(rows)).standings]
    assert max(pooled) - min(pooled) < 3


def test_a_team_is_as_sure_as_its_agents_are_many() -> None:
    rows = []
    for team in ("red", "blue", "green"):
        for number in range(4):
            level = {"red": 50, "blue": 52, "green": 51}[team] + (10 if number == 0 else -3)
            rows += [
                {"team": team, "agent": f"{team}{number}", "empathy": s}
                for s in scores(level, 100, seed=hash(number))
            ]
    frame = pd.DataFrame(rows)
    by_agents = compare(frame, by="team").standings[0].interval
    by_calls = compare(frame.drop(columns="agent"), by="team").standings[0].interval
    assert by_agents[1] - by_agents[0] > 1.5 * (by_calls[1] - by_calls[0])


def test_the_funnel_narrows_with_calls(centre: pd.DataFrame) -> None:
    limits = compare(centre).funnel.limits
    assert limits[0].high_95 - limits[0].low_95 > limits[-1].high_95 - limits[-1].low_95
    assert all(one.low_998 < one.low_95 < one.high_95 < one.high_998 for one in limits)


def test_equal_agents_are_drawn_together() -> None:
    pooled = pool(np.array([49.0, 50, 51, 50, 50]), np.full(5, 9.0))
    assert pooled.mean.max() - pooled.mean.min() < 1
    assert np.all((pooled.low < pooled.mean) & (pooled.mean < pooled.high))


def test_two_agents_are_left_as_they_are() -> None:
    result = compare(calls(a=scores(40, 12), b=scores(60, 12)))
    assert [round(one.pooled) for one in result.standings] == [60, 40]
    assert result.spread is None


def test_intervals_hold_the_truth_and_pooling_ranks_better() -> None:
    found = simulate(Centre(agents=30, calls=12, uneven=0.5), runs=12)
    assert 0.84 <= found.coverage <= 0.96
    assert found.of_pooled > found.of_mean
    assert found.error_of_pooled < found.error_of_mean
    assert "| 30 | 12 |" in table([found])


def test_the_frame_says_how_customers_arrived() -> None:
    labelled = read_corpus(CORPUS)[:40]
    frame = cohort_frame(one.gold_report() for one in labelled)
    upset = [
        max(
            float(bool({"frustration", "distress"} & set(turn.labels)))
            for turn in [t for t in one.turns if t.speaker == "customer"][:2]
        )
        for one in labelled
    ]
    assert list(frame["arrived_upset"]) == upset
    assert {one.name for one in compare(frame, minimum_calls=1).standings} == {
        one.metadata["agent"] for one in labelled
    }


def test_calls_without_teams_say_what_is_needed(centre: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"no call tells its 'team'.*metadata names the team"):
        compare(centre, by="team")
    with pytest.raises(UsageError, match="no call has both"):
        compare(centre.assign(agent=None))


def coached(rise: float, everybody: float = 0.0) -> pd.DataFrame:
    chance = np.random.default_rng(7)
    times = pd.date_range("2026-01-01", periods=60, freq="D", tz="UTC")
    return pd.DataFrame(
        [
            {
                "agent": agent,
                "team": "red" if agent < "d" else "blue",
                "started_at": time,
                "empathy": 50
                + chance.normal(0, 8)
                + (everybody + (rise if agent == "a" else 0)) * (number >= 30),
            }
            for agent in "abcdef"
            for number, time in enumerate(times)
        ]
    )


def test_a_real_rise_after_coaching_is_seen() -> None:
    change = change_over_time(coached(12), "a", "2026-01-31")
    assert change.verdict == "improved"
    assert change.interval is not None
    assert change.interval[0] < 12 < change.interval[1]
    assert (change.calls_before, change.calls_after) == (30, 30)


def test_what_rose_for_everybody_is_no_merit() -> None:
    change = change_over_time(coached(0, everybody=15), "a", "2026-01-31")
    assert change.verdict == "no clear change"
    assert change.colleagues == pytest.approx(15, abs=3)


def test_chance_is_rarely_taken_for_a_change() -> None:
    frame = coached(0)
    verdicts = [change_over_time(frame, name, "2026-01-31").verdict for name in "abcdef"]
    assert verdicts.count("no clear change") >= 5


def test_a_team_of_few_agents_is_tested_by_calls_and_says_so() -> None:
    change = change_over_time(coached(0), "red", "2026-01-31", by="team")
    assert "shuffling the calls" in change.explanation


def test_a_team_of_many_is_tested_by_its_agents() -> None:
    frame = coached(0).assign(team="red")
    change = change_over_time(frame, "red", "2026-01-31", by="team")
    assert "changes of 6 agents" in change.explanation
    assert change.p_value is not None
    assert change.p_value > 0.02


def test_too_few_calls_tell_no_change() -> None:
    change = change_over_time(coached(30), "a", "2026-02-27")
    assert change.verdict == "too few calls"
    assert change.difference is None


def test_an_unknown_name_says_who_there_is() -> None:
    with pytest.raises(UsageError, match=r"no call of the agent 'zoe'.*a, b, c"):
        change_over_time(coached(0), "zoe", "2026-01-31")
