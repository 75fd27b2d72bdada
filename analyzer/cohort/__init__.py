"""Agents and teams compared fairly, and over time."""

from analyzer.cohort.adjusting import adjust, cohort_frame
from analyzer.cohort.change import Change, change_over_time
from analyzer.cohort.comparison import Comparison, Funnel, Standing, compare
from analyzer.cohort.simulation import simulate, simulation_table

__all__ = [
    "Change",
    "Comparison",
    "Funnel",
    "Standing",
    "adjust",
    "change_over_time",
    "cohort_frame",
    "compare",
    "simulate",
    "simulation_table",
]
