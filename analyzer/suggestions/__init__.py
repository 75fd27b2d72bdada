"""What could have been said: words with which others seized an opportunity of the same kind."""

from analyzer.suggestions.suggesting import Suggester

__all__ = ["Suggester"]
