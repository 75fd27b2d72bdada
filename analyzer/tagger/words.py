"""The words alone: a linear model over TF-IDF n-grams, beside the transformer.

On a corpus of this size a bag of words knows the rare labels' stock phrases nearly as well as the
transformer does, and errs elsewhere; the judge weighs the two.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import normalize

from analyzer import codebook
from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError

FloatArray = npt.NDArray[np.float32]

VOCABULARY = "words.json"
WEIGHTS = "words.npz"

OPENINGS = tuple(f"opens_{kind}" for kind in codebook.KIND_NAMES)
"""Kinds of opportunity have names of their own here: `loyalty` is a label too."""

SPEAKERS = ("customer", "agent")
STRENGTH = 3.0
"""Inverse penalty of the logistic regressions."""

EARLIER_TURN = 0.5
"""Weight of the words of the turn before."""


def outputs_of(speaker: str) -> tuple[str, ...]:
    """What is predicted of a speaker's turns: labels; of customers also kinds and sentiment."""
    if speaker == "customer":
        return (*codebook.CUE_NAMES, *OPENINGS, "sentiment")
    return codebook.labels_for(speaker)


class WordModel:
    """Linear models over the n-grams of a turn and of the turn before it.

    Args:
        vectorizers: For each speaker, the fitted TF-IDF vectorizer.
        weights: For each speaker, n-grams (of the turn, then of the turn before) by outputs.
        intercepts: For each speaker, one an output.
    """

    def __init__(
        self,
        vectorizers: dict[str, TfidfVectorizer],
        weights: dict[str, FloatArray],
        intercepts: dict[str, FloatArray],
    ) -> None:
        self._vectorizers = vectorizers
        self._weights = weights
        self._intercepts = intercepts

    @classmethod
    def fit(cls, calls: Sequence[LabelledCall]) -> WordModel:
        """Fit on labelled calls."""
        vectorizers, weights, intercepts = {}, {}, {}
        for speaker in SPEAKERS:
            said, before = _texts(calls, speaker)
            vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
            vectorizer.fit(said)
            rows = _rows(vectorizer, said, before)
            columns = [
                _fit_output(rows, np.array(gold, dtype=float), name)
                for name, gold in _gold(calls, speaker).items()
            ]
            vectorizers[speaker] = vectorizer
            weights[speaker] = np.stack([column for column, _ in columns], axis=1)
            intercepts[speaker] = np.array([intercept for _, intercept in columns], np.float32)
        return cls(vectorizers, weights, intercepts)

    def logits(self, call: Call) -> FloatArray:
        """Turns by (labels of the codebook, kinds, sentiment); zero where not the speaker's."""
        return self.logits_of([call])[0]

    def logits_of(self, calls: Sequence[Call]) -> list[FloatArray]:
        """The logits of several calls, each as `logits` gives them; faster than one by one."""
        turns = [turn for call in calls for turn in call.turns]
        firsts = set(np.cumsum([0, *(len(call.turns) for call in calls)]).tolist())
        texts = [turn.text for turn in turns]
        ngrams = self._ngrams(texts)
        everything = (*codebook.LABEL_NAMES, *OPENINGS, "sentiment")
        logits = np.zeros((len(turns), len(everything)), np.float32)
        for speaker in SPEAKERS:
            places = np.array([n for n, turn in enumerate(turns) if turn.speaker == speaker], int)
            if not len(places):
                continue
            rows = _weighted(ngrams, self._vectorizers[speaker])
            weights = self._weights[speaker]
            width = rows.shape[1]
            values = rows[places] @ weights[:width] + self._intercepts[speaker]
            has_before = np.array([place not in firsts for place in places.tolist()])
            before = rows[places[has_before] - 1] @ weights[width:]
            values[has_before] += EARLIER_TURN * before
            columns = np.array([everything.index(name) for name in outputs_of(speaker)])
            logits[places[:, None], columns] = values
        return np.split(logits, np.cumsum([len(call.turns) for call in calls])[:-1])

    def _ngrams(self, texts: list[str]) -> list[list[str]]:
        """The words and pairs of words of each text, as both vectorizers cut them."""
        cut = self._vectorizers[SPEAKERS[0]].build_analyzer()
        return [cut(text) for text in texts]

    def save(self, folder: Path) -> None:
        """Write vocabulary and weights (half precision) into a folder."""
        stored = {
            speaker: {
                "ngrams": sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__),
                "idf": [round(float(value), 4) for value in vectorizer.idf_],
            }
            for speaker, vectorizer in self._vectorizers.items()
        }
        (folder / VOCABULARY).write_text(json.dumps(stored) + "\n", encoding="utf-8")
        arrays = {f"{speaker}_weights": self._weights[speaker] for speaker in SPEAKERS}
        arrays |= {f"{speaker}_intercepts": self._intercepts[speaker] for speaker in SPEAKERS}
        np.savez_compressed(
            folder / WEIGHTS,
            allow_pickle=False,
            # Two digits tell as much as four here, and pack into half the room.
            **{name: array.round(2).astype(np.float16) for name, array in arrays.items()},
        )

    @classmethod
    def load(cls, folder: Path) -> WordModel:
        """Read from a folder that `save` wrote.

        Raises:
            ModelError: If a file is missing or broken.
        """
        try:
            stored = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
            with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
                weights = {s: arrays[f"{s}_weights"].astype(np.float32) for s in SPEAKERS}
                intercepts = {s: arrays[f"{s}_intercepts"].astype(np.float32) for s in SPEAKERS}
            vectorizers = {s: _vectorizer(stored[s]["ngrams"], stored[s]["idf"]) for s in SPEAKERS}
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(
                f"the word model cannot be loaded ({error}).",
                source=str(folder),
                remedy="Install the package again, or name the folder of a trained model.",
            ) from error
        return cls(vectorizers, weights, intercepts)


