"""From the tagger's logits to calibrated probabilities: what is known of each turn of a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from analyzer import codebook
from analyzer.call import Call
from analyzer.context import Side, context_rows
from analyzer.linear import Array, LinearModel
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.windows import SentenceSpans
from analyzer.tagger.words import OUTPUTS, columns_of

WORDS_SHARE = 0.25
"""What the word model says counts so much in a customer's sentiment.

That is beside its part in what the turns beside and the whole exchange say. On authored calls those
are right more often, on real chats the word model is (`models/NOTES.md`)."""

_SENTIMENT = OUTPUTS.index("sentiment")
_LABEL_PLACE = {name: place for place, name in enumerate(codebook.LABEL_NAMES)}


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
    """From logits to probabilities, in the light of the turns beside, and when a finding counts.

    Platt scaling (Platt, J., 1999, Probabilistic outputs for support vector machines) with the
    logits of the neighbouring turns beside the turn's own; its mean with what the whole exchange
    says (see `ExchangeModel`) is what counts, for sentiment together with the word model's.

    Attributes:
        customer: Cues and kinds of opportunity (logits), and sentiment, of a customer turn.
        agent: Care and flags (logits) of an agent turn.
        thresholds: For each label, the probability from which a finding counts.
        harm_from: From how much harm (see `Evidence.harm`) an agent turn is flagged though no
            label is sure by itself; None for never.
        sentiment_cuts: Outputs for sentiment that stand for -1.5, -0.5, 0.5 and 1.5.
    """

    model_config = ConfigDict(extra="forbid")

    customer: LinearModel
    agent: LinearModel
    thresholds: dict[str, float] = {}
    harm_from: float | None = None
    sentiment_cuts: list[float] = [-1.5, -0.5, 0.5, 1.5]

    def evidence(self, call: Call, tags: CallTags) -> Evidence:
        """Calibrated probabilities of a call's turns, zero where a label does not apply."""
        labels = np.zeros(tags.labels.shape)
        kinds = np.zeros(tags.kinds.shape)
        sentiment = np.full(len(call.turns), np.nan)
        speakers = np.array([turn.speaker for turn in call.turns])
        customer = speakers == "customer"
        if customer.any():
            outputs = self.outputs(call, tags, "customer")
            cues = len(codebook.CUE_NAMES)
            labels[np.ix_(customer, _places(codebook.CUE_NAMES))] = _chances(outputs[:, :cues])
            kinds[customer] = _chances(outputs[:, cues:-1])
            sentiment[customer] = self._on_scale(outputs[:, -1])
        agent = speakers == "agent"
        if agent.any():
            outputs = self.outputs(call, tags, "agent")
            names = codebook.labels_for("agent")
            labels[np.ix_(agent, _places(names))] = _chances(outputs)
        return Evidence(call, tags, labels, kinds, sentiment)

    def outputs(self, call: Call, tags: CallTags, side: Side) -> Array:
        """Logits (and sentiment, not yet on its scale) of a side's turns, in order."""
        model = self.customer if side == "customer" else self.agent
        outputs = model.outputs(context_rows(call, tags, side))
        ours = np.array([turn.speaker == side for turn in call.turns])
        if tags.exchange is not None:
            outputs = (outputs + tags.exchange[ours][:, columns_of(side)]) / 2
        if side == "customer":
            by_words = tags.words[ours, _SENTIMENT]
            outputs[:, -1] += WORDS_SHARE * (by_words - outputs[:, -1])
        return outputs

    def _on_scale(self, outputs: Array) -> Array:
        cuts = np.array([-2.0, *self.sentiment_cuts, 2.0])
        return np.interp(outputs, cuts, [-2.0, -1.5, -0.5, 0.5, 1.5, 2.0])


def _places(names: Sequence[str]) -> list[int]:
    return [_LABEL_PLACE[name] for name in names]


def _chances(logits: Array) -> Array:
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))
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

    def outcomes(self, turn: int) -> Array | None:
        """How likely what opens at a turn is seized, half seized, missed, by the whole exchange."""
        if self.tags.exchange is None:
            return None
        powers = np.exp(self.tags.exchange[turn, len(OUTPUTS) :].astype(np.float64))
        result: Array = powers / powers.sum()
        return result

    def of_all(self, labels: Sequence[str]) -> Array:
        """Probabilities of some labels, turns by labels."""
        result: Array = self.labels[:, _places(labels)]
        return result

    @property
    def harm(self) -> Array:
        """How many harmful labels each turn is expected to carry."""
        result: Array = self.of_all(codebook.HARMFUL).sum(axis=1)
        return result

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
