"""The mean of two taggers that began as the same encoder."""

from __future__ import annotations

import torch

from analyzer.errors import ModelError
from analyzer.tagger.network import TaggerNetwork


def mean_of(network: TaggerNetwork, other: TaggerNetwork) -> TaggerNetwork:
    """Average the weights of two taggers; the first is changed and given back.

    What two trainings on different calls agree on stays, so the mean holds up better on calls that
    are unlike both (Wortsman et al., 2022, Robust fine-tuning of zero-shot models). It makes sense
    only where both began with the same weights.

    Raises:
        ModelError: If they are not of the same shape.
    """
    own, theirs = network.state_dict(), other.state_dict()
    if {name: value.shape for name, value in own.items()} != {
        name: value.shape for name, value in theirs.items()
    }:
        raise ModelError(
            "the taggers have weights of different shapes, so there is no mean.",
            remedy="Name a model that was trained from the same encoder.",
        )
    with torch.no_grad():
        for name, value in own.items():
            if value.is_floating_point():
                value.lerp_(theirs[name].to(value), 0.5)
    return network
