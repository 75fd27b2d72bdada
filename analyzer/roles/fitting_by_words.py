"""How `roles_by_words.json` came about, and how often it is right on authors it has not seen.

``python -m analyzer.roles.fitting_by_words data/corpus.jsonl --unseen data/further_calls.jsonl``
fits, writes and measures it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from analyzer.corpus import LabelledCall, read_corpus
from analyzer.roles.by_words import Segment, WordsModel, roles_by_words, signs, traits
from analyzer.tagger.text_forms import recogniser_form

STRENGTH = 0.2
SEGMENTS_WITH_PHRASE = 16
LEAST_WEIGHT = 0.02
TRUST_IN_CHANGES = 0.7
"""Less than fitted: a wrongly placed change turns round all that follows."""
WORDS_OF_A_BLIND_CUT = 10

Talk = list[tuple[bool, str]]
"""Segments: whether the agent says them, and the words."""

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_CLAUSE_END = re.compile(r"(?<=[.?!,])\s+")


def fit_words(corpus: Sequence[LabelledCall]) -> WordsModel:
    """A model of labelled calls cut into sentences and clauses, as typed and as recognised."""
    talks = [form(call) for call in corpus for form in FORMS.values()]
    said = [pair for talk in talks for pair in talk]
    counts = Counter(trait for _, text in said for trait in traits(text))
    known = {trait for trait, count in counts.items() if count >= SEGMENTS_WITH_PHRASE}
    weights, bias = _fitted(
        (traits(text) & known for _, text in said), [agent for agent, _ in said], STRENGTH
    )
    neighbours = [pair for talk in talks for pair in pairwise(talk)]
    changes, always = _fitted(
        (set(signs(one[1], other[1])) - {""} for one, other in neighbours),
        [one[0] != other[0] for one, other in neighbours],
        100.0,
    )
    first = sum(talk[0][0] for talk in talks)
    return WordsModel(
        weights={trait: weight for trait, weight in weights.items() if abs(weight) >= LEAST_WEIGHT},
        bias=bias,
        opening=round(log((first + 1) / (len(talks) - first + 1)), 3),
        changes={
            sign: round(TRUST_IN_CHANGES * odds, 3)
            for sign, odds in {"": always, **changes}.items()
        },
    )


def _fitted(
    features: Iterable[set[str]], answers: Sequence[bool], strength: float
) -> tuple[dict[str, float], float]:
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(dict.fromkeys(found, 1.0) for found in features)
    matrix.indices, matrix.indptr = matrix.indices.astype("i4"), matrix.indptr.astype("i4")
    fitted = LogisticRegression(C=strength, solver="liblinear", random_state=0)
    fitted.fit(matrix, np.asarray(answers))
    names = vectors.get_feature_names_out()
    weights = {
        name: round(float(weight), 2) for name, weight in zip(names, fitted.coef_[0], strict=True)
    }
    return weights, round(float(fitted.intercept_[0]), 3)


def cut(call: LabelledCall, ends: re.Pattern[str] = _SENTENCE_END) -> Talk:
    """A call's sentences, or what else ends in the given way."""
    return [
        (turn.speaker == "agent", sentence)
        for turn in call.turns
        if turn.speaker != "other"
        for sentence in ends.split(turn.text.strip())
        if sentence
    ]


def recognised(talk: Talk) -> Talk:
    """The same in lower case and without punctuation."""
    return [(agent, recogniser_form(text)) for agent, text in talk]


FORMS: dict[str, Callable[[LabelledCall], Talk]] = {
    "sentences": cut,
    "sentences without punctuation": lambda call: recognised(cut(call)),
    "clauses": lambda call: cut(call, _CLAUSE_END),
    "clauses without punctuation": lambda call: recognised(cut(call, _CLAUSE_END)),
}


def share_right(talk: Talk, model: WordsModel | None = None, *, blind: bool = False) -> float:
    """The share of words given to the right speaker; 0 where the talk is refused.

    Args:
        talk: Who says what.
        model: The bundled one by default.
        blind: Cut every ten words instead, whoever speaks them.
    """
    words = [(agent, word) for agent, text in talk for word in text.split()]
    segments = [Segment(text) for _, text in talk]
    sizes = [len(text.split()) for _, text in talk]
    if blind:
        cuts = range(0, len(words), WORDS_OF_A_BLIND_CUT)
        pieces = [words[cut : cut + WORDS_OF_A_BLIND_CUT] for cut in cuts]
        segments = [Segment(" ".join(word for _, word in piece)) for piece in pieces]
        sizes = [len(piece) for piece in pieces]
    guessed = roles_by_words(segments, model)
    if guessed is None:
        return 0.0
    each = [role == "agent" for role, size in zip(guessed, sizes, strict=True) for _ in range(size)]
    return sum(one == agent for one, (agent, _) in zip(each, words, strict=True)) / len(words)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, write the model beside `analyzer.roles.by_words`, and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "roles_by_words.json")
    parser.add_argument("--unseen", type=Path, nargs="*", default=[], help="calls to measure on")
    options = parser.parse_args(arguments)
    model = fit_words([call for path in options.corpora for call in read_corpus(path)])
    about = "Log-odds of phrases for the agent and of changes; analyzer.roles.fitting_by_words"
    stored = json.dumps({"about": about, **asdict(model)}, indent=0, ensure_ascii=False)
    options.out.write_text(stored + "\n", "utf-8")
    unseen = [call for path in options.unseen for call in read_corpus(path)]
    if spoken := [call for call in unseen if call.metadata.get("channel") != "chat"]:
        measure(spoken, model)


def measure(corpus: Sequence[LabelledCall], model: WordsModel) -> None:
    """Print the share of words given right, of all calls together and of the worst tenth."""
    for form, talk_of in FORMS.items():
        talks = [talk_of(call) for call in corpus]
        sizes = [sum(len(text.split()) for _, text in talk) for talk in talks]
        for blind in (False, True) if form.startswith("sentences") else (False,):
            shares = [share_right(talk, model, blind=blind) for talk in talks]
            cuts = f", then every {WORDS_OF_A_BLIND_CUT} words" if blind else ""
            print(
                f"{form}{cuts}: of {len(talks)} calls' words "
                f"{np.average(shares, weights=sizes):.1%} right; "
                f"worst tenth of calls below {np.quantile(shares, 0.1):.1%}; "
                f"refused {sum(share == 0 for share in shares)}"
            )


if __name__ == "__main__":
    main()
