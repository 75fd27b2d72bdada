"""How much the encoder has to multiply, and how fast this machine multiplies."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from analyzer.bundled import bundled_model
from analyzer.call import Call
from analyzer.segmentation import sentences_of
from analyzer.tagger.inference import fast_precision
from analyzer.tagger.storage import load_model
from analyzer.tagger.windows import WindowMaker

_SQUARE = 2048  # rows and columns of the matrices
_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch asks of the encoder.

    Attributes:
        calls: Calls.
        turns: Turns.
        tokens: Word pieces that the encoder reads, context included, padding left out.
        operations: Floating-point operations of its multiplications on them.
    """

    calls: int
    turns: int
    tokens: int
    operations: float


def work_of(calls: Iterable[Call], model: Path | None = None) -> Work:
    """Count what scoring calls asks of the encoder."""
    network, tokenizer, settings = load_model(model or bundled_model())
    shape = network.encoder.config
    width, wide, layers = shape.hidden_size, shape.intermediate_size, shape.num_hidden_layers
    maker = WindowMaker(tokenizer, settings)
    number, turns, tokens, operations = 0, 0, 0, 0.0
    for call in calls:
        number += 1
        turns += len(call.turns)
        for window in maker.windows(call, sentences_of(call)):
            length = len(window.tokens)
            tokens += length
            a_piece = 2 * (4 * width * width + 2 * width * wide) + 4 * length * width
            operations += layers * length * a_piece
    return Work(number, turns, tokens, operations)


def matmul_rate(threads: int) -> tuple[float, str]:
    """Operations a second of a large multiplication in the encoder's precision, and its name."""
    precision = fast_precision(torch.device("cpu"))
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        matrix = torch.randn(_SQUARE, _SQUARE).to(precision)
        best, until = 0.0, time.perf_counter() + _SECONDS
        while time.perf_counter() < until:
            start = time.perf_counter()
            torch.mm(matrix, matrix)
            best = max(best, 2 * _SQUARE**3 / (time.perf_counter() - start))
    finally:
        torch.set_num_threads(before)
    return best, str(precision).removeprefix("torch.")
