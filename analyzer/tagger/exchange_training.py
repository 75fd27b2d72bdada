"""Training the model of the exchange on labelled calls that a tagger had not seen."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from analyzer.corpus import LabelledCall
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.exchange import OUTCOMES, ExchangeModel, ExchangeNetwork, inputs_of
from analyzer.tagger.targets import targets_of
from analyzer.tagger.words import OUTPUTS

MEMBERS = 3
EPOCHS = 18
CALLS_A_STEP = 16
RATE = 2e-3
WEIGHT_DECAY = 0.05
NOISE = 0.3
"""Standard deviation of what is added to the features, so that no single one is relied upon."""

LABEL_WEIGHT, SENTIMENT_WEIGHT, OUTCOME_WEIGHT = 20.0, 0.5, 0.5
SENTIMENT = OUTPUTS.index("sentiment")


@dataclass(frozen=True, slots=True)
class _Example:
    """A call as tensors, turns first; gold is `nan` where a turn cannot carry a value.

    Attributes:
        rows: As `inputs_of` gives them.
        said: As `inputs_of` gives it.
        gold: Turns by `OUTPUTS`.
        outcomes: Of the opportunity that opens at a turn, as its place in `OUTCOMES`; else -1.
    """

    rows: Tensor
    said: Tensor
    gold: Tensor
    outcomes: Tensor


def fit_exchange(
    calls: Sequence[LabelledCall], *forms: Mapping[str, CallTags], members: int = MEMBERS
) -> ExchangeModel:
    """Fit on labelled calls; the same calls, tags and machine give the same weights.

    Args:
        calls: Labelled calls; of turns without a sentiment, none is learnt.
        forms: By call id, what a tagger says of them that had not seen them; where it has read the
            calls in several forms, one is drawn anew for each call and epoch.
        members: How many networks are trained, from other random numbers each.
    """
    examples = [[_example(call, tags[call.id]) for tags in forms] for call in calls]
    return ExchangeModel([_fit_member(examples, seed) for seed in range(members)])


def _example(call: LabelledCall, tags: CallTags) -> _Example:
    rows, said = inputs_of(call.call(), tags)
    targets = targets_of(call)
    sentiment = [float("nan") if turn.sentiment is None else turn.sentiment for turn in call.turns]
    outcomes = torch.full((len(call.turns),), -1)
    for chance in reversed(call.opportunities):  # of several at a turn, the first counts
        outcomes[chance.turn - 1] = OUTCOMES.index(chance.outcome)
    gold = torch.cat([targets.labels, targets.kinds, torch.tensor(sentiment)[:, None]], dim=1)
    return _Example(rows, said, gold, outcomes)


def _fit_member(examples: Sequence[Sequence[_Example]], seed: int) -> ExchangeNetwork:
    """Fit on calls in one or several forms each."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    network = ExchangeNetwork().train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        RATE,
        total_steps=EPOCHS * -(-len(examples) // CALLS_A_STEP),
        pct_start=0.1,
        anneal_strategy="linear",
        cycle_momentum=False,
    )
    for _ in range(EPOCHS):
        order = [chance.choice(forms) for forms in chance.sample(examples, len(examples))]
        for start in range(0, len(order), CALLS_A_STEP):
            loss = _loss(network, order[start : start + CALLS_A_STEP])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return network


def _loss(network: ExchangeNetwork, batch: Sequence[_Example]) -> Tensor:
    """Of labels and kinds, of sentiment, and of what became of opportunities."""
    lengths = torch.tensor([len(example.rows) for example in batch])
    rows = pad_sequence([example.rows for example in batch], batch_first=True)
    said = pad_sequence([example.said for example in batch], batch_first=True)
    gold = pad_sequence([example.gold for example in batch], True, torch.nan)
    outcomes = pad_sequence([example.outcomes for example in batch], True, -1)
    rows = rows + NOISE * torch.randn_like(rows) * (rows != 0)
    out = network(rows, said, lengths)
    known, opened = ~torch.isnan(gold), outcomes >= 0
    labels, sentiment = known[..., :SENTIMENT], known[..., SENTIMENT]
    loss: Tensor = out.sum() * 0  # nothing may be known: of turns that neither side said
    if labels.any():
        loss = loss + LABEL_WEIGHT * nn.functional.binary_cross_entropy_with_logits(
            out[..., :SENTIMENT][labels], gold[..., :SENTIMENT][labels]
        )
    if sentiment.any():
        loss = loss + SENTIMENT_WEIGHT * nn.functional.mse_loss(
            out[..., SENTIMENT][sentiment], gold[..., SENTIMENT][sentiment]
        )
    if opened.any():
        loss = loss + OUTCOME_WEIGHT * nn.functional.cross_entropy(
            out[..., len(OUTPUTS) :][opened], outcomes[opened]
        )
    return loss
