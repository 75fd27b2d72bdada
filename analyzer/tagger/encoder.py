"""A BERT encoder as CPUs with bfloat16 like it: the same weights and outputs, less time.

The stock layers spend most of a forward pass outside of multiplication: in the softmax, in GELU, in
moving padded batches through memory. Here the three projections of attention are one
multiplication, GELU is computed where the product lies in a register, and attention is worked
through a few windows at a time, so that its weights never leave the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

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


def fast_network(shape: Mapping[str, Any], weights: Mapping[str, Tensor]) -> TaggerNetwork:
    """A network whose encoder is a `FastBert`.

    Args:
        shape: The configuration of the encoder.
        weights: Of encoder and heads, as in the `state_dict` of the usual network.

    Raises:
        ValueError: If weights are missing, left over, or of another size.
    """
    own = "encoder."
    encoder = {n.removeprefix(own): value for n, value in weights.items() if n.startswith(own)}
    network = TaggerNetwork(FastBert(shape, encoder), int(shape["hidden_size"]))
    for name, head in network.heads().items():
        head.load_state_dict({part: weights[f"{name}.{part}"] for part in head.state_dict()})
    return network


def can_read_fast(shape: Mapping[str, Any], device: torch.device, dtype: torch.dtype) -> bool:
    """Whether `FastBert` knows this encoder (its configuration) and this processor."""
    return (
        shape.get("model_type") == "bert"
        and shape.get("hidden_act") == "gelu"
        and device.type == "cpu"
        and dtype == torch.bfloat16
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )


class FastBert(nn.Module):
    """Inference with the weights of a Hugging Face BERT, in bfloat16 on CPUs.

    Args:
        shape: The configuration.
        weights: As the model's `state_dict` names them; they are not changed.

    Raises:
        ValueError: If weights are missing, left over, or of another size.
    """

    def __init__(self, shape: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        _check(shape, weights)
        own = _Weights(weights, float(shape["layer_norm_eps"]))
        embeddings = own.inside("embeddings")
        self.words = embeddings["word_embeddings.weight"].bfloat16()
        places = embeddings["position_embeddings.weight"]
        self.places = (places + embeddings["token_type_embeddings.weight"][0]).bfloat16()
        self.norm = embeddings.norm("LayerNorm")
        self.heads = int(shape["num_attention_heads"])
        self.layers = [
            _Layer(own.inside(f"encoder.layer.{number}"), self.heads)
            for number in range(int(shape["num_hidden_layers"]))
        ]

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


def _check(shape: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
    expected = dict(_sizes(shape))
    given = {name: tuple(value.shape) for name, value in weights.items()}
    if given != expected:
        names = [name for name in {**expected, **given} if given.get(name) != expected.get(name)]
        raise ValueError(f"weights that are not the encoder's: {', '.join(names[:3])}")


def _sizes(shape: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every weight of a BERT without pooler, and its size."""
    width, wide = int(shape["hidden_size"]), int(shape["intermediate_size"])
    yield "embeddings.word_embeddings.weight", (int(shape["vocab_size"]), width)
    yield "embeddings.position_embeddings.weight", (int(shape["max_position_embeddings"]), width)
    yield "embeddings.token_type_embeddings.weight", (int(shape["type_vocab_size"]), width)
    sizes: dict[str, tuple[int, ...]] = {"embeddings.LayerNorm": (width,)}
    for number in range(int(shape["num_hidden_layers"])):
        layer = f"encoder.layer.{number}"
        for part in ("query", "key", "value"):
            sizes[f"{layer}.attention.self.{part}"] = (width, width)
        sizes[f"{layer}.attention.output.dense"] = (width, width)
        sizes[f"{layer}.attention.output.LayerNorm"] = (width,)
        sizes[f"{layer}.intermediate.dense"] = (wide, width)
        sizes[f"{layer}.output.dense"] = (width, wide)
        sizes[f"{layer}.output.LayerNorm"] = (width,)
    for name, size in sizes.items():
        yield f"{name}.weight", size
        yield f"{name}.bias", size[:1]


class _Weights:
    """The weights of a part of the model, by their names within it."""

    def __init__(self, weights: Mapping[str, Tensor], eps: float, part: str = "") -> None:
        self._weights = weights
        self._eps = eps
        self._part = part

    def __getitem__(self, name: str) -> Tensor:
        return self._weights[self._part + name].detach()

    def inside(self, part: str) -> _Weights:
        """The weights of a part of this part."""
        return _Weights(self._weights, self._eps, f"{self._part}{part}.")

    def linear(self, name: str) -> _Linear:
        """A matrix with its bias."""
        return _Linear(self[f"{name}.weight"], self[f"{name}.bias"])

    def norm(self, name: str) -> nn.LayerNorm:
        """A normalisation of layers."""
        weight, bias = self[f"{name}.weight"], self[f"{name}.bias"]
        norm = nn.LayerNorm(weight.shape, self._eps, dtype=torch.bfloat16)
        norm.load_state_dict({"weight": weight.bfloat16(), "bias": bias.bfloat16()})
        return norm.requires_grad_(False)


class _Linear:
    """A matrix laid out for the processor, with its bias."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._bias = bias.bfloat16()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.bfloat16().contiguous(), None)

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

    def __init__(self, own: _Weights, heads: int) -> None:
        self._heads = heads
        attention = own.inside("attention.self")
        scale = (attention["query.bias"].shape[0] // heads) ** -0.5
        parts = [("query", scale), ("key", 1.0), ("value", 1.0)]
        self._project = _Linear(
            torch.cat([attention[f"{part}.weight"] * by for part, by in parts]),
            torch.cat([attention[f"{part}.bias"] * by for part, by in parts]),
        )
        self._merge = own.linear("attention.output.dense")
        self._norm = own.norm("attention.output.LayerNorm")
        self._widen = own.linear("intermediate.dense")
        self._narrow = own.linear("output.dense")
        self._last_norm = own.norm("output.LayerNorm")

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
