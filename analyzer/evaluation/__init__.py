"""How good the judgements are: measures, baselines, cross-validation over authors."""

from analyzer.evaluation.evaluate import evaluate
from analyzer.evaluation.figures import Figures, measure
from analyzer.evaluation.measures import Judged, all_measures

__all__ = ["Figures", "Judged", "all_measures", "evaluate", "measure"]
