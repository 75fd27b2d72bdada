"""A BERT encoder as CPUs with bfloat16 like it: the same weights and outputs, less time.

The stock layers spend most of a forward pass outside of multiplication: in the softmax, in GELU, in
moving padded batches through memory. Here the three projections of attention are one
multiplication, GELU is computed where the product lies in a register, and attention is worked
through a few windows at a time, so that its weights never leave the cache.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from analyzer.tagger.network import TaggerNetwork

Attention = Callable[[Tensor, Tensor, int], Tensor]

_CACHED = 400_000
"""Attention weights computed at once: they fit the second-level cache of a core."""


_SHIFT = 48.0
"""Taken off every attention logit: those of real talk reach 106, and powers overflow from 88."""


@dataclass(slots=True)
class Encoded:
    """What the encoder says.

    Attributes:
        last_hidden_state: Windows by word pieces by width.
    """

    last_hidden_state: Tensor


def with_fast_encoder(
    network: TaggerNetwork, device: torch.device, dtype: torch.dtype
) -> TaggerNetwork:
    """The network with the fastest encoder for this processor; the given one stays as it is."""
    config: Any = network.encoder.config
    possible = (
        config.model_type == "bert"
        and config.hidden_act == "gelu"
        and device.type == "cpu"
        and dtype == torch.bfloat16
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
    if not possible:
        return network
    twin = copy.copy(network)
    twin._modules = {**network._modules, "encoder": FastBert(network.encoder)}
    return twin


class FastBert(nn.Module):
    """Inference with the weights of a Hugging Face BERT, in bfloat16 on CPUs.

    Args:
        encoder: The model; it is not changed.
    """

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        source: Any = encoder
        embeddings = source.embeddings
        self.words = embeddings.word_embeddings.weight.detach().bfloat16()
        places = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
        self.places = places.detach().bfloat16()
        self.norm = _norm(embeddings.LayerNorm)
        self.heads = int(source.config.num_attention_heads)
        self.layers = [_Layer(layer, self.heads) for layer in source.encoder.layer]

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Encoded:
        """Encode windows.

        Args:
            input_ids: Windows by word pieces.
            attention_mask: True where there is a word piece.
        """
        encoded = self._encode(input_ids, attention_mask, attend)
        if not encoded.isfinite().all():  # a power that is too large for the short way
            encoded = self._encode(input_ids, attention_mask, attend_stably)
        return Encoded(encoded)

    def _encode(self, input_ids: Tensor, attention_mask: Tensor, attention: Attention) -> Tensor:
        windows, length = input_ids.shape
        states = nn.functional.embedding(input_ids, self.words) + self.places[:length]
        states = self.norm(states).view(windows * length, -1)
        there = attention_mask.to(states.dtype).view(windows, 1, length, 1)
        for layer in self.layers:
            states = layer(states, there, attention)
        result: Tensor = states.view(windows, length, -1)
        return result


class _Linear:
    """A matrix laid out for the processor, with its bias."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._bias = bias.detach().bfloat16()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(
            weight.detach().bfloat16().contiguous(), None
        )

    def __call__(self, rows: Tensor) -> Tensor:
        return self._then("none", rows)

    def gelu(self, rows: Tensor) -> Tensor:
        """GELU of the product."""
        return self._then("gelu", rows)

    def plus(self, rows: Tensor, other: Tensor) -> Tensor:
        """The product and something else, added up."""
        result: Tensor = torch.ops.mkldnn._linear_pointwise.binary(
            rows, other, self._weight, self._bias, "add"
        )
        return result

    def _then(self, what: str, rows: Tensor) -> Tensor:
        result: Tensor = torch.ops.mkldnn._linear_pointwise(
            rows, self._weight, self._bias, what, [], "none"
        )
        return result


class _Layer:
    """One layer of the encoder."""

    def __init__(self, layer: Any, heads: int) -> None:
        own = layer.attention.self
        self._heads = heads
        scale = (own.query.weight.shape[0] // heads) ** -0.5
        parts = [(own.query, scale), (own.key, 1.0), (own.value, 1.0)]
        self._project = _Linear(
            torch.cat([part.weight * by for part, by in parts]),
            torch.cat([part.bias * by for part, by in parts]),
        )
        self._merge = _Linear(
            layer.attention.output.dense.weight, layer.attention.output.dense.bias
        )
        self._norm = _norm(layer.attention.output.LayerNorm)
        self._widen = _Linear(layer.intermediate.dense.weight, layer.intermediate.dense.bias)
        self._narrow = _Linear(layer.output.dense.weight, layer.output.dense.bias)
        self._last_norm = _norm(layer.output.LayerNorm)

    def __call__(self, states: Tensor, there: Tensor, attention: Attention) -> Tensor:
        seen = attention(self._project(states), there, self._heads)
        states = self._norm(self._merge.plus(seen, states))
        result: Tensor = self._last_norm(self._narrow.plus(self._widen.gelu(states), states))
        return result


def attend(projected: Tensor, there: Tensor, heads: int) -> Tensor:
    """Scaled dot-product attention, a few windows at a time.

    The weights are summed by the multiplication that weighs the values, as one more column of
    these; a place that is not there has no value and no part of the sum.

    Args:
        projected: Query (scaled), key and value, beside each other: word pieces by three widths.
        there: 1 where there is a word piece, else 0: windows by 1 by places by 1.
        heads: Attention heads.

    Returns:
        Word pieces by width; not finite where a logit is too large for powers of it.
    """
    windows, _, length, _ = there.shape
    query, key, value = _parts(projected, windows, heads)
    size = query.shape[-1]
    seen = projected.new_empty(windows, length, heads, size)
    step = max(1, _CACHED // (heads * length * length))
    for first in range(0, windows, step):
        some = slice(first, first + step)
        count = min(step, windows - first)
        values = projected.new_empty(count, heads, length, size + 1)
        torch.mul(value[some], there[some], out=values[..., :size])
        values[..., size:] = there[some]
        keys = key[some].reshape(count * heads, length, size)
        queries = query[some].reshape(count * heads, length, size)
        weights = torch.bmm(queries, keys.transpose(1, 2)).sub_(_SHIFT).exp_()
        weighed = torch.bmm(weights, values.view(count * heads, length, size + 1))
        weighed = weighed.view(count, heads, length, size + 1)
        torch.div(weighed[..., :size], weighed[..., size:], out=seen[some].transpose(1, 2))
    return seen.view(windows * length, heads * size)


def attend_stably(projected: Tensor, there: Tensor, heads: int) -> Tensor:
    """The same whatever the logits, by the longer way."""
    query, key, value = _parts(projected, there.shape[0], heads)
    mask = (there > 0).transpose(2, 3).expand(-1, 1, query.shape[2], -1)
    seen = nn.functional.scaled_dot_product_attention(query, key, value, mask, scale=1.0)
    return seen.transpose(1, 2).reshape(len(projected), -1)


def _parts(projected: Tensor, windows: int, heads: int) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value: windows by heads by places by size."""
    size = projected.shape[1] // 3 // heads
    query, key, value = projected.view(windows, -1, 3, heads, size).permute(2, 0, 3, 1, 4).unbind()
    return query, key, value


def _norm(norm: nn.LayerNorm) -> nn.LayerNorm:
    own = nn.LayerNorm(norm.normalized_shape, norm.eps, dtype=torch.bfloat16)
    own.load_state_dict({name: value.bfloat16() for name, value in norm.state_dict().items()})
    return own.requires_grad_(False)
