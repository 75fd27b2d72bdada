"""Labelled calls as a tagger learns from them: windows with their gold, step by step."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.language import sentences_of
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
        self._bare = [_Form(as_recognised(call.call()), maker, settings) for call in calls]
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

    def steps(self, chance: random.Random) -> list[list[tuple[int, Window]]]:
        """Batches of (call, window) for one epoch, of similar length within a batch."""
        items: list[tuple[int, Window]] = []
        for number in range(len(self._targets)):
            bare = chance.random() < self._settings.bare_share
            form = self._bare[number] if bare else self._as_written[number]
            alone = bool(form.alone) and chance.random() < self._settings.alone_share
            items.extend((number, window) for window in (form.alone if alone else form.together))
        items.sort(key=lambda item: len(item[1].tokens) + 24 * chance.random())
        batches: list[list[tuple[int, Window]]] = [[]]
        longest = 0
        for item in items:
            longest = max(longest, len(item[1].tokens))
            if batches[-1] and longest * (len(batches[-1]) + 1) > self._settings.pieces_a_step:
                batches.append([])
                longest = len(item[1].tokens)
            batches[-1].append(item)
        chance.shuffle(batches)
        return batches

    def loss(
        self,
        network: TaggerNetwork,
        items: list[tuple[int, Window]],
        chance: random.Random,
    ) -> Tensor:
        """Mean loss of a step: labels, kinds of opportunity, sentiment."""
        batch = collate([window for _, window in items], self._tokenizer.padding)
        _hide_words(batch, self._settings.masked_share, self._tokenizer.mask, chance)
        with torch.autocast("cpu", torch.bfloat16):
            out: SentenceLogits = network(batch)
        places: dict[tuple[int, int, int], int] = {}
        turn_of_sentence = torch.tensor(
            [
                places.setdefault((number, call, row[0]), len(places))
                for number, (call, window) in enumerate(items)
                for row in window.sentences
            ]
        )
        turns = len(places)
        gold = [(call, turn) for _, call, turn in places]
        labels = torch.stack([self._targets[call].labels[turn] for call, turn in gold])
        kinds = torch.stack([self._targets[call].kinds[turn] for call, turn in gold])
        sentiment = torch.stack([self._targets[call].sentiment[turn] for call, turn in gold])
        return (
            _masked_loss(
                pool_sentences(out.labels.float(), turn_of_sentence, turns),
                labels,
                self._label_weight,
            )
            + self._settings.kind_weight
            * _masked_loss(
                pool_sentences(out.kinds.float(), turn_of_sentence, turns),
                kinds,
                self._kind_weight,
            )
            + self._settings.sentiment_weight
            * _masked_loss(
                mean_of_sentences(out.sentiment.float(), turn_of_sentence, turns),
                sentiment,
                torch.ones(SENTIMENT_STEPS),
            )
        )


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


def _masked_loss(logits: Tensor, gold: Tensor, weight: Tensor) -> Tensor:
    known = ~torch.isnan(gold)
    if not bool(known.any()):
        return logits.sum() * 0
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits, gold.nan_to_num(), pos_weight=weight, reduction="none"
    )
    return loss[known].mean() * 10


def _hide_words(batch: Batch, share: float, mask: int, chance: random.Random) -> None:
    if share <= 0:
        return
    generator = torch.Generator().manual_seed(chance.randrange(2**31))
    hidden = torch.rand(batch.tokens.shape, generator=generator) < share
    hidden &= batch.mask
    hidden[:, 0] = False
    hidden[batch.row, batch.marker] = False
    batch.tokens[hidden] = mask
