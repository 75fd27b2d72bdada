"""The tagger's encoder as a measure of how alike two texts are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from analyzer.tagger.inference import Tagger

MOST_PIECES = 80
"""Word pieces of a text that are read; what is longer is cut."""

_AT_ONCE = 16


class SentenceVectors:
    """Turns texts into vectors of unit length: the mean of the encoder's states.

    Args:
        tagger: A loaded tagger, such as ``Analyzer.load().tagger``.
    """

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    @torch.inference_mode()
    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row a text."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows: dict[int, npt.NDArray[np.float32]] = {}
        for first in range(0, len(order), _AT_ONCE):
            places = order[first : first + _AT_ONCE]
            vectors = self._vectors([texts[at] or "." for at in places])
            rows.update(zip(places, vectors, strict=True))
        return np.stack([rows[at] for at in range(len(texts))])

    def _vectors(self, texts: list[str]) -> npt.NDArray[np.float32]:
        pieces = self._tagger.tokenizer(
            texts, padding=True, truncation=True, max_length=MOST_PIECES, return_tensors="pt"
        ).to(self._tagger.device)
        mask = pieces["attention_mask"].bool()
        states = self._tagger.network.encoder(
            input_ids=pieces["input_ids"], attention_mask=mask
        ).last_hidden_state.float()
        weights = mask.unsqueeze(-1).float()
        mean = (states * weights).sum(dim=1) / weights.sum(dim=1)
        unit: npt.NDArray[np.float32] = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
        return unit
