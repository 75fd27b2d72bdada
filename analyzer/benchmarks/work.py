"""How much the encoder has to multiply, and how fast this machine multiplies."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer.call import Call

_SQUARE = 2048  # rows and columns of the matrices
_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch asks of the encoder.

    Attributes:
        calls: Calls.
        turns: Turns.
        tokens: Word pieces that the encoder reads: markers, frames, and context read again
            included, padding left out.
        labelled: Word pieces of the sentences that are labelled, each counted once.
        operations: Floating-point operations of its multiplications on all that it reads.
        labelled_operations: The part of them on the labelled pieces.
    """

    calls: int
    turns: int
    tokens: int
    labelled: int
    operations: float
    labelled_operations: float


def work_of(calls: Iterable[Call], model: Path | None = None) -> Work:
    """Count what scoring calls asks of the encoder.

    Args:
        calls: The calls.
        model: A model's folder; the bundled one by default.
    """
    # Not at the top: whoever only asks for this in another process maps no libraries.
    from analyzer.bundled import bundled_model
    from analyzer.segmentation import sentences_of
    from analyzer.tagger.storage import read_parts
    from analyzer.tagger.windows import WindowMaker

    parts = read_parts(model or bundled_model())
    sizes = ("hidden_size", "intermediate_size", "num_hidden_layers")
    width, wide, layers = (parts.shape[size] for size in sizes)
    maker = WindowMaker(parts.tokenizer, parts.windows)
    number = turns = tokens = labelled = 0
    operations = labelled_operations = 0.0
    for call in calls:
        number += 1
        turns += len(call.turns)
        for window in maker.windows(call, sentences_of(call)):
            read = len(window.tokens)
            useful = sum(end - begin for *_, begin, end in window.sentences)
            # Each piece attends to its whole window, so what one costs depends on the length.
            a_piece = layers * (2 * (4 * width * width + 2 * width * wide) + 4 * read * width)
            tokens += read
            labelled += useful
            operations += read * a_piece
            labelled_operations += useful * a_piece
    return Work(number, turns, tokens, labelled, operations, labelled_operations)


def matmul_rate(threads: int) -> tuple[float, str]:
    """Operations a second of a large multiplication in the encoder's precision, and its name."""
    import torch

    from analyzer.tagger.inference import fast_precision

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
