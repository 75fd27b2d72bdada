"""Labelled calls as a tagger learns from them: windows with their gold, step by step."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.language import sentences_of
from analyzer.tagger.losses import disagreement, labels_loss
from analyzer.tagger.misheard import mishear
from analyzer.tagger.network import (
    SENTIMENT_STEPS,
    Batch,
    SentenceLogits,
    TaggerNetwork,
    collate,
    mean_of_sentences,
    pool_sentences,
)
from analyzer.tagger.targets import Targets, targets_of
from analyzer.tagger.text_forms import as_recognised
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.tagger.windows import Window, WindowMaker
from analyzer.tagger.word_pieces import WordPieces


class WindowOfCall(NamedTuple):
    """A window to learn from: of which call, in which form."""

    call: int
    recognised: bool
    window: Window


Step = list[WindowOfCall]
"""What is learnt from at once."""

_Place = tuple[int, bool, int]
"""A turn: of which call, in which form, which."""


class Lesson:
    """The calls as windows with their gold, drawn anew each epoch."""

    def __init__(
        self, calls: Sequence[LabelledCall], settings: TrainingSettings, tokenizer: WordPieces
    ) -> None:
        maker = WindowMaker(tokenizer, settings.windows)
        self._settings = settings
        self._tokenizer = tokenizer
        self._targets = [targets_of(call) for call in calls]
        self._as_written = [_Form(call.call(), maker, settings) for call in calls]
        chance = random.Random(settings.seed)
        self._as_recognised = [
            _Form(mishear(form, chance) if settings.misheard else form, maker, settings)
            for form in (as_recognised(call.call()) for call in calls)
        ]
        self._label_weight = _weight(self._targets, "labels", settings.weight_power)
        self._kind_weight = _weight(self._targets, "kinds", settings.weight_power)

    @torch.inference_mode()
    def be_taught_by(self, network: TaggerNetwork, share: float) -> None:
        """Mix what a network says of the calls as written into what is learnt of labels and kinds.

        Distillation (Hinton et al., 2015, Distilling the knowledge in a neural network): what a
        network finds likely tells more of a turn than whether a reader set a label.

        What is asked for changes for good: a second teacher would be mixed in with the first.
        Sentiment stays as readers gave it.

        Args:
            network: The teacher, which learnt from these calls (positives weigh as here) and is
                left in evaluation mode.
            share: Its share beside the readers'.
        """
        network.eval()
        for target, form in zip(self._targets, self._as_written, strict=True):
            if not form.together:
                continue
            with torch.autocast("cpu", torch.bfloat16):
                out: SentenceLogits = network(collate(form.together, self._tokenizer.padding))
            turn = torch.tensor([row[0] for window in form.together for row in window.sentences])
            for gold, logits, weight in (
                (target.labels, out.labels, self._label_weight),
                (target.kinds, out.kinds, self._kind_weight),
            ):
                said = pool_sentences(logits.float(), turn, len(gold))
                # Weighted positives raise logits by the log of their weight: it is taken off.
                gold.lerp_(torch.sigmoid(said - weight.log()), share)

    def steps(self, chance: random.Random) -> list[Step]:
        """Windows in batches for one epoch."""
        calls = [self._windows(number, chance) for number in range(len(self._targets))]
        if self._settings.consistency > 0:
            return self._whole_calls(calls, chance)
        return self._of_similar_length([item for items in calls for item in items], chance)

    def _windows(self, number: int, chance: random.Random) -> list[WindowOfCall]:
        """A call's windows in the form that is drawn, or in both where they must agree."""
        bare = chance.random() < self._settings.bare_share
        forms = (False, True) if self._settings.consistency > 0 else (bare,)
        alone = (
            bool(self._as_written[number].alone) and chance.random() < self._settings.alone_share
        )
        items: list[WindowOfCall] = []
        for recognised in forms:
            form = self._as_recognised[number] if recognised else self._as_written[number]
            windows = form.alone if alone else form.together
            items.extend(WindowOfCall(number, recognised, window) for window in windows)
        return items

    def _of_similar_length(self, items: list[WindowOfCall], chance: random.Random) -> list[Step]:
        items.sort(key=lambda item: len(item.window.tokens) + 24 * chance.random())
        batches: list[Step] = [[]]
        longest = 0
        for item in items:
            longest = max(longest, len(item.window.tokens))
            if batches[-1] and longest * (len(batches[-1]) + 1) > self._settings.pieces_a_step:
                batches.append([])
                longest = len(item.window.tokens)
            batches[-1].append(item)
        chance.shuffle(batches)
        return batches

    def _whole_calls(self, calls: list[list[WindowOfCall]], chance: random.Random) -> list[Step]:
        """Both forms of a call in one batch, of twice the size of others or of one call."""
        calls = [items for items in calls if items]
        chance.shuffle(calls)
        batches: list[Step] = [[]]
        for items in calls:
            together = [*batches[-1], *items]
            longest = max(len(item.window.tokens) for item in together)
            if batches[-1] and longest * len(together) > 2 * self._settings.pieces_a_step:
                batches.append(items)
            else:
                batches[-1] = together
        return batches

    def loss(self, network: TaggerNetwork, items: Step, chance: random.Random) -> Tensor:
        """Mean loss of a step: labels, kinds of opportunity, sentiment, and where forms differ."""
        batch = collate([item.window for item in items], self._tokenizer.padding)
        _hide_words(batch, self._settings.masked_share, self._tokenizer.mask, chance)
        with torch.autocast("cpu", torch.bfloat16):
            out: SentenceLogits = network(batch)
        places: dict[_Place, int] = {}
        for item in items:
            for row in item.window.sentences:
                places.setdefault((item.call, item.recognised, row[0]), len(places))
        turn = torch.tensor(
            [
                places[item.call, item.recognised, row[0]]
                for item in items
                for row in item.window.sentences
            ]
        )
        turns, settings = len(places), self._settings
        heads = (
            _HeadOutput(
                "labels", pool_sentences(out.labels.float(), turn, turns), self._label_weight, 1.0
            ),
            _HeadOutput(
                "kinds",
                pool_sentences(out.kinds.float(), turn, turns),
                self._kind_weight,
                settings.kind_weight,
            ),
            _HeadOutput(
                "sentiment",
                mean_of_sentences(out.sentiment.float(), turn, turns),
                torch.ones(SENTIMENT_STEPS),
                settings.sentiment_weight,
            ),
        )
        pairs = _both_forms(places)
        losses = [head.share * self._head_loss(head, list(places), pairs) for head in heads]
        return torch.stack(losses).sum()

    def _head_loss(
        self, head: _HeadOutput, places: list[_Place], pairs: tuple[list[int], list[int]]
    ) -> Tensor:
        gold = torch.stack(
            [getattr(self._targets[call], head.name)[number] for call, _, number in places]
        )
        loss = labels_loss(head.said, gold, head.positives)
        if self._settings.consistency > 0:
            written, recognised = pairs
            known = ~torch.isnan(gold[written])
            apart = disagreement(head.said[written], head.said[recognised], known)
            loss = loss + self._settings.consistency * apart
        return loss


