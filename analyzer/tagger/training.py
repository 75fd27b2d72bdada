"""Training the tagger on labelled calls."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import cast

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
from analyzer.tagger.lesson import Lesson
from analyzer.tagger.network import TaggerNetwork
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.tagger.windows import MARKERS
from analyzer.tagger.word_pieces import SPECIAL_TOKENS, WordPieces

Progress = Callable[[int, int, float], None]
"""Called after every step with steps done, steps in all, and the running loss."""

RATE_AGAIN = 0.5
"""At what share of the rates the second round learns."""


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
        The network with the mean of the weights that each round led to, and its tokenizer.
    """
    torch.manual_seed(settings.seed)
    network, tokenizer = load_pretrained(settings.encoder)
    word_vectors(network).requires_grad_(settings.train_words)
    lesson = Lesson(calls, settings, tokenizer)
    steps = len(lesson.steps(random.Random(settings.seed)))
    rounds = [
        _Round(epochs, steps * epochs, rate)
        for epochs, rate in ((settings.epochs, 1.0), (settings.epochs_again, RATE_AGAIN))
        if epochs
    ]
    course = _Course(network, settings, sum(part.steps for part in rounds), progress)
    mean: dict[str, Tensor] = {}
    for count, part in enumerate(rounds, 1):
        if count > 1 and settings.taught_share > 0:
            lesson.be_taught_by(network, settings.taught_share)
        _add_to_average(mean, course.learn(lesson, part), count)
    network.load_state_dict(mean)
    return network.eval(), tokenizer


@dataclass(frozen=True, slots=True)
class _Round:
    """Passes over the calls, how many steps they are, and at what share of the rates."""

    epochs: int
    steps: int
    rate: float


class _Course:
    """A network that learns, round after round.

    Args:
        network: Trained in place.
        settings: How.
        steps: In all rounds.
        progress: Where it reports to.
    """

    def __init__(
        self,
        network: TaggerNetwork,
        settings: TrainingSettings,
        steps: int,
        progress: Progress | None,
    ) -> None:
        self._network = network
        self._settings = settings
        self._steps = steps
        self._progress = progress
        self._chance = random.Random(settings.seed)
        self._done = 0
        self._running = math.nan

    def learn(self, lesson: Lesson, part: _Round) -> dict[str, Tensor]:
        """Learn for a round; the network is left with the averaged weights of its last steps."""
        network, average_from = self._network, (1 - self._settings.average_last) * part.steps
        optimizer = torch.optim.AdamW(
            _parameter_groups(network, self._settings, part.rate), weight_decay=0.01
        )
        peaks = [group["lr"] for group in optimizer.param_groups]
        averaged: dict[str, Tensor] = {}
        done = counted = 0
        network.train()
        for _ in range(part.epochs):
            for items in lesson.steps(self._chance):
                rate = _warm_up_then_down(done / part.steps)
                for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                    group["lr"] = peak * rate
                loss = lesson.loss(network, items, self._chance)
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
                done += 1
                if done >= average_from:
                    counted += 1
                    _add_to_average(averaged, network.state_dict(), counted)
                self._report(float(loss.detach()))
        network.load_state_dict(averaged)
        return averaged

    def _report(self, loss: float) -> None:
        self._done += 1
        self._running = loss if math.isnan(self._running) else 0.95 * self._running + 0.05 * loss
        if self._progress is not None:
            self._progress(min(self._done, self._steps), self._steps, self._running)


def _parameter_groups(
    network: TaggerNetwork, settings: TrainingSettings, share: float
) -> list[dict[str, object]]:
    """Heads learn fastest, then the encoder's layers from top to bottom, all at a share of it."""
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
        groups.setdefault(share * rate, []).append(parameter)
    return [{"params": parameters, "lr": rate} for rate, parameters in groups.items()]


def _warm_up_then_down(share: float, warm_up: float = 0.1) -> float:
    return share / warm_up if share < warm_up else max(0.02, (1 - share) / (1 - warm_up))


def _add_to_average(average: dict[str, Tensor], weights: dict[str, Tensor], count: int) -> None:
    with torch.no_grad():
        for name, value in weights.items():
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
