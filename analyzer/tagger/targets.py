"""What a labelled call asks of a model, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.tagger.network import SENTIMENT_STEPS


@dataclass(slots=True)
class Targets:
    """Gold of one call's turns, as arrays; `nan` where a turn cannot carry a value."""

    labels: Tensor
    kinds: Tensor
    sentiment: Tensor


def targets_of(call: LabelledCall) -> Targets:
    """Gold of a call as arrays of turns by labels, kinds and ordinal steps of sentiment."""
    turns = len(call.turns)
    labels = torch.full((turns, len(codebook.LABEL_NAMES)), torch.nan)
    kinds = torch.full((turns, len(codebook.KIND_NAMES)), torch.nan)
    sentiment = torch.full((turns, SENTIMENT_STEPS), torch.nan)
    for number, turn in enumerate(call.turns):
        for name in codebook.labels_for(turn.speaker):
            place = codebook.LABEL_NAMES.index(name)
            labels[number, place] = float(name in turn.labels)
        if turn.speaker == "customer":
            kinds[number] = 0.0
        if turn.sentiment is not None:
            value = turn.sentiment
            sentiment[number] = torch.tensor(
                [float(value > step) for step in codebook.SENTIMENTS[:-1]]
            )
    for chance in call.opportunities:
        kinds[chance.turn - 1, codebook.KIND_NAMES.index(chance.kind)] = 1.0
    return Targets(labels, kinds, sentiment)
