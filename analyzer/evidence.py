"""From the tagger's logits to calibrated probabilities: what is known of each turn of a call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from sklearn.linear_model import LogisticRegression

from analyzer import codebook
from analyzer.call import Call
from analyzer.tagger.inference import CallTags
from analyzer.tagger.windows import SentenceSpans

Array = npt.NDArray[np.float64]

_LABEL_PLACE = {name: place for place, name in enumerate(codebook.LABEL_NAMES)}


class Calibrated(BaseModel):
    """Platt scaling of one logit, and the probability from which a finding counts."""

    model_config = ConfigDict(extra="forbid")

    slope: float
    intercept: float
    threshold: float = Field(ge=0, le=1)

    def probability(self, logits: Array) -> Array:
        """Calibrated probabilities of logits."""
        result: Array = 1.0 / (
            1.0 + np.exp(-np.clip(self.slope * logits + self.intercept, -30, 30))
        )
        return result

    @classmethod
    def fit(cls, logits: Array, gold: Array) -> Calibrated:
        """Fit on logits of unseen calls; the threshold is the one with the best expected F1.

        Platt, J. (1999), Probabilistic outputs for support vector machines.
        """
        if gold.sum() < 3:
            return cls(slope=1.0, intercept=float(-logits.mean()) - 3.0, threshold=0.5)
        fitted = LogisticRegression(C=10.0).fit(logits.reshape(-1, 1), gold)
        calibrated = cls(
            slope=max(float(fitted.coef_[0, 0]), 0.05),
            intercept=float(fitted.intercept_[0]),
            threshold=0.5,
        )
        calibrated.threshold = best_threshold(calibrated.probability(logits), gold)
        return calibrated


def best_threshold(probabilities: Array, gold: Array) -> float:
    """The threshold with the best F1, measured and expected from the probabilities, averaged.

    The expected F1 (every probability taken at its word) steadies the measured one where
    positives are few.
    """
    order = np.argsort(-probabilities)
    ranked, hits = probabilities[order], np.cumsum(gold[order])
    taken = np.arange(1, len(ranked) + 1)
    measured = 2 * hits / (taken + gold.sum())
    expected = 2 * np.cumsum(ranked) / (taken + ranked.sum())
    best = int(np.argmax(measured + expected))
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float(np.clip((ranked[best] + following) / 2, 0.05, 0.95))


class Calibration(BaseModel):
    """Calibration of every label, kind of opportunity and of sentiment.

    Attributes:
        labels: By name of the label.
        kinds: By name of the kind of opportunity.
        sentiment_cuts: Raw sentiments that stand for -1.5, -0.5, 0.5 and 1.5.
    """

    model_config = ConfigDict(extra="forbid")

    labels: dict[str, Calibrated]
    kinds: dict[str, Calibrated]
    sentiment_cuts: list[float] = [-1.5, -0.5, 0.5, 1.5]

    def evidence(self, call: Call, tags: CallTags) -> Evidence:
        """Calibrated probabilities of a call's turns, zero where a label does not apply."""
        labels = np.zeros(tags.labels.shape)
        kinds = np.zeros(tags.kinds.shape)
        sentiment = np.full(len(call.turns), np.nan)
        speakers = np.array([turn.speaker for turn in call.turns])
        for place, name in enumerate(codebook.LABEL_NAMES):
            rows = speakers == codebook.BY_NAME[name].speaker
            logits = tags.labels[rows, place].astype(np.float64)
            labels[rows, place] = self.labels[name].probability(logits)
        customer = speakers == "customer"
        for place, name in enumerate(codebook.KIND_NAMES):
            logits = tags.kinds[customer, place].astype(np.float64)
            kinds[customer, place] = self.kinds[name].probability(logits)
        sentiment[customer] = np.interp(
            tags.sentiment[customer],
            [-2.0, *self.sentiment_cuts, 2.0],
            [-2.0, -1.5, -0.5, 0.5, 1.5, 2.0],
        )
        return Evidence(call, tags, labels, kinds, sentiment)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each turn of a call.

    Attributes:
        call: The call.
        tags: The tagger's logits, for the sentences.
        labels: Probabilities, turns by labels of the codebook.
        kinds: Probabilities that an opportunity opens, turns by kinds.
        sentiment: -2 to 2 on customer turns, else `nan`.
    """

    call: Call
    tags: CallTags
    labels: Array
    kinds: Array
    sentiment: Array

    @property
    def sentences(self) -> SentenceSpans:
        """For each turn, where its sentences start and end."""
        return self.tags.sentences

    def of(self, label: str) -> Array:
        """Probability of a label on every turn."""
        return self.labels[:, _LABEL_PLACE[label]]

    def turns_of(self, speaker: str) -> npt.NDArray[np.intp]:
        """Indices (from 0) of a speaker's turns."""
        return np.flatnonzero([turn.speaker == speaker for turn in self.call.turns])

    def showing_sentence(self, turn: int, label: str) -> tuple[int, int]:
        """Where the sentence that shows a label most stands in its turn's text."""
        spans = self.sentences[turn]
        if not spans:
            return 0, len(self.call.turns[turn].text)
        best = int(np.argmax(self.tags.sentence_labels[turn][:, _LABEL_PLACE[label]]))
        return spans[best]
