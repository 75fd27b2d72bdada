"""Charts of one's own data: functions that give Altair charts, most from reports or a tidy frame.

Most have another beside them that ends in `_table` (`reliability_diagram`: `reliability_table`) and
gives the numbers drawn, intervals included. Charts show 95 % intervals unless they say otherwise.

    from analyzer import plots
    plots.score_distributions(reports)
    plots.save_svg(plots.trend(reports), "trend.svg")
"""

from __future__ import annotations

from analyzer.plots.call import call_sentiment, reasons, reasons_table
from analyzer.plots.funnel import funnel, funnel_table
from analyzer.plots.groups import (
    fair_means,
    group_comparison,
    group_comparison_table,
    simple_means,
)
from analyzer.plots.language import language_shares, language_shares_table
from analyzer.plots.opportunities import opportunity_outcomes, opportunity_outcomes_table
from analyzer.plots.reliability import reliability_diagram, reliability_table
from analyzer.plots.scores import score_distributions, score_distributions_table
from analyzer.plots.sentiment import (
    sentiment_journey,
    sentiment_journey_table,
    sentiment_path,
    sentiment_path_table,
)
from analyzer.plots.standards import standards_met, standards_met_table
from analyzer.plots.svg import save_svg, show_as_svg, svg
from analyzer.plots.theme import DARK, LIGHT, Drawing, Theme
from analyzer.plots.trend import trend, trend_table
from analyzer.uncertainty import share as wilson

__all__ = [
    "DARK",
    "LIGHT",
    "Drawing",
    "Theme",
    "call_sentiment",
    "fair_means",
    "funnel",
    "funnel_table",
    "group_comparison",
    "group_comparison_table",
    "language_shares",
    "language_shares_table",
    "opportunity_outcomes",
    "opportunity_outcomes_table",
    "reasons",
    "reasons_table",
    "reliability_diagram",
    "reliability_table",
    "save_svg",
    "score_distributions",
    "score_distributions_table",
    "sentiment_journey",
    "sentiment_journey_table",
    "sentiment_path",
    "sentiment_path_table",
    "show_as_svg",
    "simple_means",
    "standards_met",
    "standards_met_table",
    "svg",
    "trend",
    "trend_table",
    "wilson",
]
