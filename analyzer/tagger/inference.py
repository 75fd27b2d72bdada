"""The tagger at work: calls in, logits of every turn and sentence out, batched across calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from analyzer import codebook
from analyzer.call import Call
from analyzer.language import sentences_of
from analyzer.tagger.call_tags import CallTags, FloatArray
from analyzer.tagger.encoder import can_read_fast, fast_network
from analyzer.tagger.exchange import ExchangeModel
from analyzer.tagger.network import (
    NEVER,
    SentenceLogits,
    TaggerNetwork,
    collate,
    expected_sentiment,
)
from analyzer.tagger.storage import TaggerParts, read_parts, telling_what_fails
from analyzer.tagger.windows import SentenceSpans, Window, WindowMaker
from analyzer.tagger.words import WordModel

CALLS_IN_FLIGHT = 256
"""Calls whose windows are sorted by length together; bounds memory whatever the batch."""

PIECES_A_BATCH = 4096
"""Word pieces, padding included, that the encoder reads at once: less padding than with more, and
the products are still large enough."""


class Tagger:
    """A trained network with its tokenizer.

    Args:
        parts: The network and its tokenizer, which knows the speakers' markers.
        words: The linear model beside the network.
        exchange: Reads the whole call when both have spoken; without it, tags leave that out.
        device: Where to compute; a GPU is used when there is one.

    Raises:
        KeyError, ValueError, RuntimeError: If the weights are not those of the encoder.
    """

    def __init__(
        self,
        parts: TaggerParts,
        words: WordModel,
        exchange: ExchangeModel | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.tokenizer = parts.tokenizer
        self.words = words
        self.exchange = exchange
        self._network = _network(parts, self.device)
        self._maker = WindowMaker(parts.tokenizer, parts.windows)

    @classmethod
    def load(cls, folder: Path, device: torch.device | str | None = None) -> Tagger:
        """Load a stored model; nothing is fetched.

        Raises:
            ModelError: If a file is missing or does not fit this version of the codebook.
        """
        with telling_what_fails(folder):
            parts, words = read_parts(folder), WordModel.load(folder)
            return cls(parts, words, ExchangeModel.load(folder), device)

    def tag(self, call: Call) -> CallTags:
        """Tag one call."""
        return next(self.tag_many([call]))

    def tag_many(self, calls: Iterable[Call]) -> Iterator[CallTags]:
        """Tag calls in order; windows of `CALLS_IN_FLIGHT` calls are batched by length."""
        remaining = iter(calls)
        while group := list(islice(remaining, CALLS_IN_FLIGHT)):
            yield from self._tag_group(group)

    def _tag_group(self, calls: Sequence[Call]) -> list[CallTags]:
        spans = [sentences_of(call) for call in calls]
        windows = [
            (number, window)
            for number, (call, sentences) in enumerate(zip(calls, spans, strict=True))
            for window in self._maker.windows(call, sentences)
        ]
        rows: list[list[tuple[int, int]]] = [[] for _ in calls]
        logits: list[list[SentenceLogits]] = [[] for _ in calls]
        windows.sort(key=lambda item: len(item[1].tokens))
        for batch in _batches(windows):
            parts = self._run([window for _, window in batch])
            for (number, window), part in zip(batch, parts, strict=True):
                rows[number].extend((row[0], row[1]) for row in window.sentences)
                logits[number].append(part)
        tags = [
            _assemble(call, sentences, found, parts, words)
            for call, sentences, found, parts, words in zip(
                calls, spans, rows, logits, self.words.logits_of(calls), strict=True
            )
        ]
        if self.exchange is not None:
            for one, said in zip(tags, self.exchange.read(calls, tags), strict=True):
                one.exchange = said
        return tags

    @torch.inference_mode()
    def _run(self, windows: list[Window]) -> list[SentenceLogits]:
        batch = collate(windows, self.tokenizer.padding).to(self.device)
        out: SentenceLogits = self._network(batch)
        sizes = [len(window.sentences) for window in windows]
        return [
            SentenceLogits(*parts)
            for parts in zip(
                out.labels.float().cpu().split(sizes),
                out.kinds.float().cpu().split(sizes),
                out.sentiment.float().cpu().split(sizes),
                strict=True,
            )
        ]


def fast_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where the hardware multiplies it natively, else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if device.type == "cpu":
        capability = torch.cpu.get_capabilities()
        if capability.get("amx_bf16") or capability.get("avx512_bf16"):
            return torch.bfloat16
    return torch.float32


def _network(parts: TaggerParts, device: torch.device) -> TaggerNetwork:
    precision = fast_precision(device)
    if can_read_fast(parts.shape, device, precision):
        network = fast_network(parts.shape, parts.weights)
    else:
        network = parts.network()
    network = network.to(device, precision).eval()
    for head in network.heads().values():
        head.float()
    return network


def _batches(
    windows: Sequence[tuple[int, Window]],
) -> Iterator[list[tuple[int, Window]]]:
    """Consecutive windows (sorted by length) whose padded size stays within the budget."""
    batch: list[tuple[int, Window]] = []
    for item in windows:
        if batch and len(item[1].tokens) * (len(batch) + 1) > PIECES_A_BATCH:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _assemble(
    call: Call,
    sentences: SentenceSpans,
    rows: list[tuple[int, int]],
    parts: list[SentenceLogits],
    words: FloatArray,
) -> CallTags:
    turns = len(call.turns)
    if not rows:
        labels = torch.full((turns, len(codebook.LABEL_NAMES)), NEVER)
        kinds = torch.full((turns, len(codebook.KIND_NAMES)), NEVER)
        return CallTags(
            sentences,
            [np.zeros((0, labels.shape[1]), np.float32) for _ in call.turns],
            labels.numpy(),
            kinds.numpy(),
            np.zeros(turns, np.float32),
            words,
        )
    order = sorted(range(len(rows)), key=rows.__getitem__)
    turn = np.array([rows[place][0] for place in order])
    by_label, by_kind, by_step = (
        torch.cat([getattr(part, name) for part in parts])[order].numpy()
        for name in ("labels", "kinds", "sentiment")
    )
    return CallTags(
        sentences,
        np.split(by_label, np.searchsorted(turn, np.arange(1, turns))),
        _pooled(by_label, turn, turns),
        _pooled(by_kind, turn, turns),
        _mean_sentiment(by_step, turn, turns),
        words,
    )


def _pooled(logits: FloatArray, turn: npt.NDArray[np.int64], turns: int) -> FloatArray:
    """`pool_sentences` without torch, whose threads cost more than such small sums."""
    present, starts, counts = np.unique(turn, return_index=True, return_counts=True)
    highest = np.maximum.reduceat(logits, starts)
    total = np.add.reduceat(np.exp(logits - np.repeat(highest, counts, axis=0)), starts)
    pooled = np.full((turns, logits.shape[1]), NEVER, np.float32)
    pooled[present] = highest + np.log(total)
    return pooled


def _mean_sentiment(steps: FloatArray, turn: npt.NDArray[np.int64], turns: int) -> FloatArray:
    """Expected sentiment from the mean of each turn's sentences."""
    present, starts, counts = np.unique(turn, return_index=True, return_counts=True)
    mean = np.zeros((turns, steps.shape[1]), np.float32)
    mean[present] = np.add.reduceat(steps, starts) / counts[:, None]
    return expected_sentiment(torch.from_numpy(mean)).numpy()
