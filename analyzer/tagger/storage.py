"""The tagger on disk: weights packed small, the tokenizer, and the settings of both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from analyzer import codebook
from analyzer.errors import ModelError
from analyzer.tagger.network import TaggerNetwork
from analyzer.tagger.windows import WindowSettings

WEIGHTS = "model.safetensors"
SETTINGS = "tagger.json"
TOKENIZER = "tokenizer.json"
SCALE = ".scale"

_SPECIAL_TOKENS = ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")
_NOT_SHAPE = ("_name_or_path", "transformers_version", "architectures", "dtype", "torch_dtype")


def save_model(
    folder: Path,
    network: TaggerNetwork,
    tokenizer: PreTrainedTokenizerFast,
    windows: WindowSettings,
    **notes: Any,
) -> None:
    """Write a tagger into a folder; `notes` (how it was trained) stand with the settings."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_packed(network), folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors makes it readable to its owner alone
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    shape = network.encoder.config.to_dict()
    stored = {
        **notes,
        "encoder": {name: value for name, value in shape.items() if name not in _NOT_SHAPE},
        "windows": {"pieces": windows.pieces, "context": windows.context},
        "special_tokens": {name: getattr(tokenizer, name) for name in _SPECIAL_TOKENS},
        "labels": codebook.LABEL_NAMES,
        "kinds": codebook.KIND_NAMES,
    }
    (folder / SETTINGS).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def load_model(folder: Path) -> tuple[TaggerNetwork, PreTrainedTokenizerFast, WindowSettings]:
    """Read a tagger from a folder that `save_model` wrote; nothing is fetched.

    Raises:
        ModelError: If a file is missing or does not fit this version of the codebook.
    """
    try:
        stored = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        _check_codebook(stored, folder)
        network = TaggerNetwork.from_config(stored["encoder"])
        network.load_state_dict(_unpacked(load_file(folder / WEIGHTS)))
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_file=str(folder / TOKENIZER), **stored["special_tokens"]
        )
        return network, tokenizer, WindowSettings(**stored["windows"])
    except (OSError, KeyError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"the model cannot be loaded ({error}).",
            source=str(folder),
            remedy="Install the package again, or name the folder of a trained model.",
        ) from error


def _packed(network: TaggerNetwork) -> dict[str, Tensor]:
    """Weights in half precision; word vectors, half of them all, as bytes with a scale a word."""
    words = cast(Tensor, network.encoder.get_input_embeddings().weight)
    packed = {}
    for name, value in network.state_dict().items():
        exact = value.detach().float().cpu()
        if value.data_ptr() == words.data_ptr():
            scale = exact.abs().amax(dim=1, keepdim=True).clamp(min=1e-6) / 127
            packed[name] = torch.round(exact / scale).to(torch.int8)
            packed[name + SCALE] = scale
        else:
            packed[name] = exact.half().contiguous()
    return packed


def _unpacked(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: value.float() * stored.get(name + SCALE, torch.ones(1))
        for name, value in stored.items()
        if not name.endswith(SCALE)
    }


def _check_codebook(stored: dict[str, Any], folder: Path) -> None:
    if (
        tuple(stored["labels"]) != codebook.LABEL_NAMES
        or tuple(stored["kinds"]) != codebook.KIND_NAMES
    ):
        raise ModelError(
            "the model was trained for another codebook.",
            source=str(folder),
            remedy="Train it again with `analyzer train`.",
        )
