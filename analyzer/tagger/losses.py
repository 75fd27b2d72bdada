"""What a tagger's errors cost."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_SCALE = 10.0
"""Most labels are rare: the mean over all of them is small."""


def labels_loss(logits: Tensor, gold: Tensor, weight: Tensor) -> Tensor:
    """Mean binary cross-entropy where gold is known, positives weighing more.

    Args:
        logits: Turns by labels.
        gold: What is asked for, 0 to 1; `nan` where it is not known.
        weight: How much a positive of each label weighs.
    """
    known = ~torch.isnan(gold)
    if not bool(known.any()):
        return logits.sum() * 0
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits, gold.nan_to_num(), pos_weight=weight, reduction="none"
    )
    return loss[known].mean() * _SCALE


def disagreement(one: Tensor, other: Tensor, known: Tensor) -> Tensor:
    """How far the probabilities of two readings of the same turns lie from the mean of both.

    The Kullback-Leibler divergences of the mean, which is held fast, from each, added up. Training
    for consistency between two forms of an example goes back to Bachman et al., 2014, Learning with
    pseudo-ensembles.

    Args:
        one: Logits, turns by labels.
        other: Those of the other reading.
        known: Which of them count.
    """
    mean = ((torch.sigmoid(one) + torch.sigmoid(other)) / 2).detach()
    cost = nn.functional.binary_cross_entropy_with_logits
    least = nn.functional.binary_cross_entropy(mean, mean, reduction="none")
    apart = cost(one, mean, reduction="none") + cost(other, mean, reduction="none") - 2 * least
    return apart[known].mean() * _SCALE if bool(known.any()) else one.sum() * 0
