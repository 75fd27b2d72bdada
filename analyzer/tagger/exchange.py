"""The whole exchange: a small recurrent model over what was said of every turn of a call.

The transformer reads a few turns at a time and the words know one; whether a short "212!!" is a
complaint, or whether a brief "sorry" made good what went before, lies in the course of the call.
This model reads, in both directions, what transformer and words say of each turn, and says it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from analyzer import codebook
from analyzer.call import Call
from analyzer.errors import ModelError
from analyzer.tagger.call_tags import CallTags, FloatArray
from analyzer.tagger.turn_places import PLACES, turn_places
from analyzer.tagger.words import OUTPUTS, SPEAKERS, columns_of, outputs_of

WEIGHTS = "exchange.safetensors"

OUTCOMES = codebook.OUTCOMES
"""What becomes of an opportunity that opens at a turn, as logits of a softmax."""

HIDDEN = 96
DROPOUT = 0.3
TURNS_A_BATCH = 4096
"""Turns, padding included, that are read at once."""

FEATURES = sum(2 * len(outputs_of(speaker)) + 1 for speaker in SPEAKERS) + len(PLACES)
"""Of a turn: what is said of it, in the columns of its speaker, who that is, and its places."""


class ExchangeNetwork(nn.Module):
    """A bidirectional gated recurrent unit beside what transformer and words say by themselves."""

    def __init__(self, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.inward = nn.Sequential(nn.Linear(FEATURES, hidden), nn.GELU(), nn.Dropout(DROPOUT))
        self.recurrent = nn.GRU(hidden, hidden, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(3 * hidden, len(OUTPUTS) + len(OUTCOMES))
        nn.init.zeros_(self.head.weight)
        self.own_weight = nn.Parameter(torch.tensor([[0.6], [0.3]]).repeat(1, len(OUTPUTS)))

    def forward(self, rows: Tensor, said: Tensor, lengths: Tensor) -> Tensor:
        """Calls by turns by outputs and outcomes.

        Args:
            rows: Calls by turns by features; see `inputs_of`.
            said: Calls by turns by (transformer, words) by outputs.
            lengths: Turns of each call.
        """
        own_turn = self.inward(rows)
        packed = pack_padded_sequence(own_turn, lengths, batch_first=True, enforce_sorted=False)
        whole_call, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        logits: Tensor = self.head(self.dropout(torch.cat([own_turn, whole_call], -1)))
        own = (said * self.own_weight).sum(-2)
        return torch.cat([logits[..., : len(OUTPUTS)] + own, logits[..., len(OUTPUTS) :]], -1)


class ExchangeModel:
    """Reads what was said of the turns of a call as a whole.

    Args:
        members: Trained networks, whose outputs are averaged.
    """

    def __init__(self, members: Sequence[ExchangeNetwork]) -> None:
        self._members = [member.eval() for member in members]

    @torch.inference_mode()
    def read(self, calls: Sequence[Call], tags: Sequence[CallTags]) -> list[FloatArray]:
        """For each call, turns by `OUTPUTS` and `OUTCOMES`; calls are read together."""
        inputs = [inputs_of(call, known) for call, known in zip(calls, tags, strict=True)]
        found: list[FloatArray] = [np.zeros((0, 0), np.float32)] * len(calls)
        for batch in _batches([len(rows) for rows, _ in inputs]):
            lengths = torch.tensor([len(inputs[place][0]) for place in batch])
            rows, said = (
                pad_sequence([inputs[place][part] for place in batch], batch_first=True)
                for part in (0, 1)
            )
            outputs = torch.stack([member(rows, said, lengths) for member in self._members])
            for place, output in zip(batch, outputs.mean(0), strict=True):
                found[place] = output[: len(inputs[place][0])].numpy()
        return found

    def save(self, folder: Path) -> None:
        """Write the weights (half precision) into a folder."""
        weights = {
            f"{number}.{name}": value.half().contiguous()
            for number, member in enumerate(self._members)
            for name, value in member.state_dict().items()
        }
        save_file(weights, folder / WEIGHTS)
        (folder / WEIGHTS).chmod(0o644)  # safetensors makes it readable to its owner alone

    @classmethod
    def load(cls, folder: Path) -> ExchangeModel:
        """Read from a folder that `save` wrote.

        Raises:
            ModelError: If the file is missing or broken.
        """
        try:
            stored = load_file(folder / WEIGHTS)
            members: dict[str, dict[str, Tensor]] = {}
            for name, value in stored.items():
                number, _, part = name.partition(".")
                members.setdefault(number, {})[part] = value.float()
            if not members:
                raise KeyError("no weights")
            return cls([_network(weights) for weights in members.values()])
        except (OSError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"the model of the exchange cannot be loaded ({error}).",
                source=str(folder),
                remedy="Install the package again, or name the folder of a model trained with this "
                "version.",
            ) from error


def _network(weights: dict[str, Tensor]) -> ExchangeNetwork:
    network = ExchangeNetwork(hidden=len(weights["inward.0.bias"]))
    network.load_state_dict(weights)
    return network


def inputs_of(call: Call, tags: CallTags) -> tuple[Tensor, Tensor]:
    """Turns by features, and what transformer and words say: turns by 2 by `OUTPUTS`."""
    said = np.stack(tags.by_turn(), axis=1).astype(np.float32)
    return torch.from_numpy(_rows(call, said)), torch.from_numpy(said)


def _rows(call: Call, said: FloatArray) -> FloatArray:
    """Turns by what is said of each side's turns (zero on the other's), who speaks, and places."""
    speakers = np.array([turn.speaker for turn in call.turns])
    known = np.isin(speakers, SPEAKERS)[:, None]
    blocks = []
    for speaker in SPEAKERS:
        theirs = (speakers == speaker)[:, None]
        # Logits lie about -3, and differ by about as much.
        logits = (said[:, :, columns_of(speaker)].reshape(len(said), -1) + 3) / 3
        blocks += [logits * theirs, theirs]
    rows = np.concatenate([*blocks, turn_places(call) * known], axis=1)
    return rows.astype(np.float32)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of calls of similar length, whose padded turns stay within the budget."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[place] * (len(batch) + 1) > TURNS_A_BATCH:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
