"""The network: one encoder, and linear heads that label every sentence of a window.

Labels are learnt a turn but scored a sentence: a turn's logit is the smooth maximum of its
sentences' (multiple-instance learning), so every finding comes with the sentence that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from analyzer import codebook
from analyzer.tagger.windows import Window

if TYPE_CHECKING:
    from transformers import PretrainedConfig

SENTIMENT_STEPS = len(codebook.SENTIMENTS) - 1
"""Sentiment is ordinal: the logits that it lies above -2, above -1, above 0 and above 1."""


NEVER = -30.0
"""The logit of a turn that says nothing."""


@dataclass(slots=True)
class Batch:
    """Windows padded to one length.

    Attributes:
        tokens: Word pieces, windows by length.
        mask: True where there is a word piece.
        row: For each sentence, its window in the batch.
        marker: For each sentence, the place of its turn's marker.
        begin: For each sentence, its first word piece.
        end: For each sentence, one past its last word piece.
    """

    tokens: Tensor
    mask: Tensor
    row: Tensor
    marker: Tensor
    begin: Tensor
    end: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on another device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


@dataclass(slots=True)
class SentenceLogits:
    """What the network says of each sentence of a batch, in order.

    Attributes:
        labels: Sentences by labels of the codebook.
        kinds: Sentences by kinds of opportunity.
        sentiment: Sentences by ordinal steps.
    """

    labels: Tensor
    kinds: Tensor
    sentiment: Tensor


def collate(windows: list[Window], padding: int) -> Batch:
    """Pad windows to the longest of them."""
    longest = max(len(window.tokens) for window in windows)
    tokens = torch.full((len(windows), longest), padding, dtype=torch.long)
    mask = torch.zeros((len(windows), longest), dtype=torch.bool)
    rows: list[tuple[int, int, int, int]] = []
    for number, window in enumerate(windows):
        tokens[number, : len(window.tokens)] = torch.tensor(window.tokens)
        mask[number, : len(window.tokens)] = True
        rows.extend((number, marker, begin, end) for _, _, marker, begin, end in window.sentences)
    row, marker, begin, end = torch.tensor(rows, dtype=torch.long).reshape(-1, 4).unbind(1)
    return Batch(tokens, mask, row, marker, begin, end)


class TaggerNetwork(nn.Module):
    """Encoder and heads.

    Args:
        encoder: Any Hugging Face encoder, or one that is called like it.
        width: Numbers by which the encoder describes a word piece.
        dropout: Dropout before the heads.
    """

    def __init__(self, encoder: nn.Module, width: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder: Any = encoder
        self.dropout = nn.Dropout(dropout)
        self.labels = nn.Linear(2 * width, len(codebook.LABEL_NAMES))
        self.kinds = nn.Linear(2 * width, len(codebook.KIND_NAMES))
        self.sentiment = nn.Linear(2 * width, SENTIMENT_STEPS)

    @classmethod
    def from_config(cls, config: dict[str, object]) -> TaggerNetwork:
        """An empty network of the shape that a stored configuration describes."""
        from transformers import AutoConfig, AutoModel  # not at the top: takes seconds

        settings = dict(config)
        model_type = str(settings.pop("model_type"))
        shape: PretrainedConfig = AutoConfig.for_model(model_type, **settings)
        body = AutoModel.from_config(shape, **_without_pooler(model_type))
        return cls(body, shape.hidden_size)

    @classmethod
    def from_pretrained(cls, encoder: str, vocabulary: int, dropout: float) -> TaggerNetwork:
        """A network on a pretrained encoder (a Hugging Face name or a folder).

        Dropout inside the encoder is off: on CPUs it costs two thirds of the training speed.
        """
        from transformers import AutoConfig, AutoModel

        from analyzer.tagger import attention

        shape = AutoConfig.from_pretrained(encoder)
        for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout"):
            if hasattr(shape, name):
                setattr(shape, name, 0.0)
        body = AutoModel.from_pretrained(
            encoder,
            config=shape,
            attn_implementation=attention.register(),
            **_without_pooler(shape.model_type),
        )
        body.resize_token_embeddings(vocabulary, mean_resizing=False)
        return cls(body, shape.hidden_size, dropout)

    def heads(self) -> dict[str, nn.Linear]:
        """The linear heads by their names."""
        return {"labels": self.labels, "kinds": self.kinds, "sentiment": self.sentiment}

    def forward(self, batch: Batch) -> SentenceLogits:
        """Logits of every labelled sentence of the batch, in the order of the windows."""
        states = self.encoder(input_ids=batch.tokens, attention_mask=batch.mask).last_hidden_state
        # Means of word pieces from running sums: no loop over sentences.
        sums = torch.cumsum(states.float(), dim=1)
        sums = nn.functional.pad(sums, (0, 0, 1, 0))
        count = (batch.end - batch.begin).clamp(min=1).unsqueeze(1)
        mean = (sums[batch.row, batch.end] - sums[batch.row, batch.begin]) / count
        marker = states[batch.row, batch.marker].float()
        view = self.dropout(torch.cat([marker, mean], dim=1))
        return SentenceLogits(self.labels(view), self.kinds(view), self.sentiment(view))


def _without_pooler(model_type: str) -> dict[str, bool]:
    return {"add_pooling_layer": False} if model_type in {"bert", "roberta", "xlm-roberta"} else {}


def pool_sentences(logits: Tensor, turn: Tensor, turns: int) -> Tensor:
    """Smooth maximum (log-sum-exp) of the sentences of each turn.

    Args:
        logits: Sentences by labels.
        turn: For each sentence, the number of its turn, from 0.
        turns: How many turns there are.

    Returns:
        Turns by labels; turns without a sentence are very negative.
    """
    index = turn.unsqueeze(1).expand_as(logits)
    highest = logits.new_full((turns, logits.shape[1]), NEVER)
    highest = highest.scatter_reduce(0, index, logits.detach(), "amax")
    total = logits.new_zeros(turns, logits.shape[1])
    total = total.scatter_add(0, index, torch.exp(logits - highest[turn]))
    return highest + torch.log(total.clamp(min=1e-12))


def mean_of_sentences(logits: Tensor, turn: Tensor, turns: int) -> Tensor:
    """Mean over the sentences of each turn (turns by columns)."""
    index = turn.unsqueeze(1).expand_as(logits)
    total = logits.new_zeros(turns, logits.shape[1]).scatter_add(0, index, logits)
    count = logits.new_zeros(turns).scatter_add(0, turn, torch.ones_like(turn, dtype=logits.dtype))
    return total / count.clamp(min=1).unsqueeze(1)


def expected_sentiment(steps: Tensor) -> Tensor:
    """Expected sentiment, -2 to 2, from the logits of the ordinal steps (turns by steps)."""
    return torch.sigmoid(steps).sum(1) + codebook.SENTIMENTS[0]
