"""Reports become tidy frames."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analyzer import codebook
from analyzer.corpus import read_corpus
from analyzer.frames import calls_frame, findings_frame, opportunities_frame, turns_frame
from analyzer.report import CallReport

CORPUS = Path(__file__).parent.parent / "data" / "corpus.jsonl"


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return [labelled.gold_report() for labelled in read_corpus(CORPUS)[:40]]


def test_every_call_is_one_row_with_its_scores(reports: list[CallReport]) -> None:
    frame = calls_frame(reports)
    assert frame["call"].tolist() == [report.id for report in reports]
    assert frame["empathy"].tolist() == [report.scores.empathy for report in reports]
    assert frame["csat"].between(1, 5).all()


def test_interval_bounds_stand_beside_their_score_and_are_missing_where_unknown(
    reports: list[CallReport],
) -> None:
    with_interval = reports[0].model_copy(update={"intervals": {"empathy": (20.0, 45.0)}})
    frame = calls_frame([with_interval, reports[1]])
    assert frame.loc[0, ["empathy_low", "empathy_high"]].tolist() == [20.0, 45.0]
    assert pd.isna(frame.loc[1, "empathy_low"])
    assert pd.isna(frame.loc[0, "respect_high"])


def test_harmful_flags_are_counted_by_family_and_boilerplate_apart(
    reports: list[CallReport],
) -> None:
    frame = calls_frame(reports)
    families = [f"flags_{family}" for family in codebook.FLAG_FAMILIES]
    assert (frame[families].sum(axis=1) == frame["flags_harmful"]).all()
    flags = [flag.label for report in reports for flag in report.flags]
    assert frame["flags_boilerplate"].sum() == flags.count("boilerplate") > 0
    assert frame["flags_harmful"].sum() == len(flags) - flags.count("boilerplate")


def test_missed_opportunities_are_counted_by_kind(reports: list[CallReport]) -> None:
    frame = calls_frame(reports)
    kinds = [f"missed_{kind}" for kind in codebook.KIND_NAMES]
    assert (frame[kinds].sum(axis=1) == frame["opportunities_missed"]).all()
    outcomes = [f"opportunities_{outcome}" for outcome in codebook.OUTCOMES]
    assert (frame[outcomes].sum(axis=1) == frame["opportunities"]).all()


def test_metadata_follows_as_columns_and_never_replaces_a_column(
    reports: list[CallReport],
) -> None:
    metadata = {
        "agent": "dana",
        "outcome": "sold",
        "started_at": "2026-03-01T10:00:00+02:00",
        "skills": ["billing", "tv"],
    }
    frame = calls_frame([reports[0].model_copy(update={"metadata": metadata})])
    assert frame.loc[0, "agent"] == "dana"
    assert frame.loc[0, "outcome"] == reports[0].outcome
    assert frame.loc[0, "metadata_outcome"] == "sold"
    assert frame.loc[0, "started_at"] == pd.Timestamp("2026-03-01T08:00:00Z")
    assert frame.loc[0, "skills"] == '["billing", "tv"]'


def test_outcomes_are_ordered_from_worst_to_best(reports: list[CallReport]) -> None:
    outcome = calls_frame(reports)["outcome"]
    assert outcome.min() == "unresolved"
    assert opportunities_frame(reports)["outcome"].max() == "seized"


def test_every_finding_is_one_row_in_the_order_of_the_talk(reports: list[CallReport]) -> None:
    frame = findings_frame(reports)
    assert len(frame) == sum(len(r.flags) + len(r.cues) + len(r.care) for r in reports)
    assert (
        frame.groupby("call", sort=False)["turn"].apply(lambda t: t.is_monotonic_increasing).all()
    )
    assert set(frame.loc[frame["harmful"], "label"]) <= set(codebook.HARMFUL)


def test_a_missed_opportunity_has_no_answering_turn(reports: list[CallReport]) -> None:
    frame = opportunities_frame(reports)
    assert frame.loc[frame["outcome"] == "missed", "by"].isna().all()
    assert frame.loc[frame["outcome"] == "seized", "by"].notna().all()


def test_turns_carry_the_probabilities_that_fit_their_speaker(reports: list[CallReport]) -> None:
    frame = turns_frame(reports)
    customer = frame[frame["speaker"] == "customer"]
    assert customer["p_frustration"].notna().all()
    assert customer["p_hoops"].isna().all()
    assert frame["position"].between(0, 1).all()
    assert frame.groupby("call")["position"].max().eq(1).all()


@pytest.mark.parametrize("make", [calls_frame, findings_frame, opportunities_frame, turns_frame])
def test_no_reports_give_an_empty_frame_of_the_same_types(make, reports) -> None:
    empty, full = make([]), make(reports)
    assert len(empty) == 0
    assert empty.dtypes.equals(full[empty.columns].dtypes)


@pytest.mark.parametrize("make", [calls_frame, findings_frame, opportunities_frame, turns_frame])
def test_a_generator_of_reports_is_read_once(make, reports) -> None:
    assert make(report for report in reports).equals(make(reports))