def _vectorizer(ngrams: list[str], idf: list[float]) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, vocabulary=ngrams)
    vectorizer.idf_ = np.array(idf)  # also fixes the vocabulary
    return vectorizer


def _weighted(ngrams: Sequence[Sequence[str]], vectorizer: TfidfVectorizer) -> csr_matrix:
    """What the vectorizer's `transform` gives for texts that are cut into n-grams already."""
    vocabulary = vectorizer.vocabulary_
    found = [[vocabulary[one] for one in some if one in vocabulary] for some in ngrams]
    columns = np.fromiter(chain.from_iterable(found), dtype=np.int32)
    starts = np.cumsum([0, *map(len, found)])
    rows = csr_matrix(
        (np.ones(len(columns), np.float32), columns, starts), (len(found), len(vocabulary))
    )
    rows.sum_duplicates()
    rows.data = (1.0 + np.log(rows.data)) * vectorizer.idf_[rows.indices].astype(np.float32)
    return normalize(rows, copy=False)


def _texts(calls: Sequence[Call] | Sequence[LabelledCall], speaker: str) -> tuple[list[str], ...]:
    said, before = [], []
    for call in calls:
        for number, turn in enumerate(call.turns):
            if turn.speaker == speaker:
                said.append(turn.text)
                before.append(call.turns[number - 1].text if number else "")
    return said, before


def _rows(vectorizer: TfidfVectorizer, said: list[str], before: list[str]) -> csr_matrix:
    return hstack([vectorizer.transform(said), EARLIER_TURN * vectorizer.transform(before)]).tocsr()


def _gold(calls: Sequence[LabelledCall], speaker: str) -> dict[str, list[float]]:
    gold: dict[str, list[float]] = {name: [] for name in outputs_of(speaker)}
    for call in calls:
        opens = {(chance.turn, chance.kind) for chance in call.opportunities}
        for number, turn in enumerate(call.turns, 1):
            if turn.speaker != speaker:
                continue
            for name in codebook.labels_for(speaker):
                gold[name].append(float(name in turn.labels))
            if speaker == "customer":
                for kind, opening in zip(codebook.KIND_NAMES, OPENINGS, strict=True):
                    gold[opening].append(float((number, kind) in opens))
                gold["sentiment"].append(float(turn.sentiment or 0))
    return gold


def _fit_output(
    rows: csr_matrix, gold: npt.NDArray[np.float64], name: str
) -> tuple[FloatArray, float]:
    if name == "sentiment":
        ridge = Ridge(alpha=2.0).fit(rows, gold)
        return ridge.coef_.astype(np.float32), float(ridge.intercept_)
    if not gold.any():
        return np.zeros(rows.shape[1], np.float32), -5.0
    fitted = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear")
    fitted.fit(rows, gold)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
