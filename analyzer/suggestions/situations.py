"""What a situation is about, in a few dozen themes: a callback that never came, a death, a fee.

Plain patterns, no model: whoever wonders why two situations were taken for alike can read it here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources

from analyzer.report import CallReport, Opportunity

ANY = "any"
"""The theme of every situation."""

NOT = "!"
"""Before a theme: the words fit only where it was not told."""

EARLIER = 0.4
"""How much a theme of an earlier turn counts, beside 1 for one of the turn itself."""

LASTING = {"bereaved": 0.8, "serious": 0.8, "danger": 0.8}
"""How much what hangs over a whole call counts, told earlier."""

_LOOKED_BACK = 4  # turns
_OPENING = 3  # turns, where the agent says what the house does

_Patterns = list[tuple[str, re.Pattern[str]]]
_Themes = dict[str, list[str]]


def _read_themes() -> dict[str, _Themes]:
    """Troubles, hardships and trades, each theme with the patterns of which one must be found."""
    text = resources.files(__package__).joinpath("themes.json").read_text(encoding="utf-8")
    themes: dict[str, _Themes] = json.loads(text)
    return themes


_GROUPS = _read_themes()


@cache
def _compiled(*groups: str) -> _Patterns:
    return [
        (name, re.compile("|".join(patterns)))
        for group in groups
        for name, patterns in _GROUPS[group].items()
    ]


THEMES: frozenset[str] = frozenset(name for group in _GROUPS.values() for name in group)
"""Every theme that words can tell; the cues of the codebook are themes too."""

TRADES: frozenset[str] = frozenset(_GROUPS["trades"])
"""The themes that tell what a house does."""

WEIGHTS: dict[str, float] = {
    **dict.fromkeys((*_GROUPS["troubles"], *_GROUPS["hardships"]), 1.0),
    **dict.fromkeys(_GROUPS["trades"], 0.4),
    **dict.fromkeys(("late", "told", "charge", "again", "long", "nice", "family", "child"), 0.7),
    **dict.fromkeys(("deadline", "event", "home", "old", "fault", "price", "job"), 0.7),
    ANY: 0.6,
}
"""How much it says that two situations share a theme; 0.4 for a cue."""

_OF_A_CUE = 0.4


def weight_of(theme: str) -> float:
    """How much it says that two situations share this theme or cue."""
    return WEIGHTS.get(theme, _OF_A_CUE)


@lru_cache(maxsize=4096)
def themes_of(text: str) -> frozenset[str]:
    """The themes that a text touches."""
    return _found(text, _compiled(*_GROUPS))


@lru_cache(maxsize=4096)
def _trade_of(text: str) -> frozenset[str]:
    return _found(text, _compiled("trades"))


def _found(text: str, patterns: _Patterns) -> frozenset[str]:
    plain = text.lower().replace("’", "'")
    return frozenset(name for name, pattern in patterns if pattern.search(plain))


def situation_of(report: CallReport, chance: Opportunity) -> dict[str, float]:
    """What a customer's turn is about: themes and cues, each with how near to it they were told.

    1 for a theme of the turn itself and for its cues, less for those of the turns before, and for
    the house's own trade, which the agent's first words tell.
    """
    told = dict.fromkeys(themes_of(_said(report, chance)), 1.0)
    told.update(dict.fromkeys(chance.opened_by, 1.0))
    told[ANY] = 1.0
    for turn in report.turns[max(0, chance.turn - 1 - _LOOKED_BACK) : chance.turn - 1]:
        # Of the agent's words only the question that the customer answers.
        if turn.text and (turn.speaker == "customer" or turn.turn == chance.turn - 1):
            _add(told, themes_of(turn.text))
    for turn in report.turns[: min(_OPENING, chance.turn)]:
        if turn.text:
            _add(told, _trade_of(turn.text))
    return told


def _said(report: CallReport, chance: Opportunity) -> str:
    text = report.turns[chance.turn - 1].text if chance.turn <= len(report.turns) else None
    return text or chance.quote


def _add(told: dict[str, float], themes: Iterable[str]) -> None:
    for theme in themes:
        told.setdefault(theme, LASTING.get(theme, EARLIER))
