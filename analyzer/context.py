"""What a turn is judged by: the tagger's logits of the turn itself and of the turns beside it.

The same words are indifferent after a fresh grief and routine after a plain request, and a customer
who is soothed says so in the next turn. The transformer sees some of this; a linear model over the
logits of the neighbouring turns sees the rest.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from analyzer.call import Call
from analyzer.linear import Array
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.turn_places import PLACES, turn_places
from analyzer.tagger.words import OUTPUTS, columns_of, outputs_of

Side = Literal["customer", "agent"]

SIDES: tuple[Side, Side] = ("customer", "agent")

NO_TURN = -4.0
"""The logit that stands for a neighbour that is not there."""


def context_features(side: Side) -> list[str]:
    """Names of the columns of `context_rows`, in order."""
    own, other = _both_views(side), _both_views(_other(side))
    blocks = {"": own, "theirs_before:": other, "theirs_after:": other}
    blocks |= {"ours_before:": own, "ours_after:": own}
    names = [prefix + name for prefix, columns in blocks.items() for name in columns]
    return [*names, *PLACES]


def own_features(output: str) -> tuple[str, str]:
    """The two features that speak of an output itself: the transformer's and the words' logit."""
    return output, f"words:{output}"


def context_rows(call: Call, tags: CallTags, side: Side) -> Array:
    """Features of a side's turns, in order: turns by `context_features`."""
    views = _views(tags)
    speakers = np.array([turn.speaker for turn in call.turns])
    ours, theirs = np.flatnonzero(speakers == side), np.flatnonzero(speakers == _other(side))
    own, other = views[:, _columns(side)], views[:, _columns(_other(side))]
    blocks = [own[ours]]
    for turns, values in ((theirs, other), (ours, own)):
        following = np.searchsorted(turns, ours, side="right")
        before = np.searchsorted(turns, ours, side="left") - 1
        blocks.append(_taken(values, turns, before))
        blocks.append(_taken(values, turns, following))
    return np.concatenate([*blocks, turn_places(call)[ours]], axis=1)


def _views(tags: CallTags) -> Array:
    """Turns by the transformer's outputs, then the words' outputs."""
    return np.concatenate(tags.by_turn(), axis=1).astype(np.float64)


def _taken(values: Array, turns: npt.NDArray[np.intp], places: npt.NDArray[np.intp]) -> Array:
    """Rows of the turns at some places of a list of turns, `NO_TURN` beyond its ends."""
    rows = np.full((len(places), values.shape[1]), NO_TURN)
    there = (places >= 0) & (places < len(turns))
    rows[there] = values[turns[places[there]]]
    return rows


def _both_views(side: Side) -> list[str]:
    names = outputs_of(side)
    return [*names, *(f"words:{name}" for name in names)]


def _columns(side: Side) -> list[int]:
    places = columns_of(side)
    return [*places, *(len(OUTPUTS) + place for place in places)]


def _other(side: Side) -> Side:
    return "agent" if side == "customer" else "customer"
