"""What the tagger says of one call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzer.tagger.windows import SentenceSpans

FloatArray = npt.NDArray[np.float32]

LEAST_LOGIT = -8.0
"""Logits below say nothing more."""


@dataclass(slots=True)
class CallTags:
    """What the tagger says of one call, before calibration.

    Attributes:
        sentences: For each turn, where its sentences start and end in the turn's text.
        sentence_labels: For each turn, logits of its sentences by labels.
        labels: Logits, turns by labels.
        kinds: Logits that an opportunity of a kind opens, turns by kinds.
        sentiment: Expected sentiment of each turn, -2 to 2; means nothing on agent turns.
        words: What the words alone say, turns by (labels, kinds, sentiment); see `WordModel`.
        exchange: What the whole exchange says, turns by (labels, kinds, sentiment, outcomes); see
            `ExchangeModel`. None where that has not been asked.
    """

    sentences: SentenceSpans
    sentence_labels: list[FloatArray]
    labels: FloatArray
    kinds: FloatArray
    sentiment: FloatArray
    words: FloatArray
    exchange: FloatArray | None = None

    def by_turn(self) -> tuple[FloatArray, FloatArray]:
        """What the transformer and what the words say, turns by `OUTPUTS`, from `LEAST_LOGIT`."""
        network = np.concatenate([self.labels, self.kinds, self.sentiment[:, None]], axis=1)
        return np.maximum(network, LEAST_LOGIT), np.maximum(self.words, LEAST_LOGIT)
