from __future__ import annotations

import pytest

from analyzer.corpus import LabelledCall
from analyzer.evaluation import Judged, all_measures, measure
from analyzer.evaluation.measures import opportunity_f1
from analyzer.report import CallReport


def _faultless(corpus: list[LabelledCall]) -> list[Judged]:
    return [Judged(call, call.gold_report()) for call in corpus]


def _with_opportunities_moved(report: CallReport, by: int) -> CallReport:
    return report.model_copy(
        update={
            "opportunities": [
                chance.model_copy(update={"turn": chance.turn + by})
                for chance in report.opportunities
            ]
        }
    )


def test_a_faultless_system_reaches_the_top_of_every_measure(corpus: list[LabelledCall]):
    measures = all_measures(_faultless(corpus[:60]))
    for name in ("cues_macro_ap", "flags_macro_f1", "harmful_f1", "sentiment_kappa", "missed_f1"):
        assert measures[name] == pytest.approx(1.0), name
    assert measures["empathy_rho"] == pytest.approx(1.0)
    assert measures["empathy_mae"] == 0.0
    assert measures["calibration_error"] == pytest.approx(0.0)


def test_an_opportunity_matches_two_turns_away_but_not_three(corpus: list[LabelledCall]):
    one = [call for call in corpus if len(call.opportunities) == 1][:20]
    near = [Judged(call, _with_opportunities_moved(call.gold_report(), 2)) for call in one]
    far = [Judged(call, _with_opportunities_moved(call.gold_report(), 3)) for call in one]
    assert opportunity_f1(near) == 1.0
    assert opportunity_f1(far) == 0.0


def test_one_prediction_cannot_match_two_gold_opportunities(corpus: list[LabelledCall]):
    call = next(
        call
        for call in corpus
        if len(call.opportunities) == 2
        and abs(call.opportunities[0].turn - call.opportunities[1].turn) <= 2
    )
    report = call.gold_report()
    single = report.model_copy(update={"opportunities": report.opportunities[:1]})
    assert opportunity_f1([Judged(call, single)]) == pytest.approx(2 / 3)


def test_figures_stand_beside_the_baselines(corpus: list[LabelledCall]):
    some = [call for call in corpus if call.author in {"a7", "a8"}][:60]
    figures = measure(_faultless(some), "gold", resamples=3)
    assert list(figures.baselines) == ["majority", "keywords", "TF-IDF + logistic regression"]
    harmful = {name: found["harmful_f1"] for name, found in figures.baselines.items()}
    assert harmful["majority"] == 0.0
    assert 0 < harmful["keywords"] < figures.measures["harmful_f1"]
    assert "| harmful (all flags but boilerplate), F1 a turn | 1.00 |" in figures.markdown()