@dataclass(frozen=True, slots=True)
class _HeadOutput:
    """What one head of the network says of the turns of a step.

    Attributes:
        name: The head's, and that of its gold in `Targets`.
        said: Logits, turns by outputs.
        positives: How much a positive of each output weighs.
        share: What the head's loss is multiplied by.
    """

    name: str
    said: Tensor
    positives: Tensor
    share: float


class _Form:
    """The windows of a call in one form: of its turns together and, if that is learnt, alone."""

    def __init__(self, call: Call, maker: WindowMaker, settings: TrainingSettings) -> None:
        sentences = sentences_of(call)
        self.together = maker.windows(call, sentences)
        self.alone = maker.single_turns(call, sentences) if settings.alone_share > 0 else []


def _weight(targets: Sequence[Targets], name: str, power: float) -> Tensor:
    gold = torch.cat([getattr(target, name) for target in targets])
    positive = (gold == 1).sum(0)
    negative = (gold == 0).sum(0)
    return (negative / positive.clamp(min=1)).clamp(min=1).pow(power).clamp(max=20)


def _both_forms(places: dict[_Place, int]) -> tuple[list[int], list[int]]:
    """The places of the turns that were read in both forms: as written, as recognised."""
    pairs = [
        (place, places[call, True, turn])
        for (call, recognised, turn), place in places.items()
        if not recognised and (call, True, turn) in places
    ]
    return [place for place, _ in pairs], [place for _, place in pairs]


def _hide_words(batch: Batch, share: float, mask: int, chance: random.Random) -> None:
    if share <= 0:
        return
    generator = torch.Generator().manual_seed(chance.randrange(2**31))
    hidden = torch.rand(batch.tokens.shape, generator=generator) < share
    hidden &= batch.mask
    hidden[:, 0] = False
    hidden[batch.row, batch.marker] = False
    batch.tokens[hidden] = mask
