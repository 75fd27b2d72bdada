"""The tagger on disk: weights packed small, the tokenizer, and the settings of both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from analyzer import codebook
from analyzer.errors import ModelError
from analyzer.tagger.network import TaggerNetwork
from analyzer.tagger.windows import WindowSettings
from analyzer.tagger.word_pieces import WordPieces

WEIGHTS = "model.safetensors"
SETTINGS = "tagger.json"
TOKENIZER = "tokenizer.json"
SCALE = ".scale"

_NOT_SHAPE = ("_name_or_path", "transformers_version", "architectures", "dtype", "torch_dtype")


@dataclass(frozen=True, slots=True)
class TaggerParts:
    """What a tagger is made of.

    Attributes:
        shape: The configuration of the encoder, as transformers knows it.
        weights: Of encoder and heads, by name.
        tokenizer: Cuts text into word pieces.
        windows: How calls are cut.
    """

    shape: dict[str, Any]
    weights: dict[str, Tensor]
    tokenizer: WordPieces
    windows: WindowSettings

    @classmethod
    def of(
        cls, network: TaggerNetwork, tokenizer: WordPieces, windows: WindowSettings
    ) -> TaggerParts:
        """The parts of a network with a Hugging Face encoder."""
        return cls(network.encoder.config.to_dict(), network.state_dict(), tokenizer, windows)

    def network(self) -> TaggerNetwork:
        """The network, with a Hugging Face encoder.

        Raises:
            KeyError, ValueError, RuntimeError: If the weights are not those of the encoder.
        """
        network = TaggerNetwork.from_config(self.shape)
        network.load_state_dict(self.weights)
        return network


def save_model(
    folder: Path,
    network: TaggerNetwork,
    tokenizer: WordPieces,
    windows: WindowSettings,
    **notes: Any,
) -> None:
    """Write a tagger into a folder; `notes` (how it was trained) stand with the settings."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_packed(network), folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors makes it readable to its owner alone
    tokenizer.backend.save(str(folder / TOKENIZER))
    shape = network.encoder.config.to_dict()
    stored = {
        **notes,
        "encoder": {name: value for name, value in shape.items() if name not in _NOT_SHAPE},
        "windows": {"pieces": windows.pieces, "context": windows.context},
        "special_tokens": tokenizer.special_tokens,
        "labels": codebook.LABEL_NAMES,
        "kinds": codebook.KIND_NAMES,
    }
    (folder / SETTINGS).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def load_model(folder: Path) -> tuple[TaggerNetwork, WordPieces, WindowSettings]:
    """Read a tagger from a folder that `save_model` wrote, with a Hugging Face encoder.

    Raises:
        ModelError: As `read_parts` does, and if the weights are not those of the encoder.
    """
    with telling_what_fails(folder):
        parts = read_parts(folder)
        return parts.network(), parts.tokenizer, parts.windows


def read_parts(folder: Path) -> TaggerParts:
    """Read the files that `save_model` wrote into a folder; nothing is fetched.

    Raises:
        ModelError: If a file is missing or does not fit this version of the codebook.
    """
    with telling_what_fails(folder):
        stored = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        _check_codebook(stored, folder)
        text = (folder / TOKENIZER).read_text(encoding="utf-8")
        tokenizer = WordPieces(_tokenizer(text), stored["special_tokens"])
        if len(tokenizer) > stored["encoder"]["vocab_size"]:
            raise ValueError(f"{TOKENIZER} knows more word pieces than {WEIGHTS}")
        return TaggerParts(
            stored["encoder"],
            _unpacked(load_file(folder / WEIGHTS)),
            tokenizer,
            WindowSettings(**stored["windows"]),
        )


@contextmanager
def telling_what_fails(folder: Path) -> Iterator[None]:
    """What goes wrong inside, with the model's files, as a `ModelError`."""
    try:
        yield
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"the model cannot be loaded ({error}).",
            source=str(folder),
            remedy="Install the package again, or name the folder of a trained model.",
        ) from error


def _tokenizer(stored: str) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_str(stored)
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"{TOKENIZER}: {error}") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _packed(network: TaggerNetwork) -> dict[str, Tensor]:
    """Weights in half precision; word vectors, half of them all, as bytes with a scale a word."""
    words: Tensor = network.encoder.get_input_embeddings().weight
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
