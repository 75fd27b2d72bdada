"""What a house asks of its calls: the file that says so, each call held to it, the whole batch."""

from analyzer.standards.checking import Item, StandardsResult, check
from analyzer.standards.rubric import Rubric, read_rubric
from analyzer.standards.summary import (
    MINIMUM_CALLS,
    Group,
    HouseSummary,
    HouseTally,
    Miss,
    Share,
)

__all__ = [
    "MINIMUM_CALLS",
    "Group",
    "HouseSummary",
    "HouseTally",
    "Item",
    "Miss",
    "Rubric",
    "Share",
    "StandardsResult",
    "check",
    "read_rubric",
]
