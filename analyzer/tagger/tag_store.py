"""Tags of labelled calls on disk, so that what follows the tagger can be fitted and measured."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from analyzer.call import Call
from analyzer.errors import CorpusError
from analyzer.language import sentences_of
from analyzer.tagger.inference import CallTags


def save_tags(path: Path, tags: Mapping[str, CallTags]) -> None:
    """Write tags by call id, in half precision, all or nothing."""
    columns = {
        "ids": np.array(list(tags)),
        "turns": np.array([len(one.labels) for one in tags.values()]),
        "sentences": np.array([len(part) for one in tags.values() for part in one.sentence_labels]),
        "labels": np.concatenate([one.labels for one in tags.values()]).astype(np.float16),
        "kinds": np.concatenate([one.kinds for one in tags.values()]).astype(np.float16),
        "sentiment": np.concatenate([one.sentiment for one in tags.values()]).astype(np.float16),
        "sentence_labels": np.concatenate(
            [part for one in tags.values() for part in one.sentence_labels]
        ).astype(np.float16),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **columns)
    os.replace(partial, path)


def load_tags(path: Path, calls: Sequence[Call]) -> dict[str, CallTags]:
    """Read the tags of those of `calls` that the file holds, by call id.

    Raises:
        CorpusError: If a call has other turns or sentences than when it was tagged.
    """
    with np.load(path, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in stored.files}
    by_id = {call.id: call for call in calls}
    turn_ends = np.cumsum(columns["turns"])
    sentence_ends = np.concatenate([[0], np.cumsum(columns["sentences"])])
    found = {}
    for call_id, end, turns in zip(
        columns["ids"].tolist(), turn_ends.tolist(), columns["turns"].tolist(), strict=True
    ):
        if call_id not in by_id:
            continue
        sentences = sentences_of(by_id[call_id])
        rows = slice(end - turns, end)
        counts = columns["sentences"][rows].tolist()
        if [len(spans) for spans in sentences] != counts:
            raise CorpusError(
                f"call {call_id!r} is not the call that was tagged.",
                source=str(path),
                remedy="Cross-validate again.",
            )
        first, last = sentence_ends[end - turns], sentence_ends[end]
        bounds = np.cumsum(counts)[:-1]
        found[call_id] = CallTags(
            sentences,
            np.split(columns["sentence_labels"][first:last].astype(np.float32), bounds),
            columns["labels"][rows].astype(np.float32),
            columns["kinds"][rows].astype(np.float32),
            columns["sentiment"][rows].astype(np.float32),
        )
    return found
