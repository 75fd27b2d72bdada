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

FEWEST_TO_CALIBRATE = 3

_LABEL_PLACE = {name: place for place, name in enumerate(codebook.LABEL_NAMES)}


class Calibrated(BaseModel):
    """Platt scaling of the transformer's and the words' logit, and when a finding counts.

    Attributes:
        slope: Weight of the transformer's logit.
        word_slope: Weight of the word model's logit.
        intercept: Added to both.
        threshold: The probability from which a finding counts.
    """

    model_config = ConfigDict(extra="forbid")

    slope: float
    word_slope: float
    intercept: float
    threshold: float = Field(ge=0, le=1)

    def probability(self, logits: Array, words: Array) -> Array:
        """Calibrated probabilities of logits."""
        total = self.slope * logits + self.word_slope * words + self.intercept
        result: Array = 1.0 / (1.0 + np.exp(-np.clip(total, -30, 30)))
        return result

    @classmethod
    def fit(cls, logits: Array, words: Array, gold: Array) -> Calibrated:
        """Fit on logits of unseen calls; the threshold is the one with the best expected F1.

        Platt, J. (1999), Probabilistic outputs for support vector machines.
        """
        if gold.sum() < FEWEST_TO_CALIBRATE:
            return cls(slope=1.0, word_slope=0.0, intercept=-3.0, threshold=0.5)
        fitted = LogisticRegression(C=1.0).fit(np.stack([logits, words], 1), gold)
        slope, word_slope = fitted.coef_[0].tolist()
        calibrated = cls(
            slope=slope, word_slope=word_slope, intercept=float(fitted.intercept_[0]), threshold=0.5
        )
        calibrated.threshold = best_threshold(calibrated.probability(logits, words), gold)
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
        sentiment_weights: Of the transformer's sentiment, of the words', and a constant.
        sentiment_cuts: Weighted sentiments that stand for -1.5, -0.5, 0.5 and 1.5.
    """

    model_config = ConfigDict(extra="forbid")

    labels: dict[str, Calibrated]
    kinds: dict[str, Calibrated]
    sentiment_weights: tuple[float, float, float] = (1.0, 0.0, 0.0)
    sentiment_cuts: list[float] = [-1.5, -0.5, 0.5, 1.5]

    def evidence(self, call: Call, tags: CallTags) -> Evidence:
        """Calibrated probabilities of a call's turns, zero where a label does not apply."""
        labels = np.zeros(tags.labels.shape)
        kinds = np.zeros(tags.kinds.shape)
        sentiment = np.full(len(call.turns), np.nan)
        words = tags.words.astype(np.float64)
        speakers = np.array([turn.speaker for turn in call.turns])
        for place, name in enumerate(codebook.LABEL_NAMES):
            rows = speakers == codebook.BY_NAME[name].speaker
            logits = tags.labels[rows, place].astype(np.float64)
            said = words[rows, place]
            labels[rows, place] = self.labels[name].probability(logits, said)
        customer = speakers == "customer"
        for place, name in enumerate(codebook.KIND_NAMES):
            logits = tags.kinds[customer, place].astype(np.float64)
            said = words[customer, len(codebook.LABEL_NAMES) + place]
            kinds[customer, place] = self.kinds[name].probability(logits, said)
        sentiment[customer] = np.interp(
            self.weighted_sentiment(tags)[customer],
            [-2.0, *self.sentiment_cuts, 2.0],
            [-2.0, -1.5, -0.5, 0.5, 1.5, 2.0],
        )
        return Evidence(call, tags, labels, kinds, sentiment)

    def weighted_sentiment(self, tags: CallTags) -> Array:
        """The transformer's and the words' sentiment together, a turn."""
        of_network, of_words, constant = self.sentiment_weights
        total = of_network * tags.sentiment + of_words * tags.words[:, -1] + constant
        result: Array = np.clip(total, -2.0, 2.0).astype(np.float64)
        return result


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
