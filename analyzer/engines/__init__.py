"""What spreads the work: the cores of this machine, or a Ray cluster."""

from __future__ import annotations

from analyzer.engines.base import Engine
from analyzer.engines.local import LocalEngine

__all__ = ["Engine", "LocalEngine"]
