"""The words alone: a linear model over TF-IDF n-grams, beside the transformer.

On a corpus of this size a bag of words knows the rare labels' stock phrases nearly as well as the
transformer does, and errs elsewhere; the judge weighs the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import chain, pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack

from analyzer import codebook
from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
from analyzer.tagger.placeholders import without_placeholders

FloatArray = npt.NDArray[np.float32]

VOCABULARY = "words.json"
WEIGHTS = "words.npz"

OPENINGS = tuple(f"opens_{kind}" for kind in codebook.KIND_NAMES)
"""Kinds of opportunity have names of their own here: `loyalty` is a label too."""

OUTPUTS = (*codebook.LABEL_NAMES, *OPENINGS, "sentiment")
"""All that is said of turns, in the order of columns: logits, but for sentiment, -2 to 2."""

SPEAKERS = ("customer", "agent")
STRENGTH = 3.0
"""Inverse penalty of the logistic regressions."""

EARLIER_TURN = 0.5
"""Weight of the words of the turn before."""

_WORD = re.compile(r"\b\w\w+\b")


def outputs_of(speaker: str) -> tuple[str, ...]:
    """What is predicted of a speaker's turns: labels; of customers also kinds and sentiment."""
    if speaker == "customer":
        return (*codebook.CUE_NAMES, *OPENINGS, "sentiment")
    return codebook.labels_for(speaker)


def columns_of(speaker: str) -> list[int]:
    """Which of the `OUTPUTS` speak of a speaker's turns, in the order of `outputs_of`."""
    return [OUTPUTS.index(name) for name in outputs_of(speaker)]


