"""The encoder in its fast form says what the stock one says."""

from __future__ import annotations

import pytest
import torch

from analyzer.tagger.encoder import FastBert, attend, attend_stably

pytestmark = pytest.mark.skipif(
    not hasattr(torch.ops.mkldnn, "_linear_pointwise"), reason="torch without oneDNN"
)


@pytest.fixture(scope="module")
def stock():
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=500,
        hidden_size=96,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=192,
        max_position_embeddings=128,
    )
    return BertModel(config, add_pooling_layer=False).eval()


@pytest.fixture(scope="module")
def windows() -> tuple[torch.Tensor, torch.Tensor]:
    """Windows of unlike lengths, padded."""
    lengths = torch.tensor([1, 3, 40, 41, 60, 60, 77])
    mask = torch.arange(77)[None] < lengths[:, None]
    generator = torch.Generator().manual_seed(2)
    tokens = torch.randint(1, 500, mask.shape, generator=generator)
    return tokens * mask, mask


def _fast(stock) -> FastBert:
    return FastBert(stock.config.to_dict(), stock.state_dict())


@torch.inference_mode()
def test_the_fast_encoder_is_as_close_to_full_precision_as_the_stock_one(stock, windows) -> None:
    tokens, mask = windows
    exact = stock(input_ids=tokens, attention_mask=mask).last_hidden_state[mask]
    quick = _fast(stock)(input_ids=tokens, attention_mask=mask).last_hidden_state[mask]
    rough = type(stock)(stock.config, add_pooling_layer=False).eval().bfloat16()
    rough.load_state_dict(stock.state_dict())
    halved = rough(input_ids=tokens, attention_mask=mask).last_hidden_state[mask]
    off = (quick.float() - exact).square().mean().sqrt()
    assert off < 1.5 * (halved.float() - exact).square().mean().sqrt()
    assert off < 0.02 * exact.square().mean().sqrt()


@torch.inference_mode()
def test_a_window_is_read_alike_alone_and_among_others(stock, windows) -> None:
    tokens, mask = windows
    quick = _fast(stock)
    together = quick(input_ids=tokens, attention_mask=mask).last_hidden_state[3, :41]
    alone = quick(input_ids=tokens[3:4, :41], attention_mask=mask[3:4, :41]).last_hidden_state[0]
    assert (together.float() - alone.float()).abs().max() < 0.1


@torch.inference_mode()
def test_logits_too_large_for_the_short_way_are_weighed_the_long_way(stock, windows) -> None:
    tokens, mask = windows
    there = mask.bfloat16().view(7, 1, 77, 1)
    projected = torch.randn(7 * 77, 96 * 3).bfloat16() * 40
    assert not attend(projected, there, 3).isfinite().all()
    assert attend_stably(projected, there, 3).isfinite().all()
    loud = type(stock)(stock.config, add_pooling_layer=False).eval()
    loud.load_state_dict(stock.state_dict())
    for layer in loud.encoder.layer:
        layer.attention.self.query.weight.mul_(4_000)
        layer.attention.self.key.weight.mul_(4_000)
    said = _fast(loud)(input_ids=tokens, attention_mask=mask).last_hidden_state
    assert said[mask].isfinite().all()


@torch.inference_mode()
def test_the_number_of_threads_changes_nothing(stock, windows) -> None:
    tokens, mask = windows
    quick = _fast(stock)
    before = torch.get_num_threads()
    said = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        said.append(quick(input_ids=tokens, attention_mask=mask).last_hidden_state)
    torch.set_num_threads(before)
    assert torch.equal(said[0][mask], said[1][mask])
