"""Where in its call a turn stands, and how long it is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analyzer.call import Call

PLACES = ("earliness", "from_start", "from_end", "words", "turns", "answers_at_once")

_OTHER = {"agent": "customer", "customer": "agent"}


def turn_places(call: Call) -> npt.NDArray[np.float64]:
    """Turns by `PLACES`; a turn answers at once if the other side spoke just before."""
    turns = len(call.turns)
    number = np.arange(turns)
    speakers = [turn.speaker for turn in call.turns]
    answers = [False, *(_OTHER.get(now) == then for then, now in pairwise(speakers))]
    columns = [
        number / turns,
        np.minimum(number, 10) / 10,
        np.minimum(turns - number, 10) / 10,
        np.log1p([len(turn.text.split()) for turn in call.turns]),
        np.full(turns, np.log(turns)),
        answers,
    ]
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)
