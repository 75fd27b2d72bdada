"""The judges of left-out authors, by which `evaluate` gives the figures of the card."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from analyzer.bundled import UNSEEN_JUDGES, bundled_model
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
from analyzer.evaluation.cross_validation import load_judges


@pytest.mark.parametrize(
    "stored",
    [
        gzip.compress(b'{"a1": {"model": {"name": "x", "version": "0"}}}'),
        gzip.compress(b"{"),
        gzip.compress(b"{}")[:12],
        b"no gzip",
    ],
)
def test_judges_that_are_broken_or_of_another_version_are_told_of(tmp_path: Path, stored: bytes):
    (tmp_path / UNSEEN_JUDGES).write_bytes(stored)
    with pytest.raises(ModelError, match="train the model again"):
        load_judges(tmp_path / UNSEEN_JUDGES)


def test_every_author_of_the_corpus_has_one(corpus: list[LabelledCall]):
    judges = load_judges(bundled_model() / UNSEEN_JUDGES)
    assert set(judges) == {call.author for call in corpus}
