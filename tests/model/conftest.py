"""A tiny encoder of our own making and few calls, so that training can be tested in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_training import train_tiny
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from analyzer.bundled import bundled_model
from analyzer.corpus import LabelledCall
from analyzer.tagger.training_settings import TrainingSettings


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a small, random Hugging Face encoder with the bundled tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(bundled_model() / "tokenizer.json"),
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        mask_token="[MASK]",
    )
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def few(corpus: list[LabelledCall]) -> list[LabelledCall]:
    """Some calls of each of three authors."""
    return [
        call
        for author in ("a1", "a4", "a9")
        for call in [one for one in corpus if one.author == author][:14]
    ]


@pytest.fixture(scope="session")
def quick(tiny_encoder: str) -> TrainingSettings:
    """How the tiny encoder is trained, in seconds."""
    return replace(
        TrainingSettings(), encoder=tiny_encoder, epochs=1, epochs_again=1, pieces_a_step=8192
    )


@pytest.fixture(scope="session")
def others(corpus: list[LabelledCall]) -> list[LabelledCall]:
    """Calls that are learnt from and not measured on."""
    return [call for call in corpus if call.author == "a2"][:4]


@pytest.fixture(scope="session")
def trained(
    few: list[LabelledCall],
    others: list[LabelledCall],
    quick: TrainingSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder of a model of the tiny encoder, with all that training writes."""
    folder = tmp_path_factory.mktemp("model")
    train_tiny(few, others, quick, folder)
    return folder
