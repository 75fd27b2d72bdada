"""Finds scripted, uncaring and dismissive agent language, scores empathy, shows missed recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.call import Call, Turn
from analyzer.report import CallReport
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.pipeline import Analyzer
    from analyzer.readers import read_calls

__all__ = ["Analyzer", "Call", "CallReport", "Turn", "__version__", "read_calls"]


def __getattr__(name: str) -> Any:
    """Load the heavy parts (torch, spaCy) only when they are used."""
    if name == "Analyzer":
        from analyzer.pipeline import Analyzer

        return Analyzer
    if name == "read_calls":
        from analyzer.readers import read_calls

        return read_calls
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
