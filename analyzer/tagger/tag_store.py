"""Tags of labelled calls on disk, so that what follows the tagger can be fitted and measured."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from analyzer.call import Call
from analyzer.errors import CorpusError
from analyzer.language import sentences_of
from analyzer.tagger.call_tags import CallTags, FloatArray

_LOGITS = ("labels", "kinds", "sentiment", "words", "exchange")


def fingerprint(call: Call) -> str:
    """What identifies a call's words, whatever its id: a hash of speakers and texts."""
    said = "\n".join(f"{turn.speaker}: {turn.text}" for turn in call.turns)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def rounded(logits: FloatArray) -> FloatArray:
    """Logits as they are stored: two digits are enough, and pack into half the room."""
    return logits.round(2).astype(np.float16).astype(np.float32)


def save_tags(path: Path, tags: Mapping[str, CallTags]) -> None:
    """Write tags by the fingerprints of their calls, in half precision, all or nothing.

    Raises:
        ValueError: If what the exchange says is known of some calls alone.
    """
    columns = {
        "fingerprints": np.array(list(tags)),
        "turns": np.array([len(one.labels) for one in tags.values()]),
        "sentences": np.array([len(part) for one in tags.values() for part in one.sentence_labels]),
        "labels": np.concatenate([one.labels for one in tags.values()]),
        "kinds": np.concatenate([one.kinds for one in tags.values()]),
        "sentiment": np.concatenate([one.sentiment for one in tags.values()]),
        "words": np.concatenate([one.words for one in tags.values()]),
        "sentence_labels": np.concatenate(
            [part for one in tags.values() for part in one.sentence_labels]
        ),
    }
    exchanges = [one.exchange for one in tags.values() if one.exchange is not None]
    if exchanges and len(exchanges) < len(tags):
        raise ValueError("of some calls it is known what the exchange says, of others not")
    if exchanges:
        columns["exchange"] = np.concatenate(exchanges)
    for name in (*_LOGITS, "sentence_labels"):
        if name in columns:
            columns[name] = rounded(columns[name]).astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **columns)
    os.replace(partial, path)


def load_tags(path: Path, calls: Sequence[Call]) -> dict[str, CallTags]:
    """Read the tags of those of `calls` that the file holds, by call id.

    Raises:
        CorpusError: If sentences are found otherwise than when the call was tagged.
    """
    with np.load(path, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in stored.files}
    by_fingerprint = {fingerprint(call): call for call in calls}
    turn_ends = np.cumsum(columns["turns"])
    sentence_ends = np.concatenate([[0], np.cumsum(columns["sentences"])])
    found = {}
    for key, end, turns in zip(
        columns["fingerprints"].tolist(),
        turn_ends.tolist(),
        columns["turns"].tolist(),
        strict=True,
    ):
        call = by_fingerprint.get(key)
        if call is None:
            continue
        rows = slice(end - turns, end)
        sentences = sentences_of(call)
        counts = columns["sentences"][rows].tolist()
        if [len(spans) for spans in sentences] != counts:
            raise CorpusError(
                f"call {call.id!r} has other sentences than when it was tagged.",
                source=str(path),
                remedy="Train the model again.",
            )
        part = columns["sentence_labels"][sentence_ends[end - turns] : sentence_ends[end]]
        found[call.id] = CallTags(
            sentences,
            np.split(part.astype(np.float32), np.cumsum(counts)[:-1]),
            *(columns[name][rows].astype(np.float32) for name in _LOGITS if name in columns),
        )
    return found