class Vocabulary:
    """The n-grams that are known, and how rare each is.

    Gives the rows that scikit-learn's `TfidfVectorizer`, by which it is fitted, would give of the
    same n-grams; whoever only scores need not wait seconds for scikit-learn.

    Args:
        ngrams: Words and pairs of words.
        idf: The inverse document frequency of each.
    """

    def __init__(self, ngrams: Sequence[str], idf: npt.ArrayLike) -> None:
        self.ngrams = list(ngrams)
        self.idf = np.asarray(idf, dtype=np.float32)
        if self.idf.shape != (len(self.ngrams),):
            raise ValueError(f"{len(self.ngrams)} n-grams have {len(self.idf)} frequencies")
        self._columns = {ngram: column for column, ngram in enumerate(self.ngrams)}

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Vocabulary:
        """The n-grams that at least two texts hold."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        fitted = TfidfVectorizer(analyzer=ngrams_of, min_df=2, sublinear_tf=True).fit(texts)
        return cls(fitted.get_feature_names_out().tolist(), fitted.idf_)

    def rows(self, ngrams: Sequence[Sequence[str]]) -> csr_matrix:
        """Weights of the n-grams of texts (see `ngrams_of`): texts by n-grams, of length 1."""
        known = self._columns
        found = [[known[one] for one in some if one in known] for some in ngrams]
        columns = np.fromiter(chain.from_iterable(found), dtype=np.int32)
        starts = np.cumsum([0, *map(len, found)])
        rows = csr_matrix(
            (np.ones(len(columns), np.float32), columns, starts), (len(found), len(known))
        )
        rows.sum_duplicates()
        rows.data = (1.0 + np.log(rows.data)) * self.idf[rows.indices]
        lengths = np.sqrt(rows.multiply(rows).sum(axis=1).A1)
        return (diags(1.0 / np.maximum(lengths, 1e-9), dtype=np.float32) @ rows).tocsr()


def ngrams_of(text: str) -> list[str]:
    """The words of two letters and more, and the pairs of neighbours among them."""
    words = _WORD.findall(without_placeholders(text).lower())
    return [*words, *map(" ".join, pairwise(words))]


class WordModel:
    """Linear models over the n-grams of a turn and of the turn before it.

    Args:
        vocabularies: For each speaker.
        weights: For each speaker, n-grams (of the turn, then of the turn before) by outputs.
        intercepts: For each speaker, one an output.
    """

    def __init__(
        self,
        vocabularies: dict[str, Vocabulary],
        weights: dict[str, FloatArray],
        intercepts: dict[str, FloatArray],
    ) -> None:
        self._vocabularies = vocabularies
        self._weights = weights
        self._intercepts = intercepts

    @classmethod
    def fit(cls, calls: Sequence[LabelledCall]) -> WordModel:
        """Fit on labelled calls."""
        vocabularies, weights, intercepts = {}, {}, {}
        for speaker in SPEAKERS:
            said, before = _texts(calls, speaker)
            vocabulary = Vocabulary.fit(said)
            rows = _rows(vocabulary, said, before)
            columns = [
                _fit_output(rows, np.array(gold, dtype=float), name)
                for name, gold in _gold(calls, speaker).items()
            ]
            vocabularies[speaker] = vocabulary
            weights[speaker] = np.stack([column for column, _ in columns], axis=1)
            intercepts[speaker] = np.array([intercept for _, intercept in columns], np.float32)
        return cls(vocabularies, weights, intercepts)

    def logits(self, call: Call) -> FloatArray:
        """Turns by (labels of the codebook, kinds, sentiment); zero where not the speaker's."""
        return self.logits_of([call])[0]

    def logits_of(self, calls: Sequence[Call]) -> list[FloatArray]:
        """The logits of several calls, each as `logits` gives them; faster than one by one."""
        turns = [turn for call in calls for turn in call.turns]
        firsts = set(np.cumsum([0, *(len(call.turns) for call in calls)]).tolist())
        ngrams = [ngrams_of(turn.text) for turn in turns]
        logits = np.zeros((len(turns), len(OUTPUTS)), np.float32)
        for speaker in SPEAKERS:
            places = np.array([n for n, turn in enumerate(turns) if turn.speaker == speaker], int)
            if not len(places):
                continue
            rows = self._vocabularies[speaker].rows(ngrams)
            weights = self._weights[speaker]
            width = rows.shape[1]
            values = rows[places] @ weights[:width] + self._intercepts[speaker]
            has_before = np.array([place not in firsts for place in places.tolist()])
            before = rows[places[has_before] - 1] @ weights[width:]
            values[has_before] += EARLIER_TURN * before
            logits[places[:, None], columns_of(speaker)] = values
        return np.split(logits, np.cumsum([len(call.turns) for call in calls])[:-1])

    def save(self, folder: Path) -> None:
        """Write vocabulary and weights (half precision) into a folder."""
        stored = {
            speaker: {
                "ngrams": vocabulary.ngrams,
                "idf": [round(float(value), 4) for value in vocabulary.idf],
            }
            for speaker, vocabulary in self._vocabularies.items()
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
            vocabularies = {s: Vocabulary(**stored[s]) for s in SPEAKERS}
        except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
            raise ModelError(
                f"the word model cannot be loaded ({error}).",
                source=str(folder),
                remedy="Install the package again, or name the folder of a trained model.",
            ) from error
        return cls(vocabularies, weights, intercepts)


def _texts(calls: Sequence[Call] | Sequence[LabelledCall], speaker: str) -> tuple[list[str], ...]:
    said, before = [], []
    for call in calls:
        for number, turn in enumerate(call.turns):
            if turn.speaker == speaker:
                said.append(turn.text)
                before.append(call.turns[number - 1].text if number else "")
    return said, before


def _rows(vocabulary: Vocabulary, said: list[str], before: list[str]) -> csr_matrix:
    own, earlier = (vocabulary.rows([ngrams_of(text) for text in some]) for some in (said, before))
    return hstack([own, EARLIER_TURN * earlier]).tocsr()


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
    from sklearn.linear_model import LogisticRegression, Ridge

    if name == "sentiment":
        ridge = Ridge(alpha=2.0).fit(rows, gold)
        return ridge.coef_.astype(np.float32), float(ridge.intercept_)
    if not gold.any():
        return np.zeros(rows.shape[1], np.float32), -5.0
    fitted = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear")
    fitted.fit(rows, gold)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
