"""How `roles.json` came about: fitted on labelled calls, measured on authors it has not seen.

``python -m analyzer.roles.fitting data/corpus.jsonl data/further_calls.jsonl
--without b3 b4 b6 b7 b8 b9 b10 b11 b12 b13 b14 b15 b16 b17 b18 b19 b20 b21 b22 b23 b24
--out roles.json`` measures, fits and writes it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from analyzer.corpus import LabelledCall, read_corpus
from analyzer.roles.inferring import RoleModel, traits

SEED = 7
STRENGTH = 0.05
SIDES_WITH_PHRASE = 30
AUTHORS_WITH_PHRASE = 8

Sides = tuple[set[str], set[str]]


def fit_roles(corpus: Sequence[LabelledCall], *, scale: float = 1.0, seed: int = SEED) -> RoleModel:
    """A model of the phrases that several authors use, fitted on pairs of agent and customer."""
    sides = [_sides(call) for call in corpus]
    vocabulary = _vocabulary(sides, [call.author for call in corpus])
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], len(sides))
    # A pair's features are the agent's less the customer's; half of the pairs are turned round.
    differences = _matrix(sides, vocabulary).multiply(signs[:, None]).tocsr()
    fitted = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1000)
    fitted.fit(differences, signs > 0)
    weights = {
        phrase: round(float(weight), 4)
        for phrase, weight in zip(vocabulary, fitted.coef_[0], strict=True)
        if abs(weight) >= 5e-4
    }
    return RoleModel(weights=weights, scale=scale)


def held_out_differences(
    corpus: Sequence[LabelledCall], *, turns: int | None = None, seed: int = SEED
) -> dict[str, float]:
    """For every call, how much more its agent sounds like one, by a model of other authors.

    Args:
        corpus: The calls, of several authors.
        turns: How many turns of a call to look at; all by default. Calls in which only one side
            speaks in these are left out.
        seed: Of the fit.
    """
    found: dict[str, float] = {}
    for author in sorted({call.author for call in corpus}):
        model = fit_roles([call for call in corpus if call.author != author], seed=seed)
        for call in corpus:
            agent, customer = _sides(call, turns)
            if call.author == author and agent and customer:
                found[call.id] = _score(model, agent) - _score(model, customer)
    return found


def calibrated_scale(differences: Sequence[float], *, seed: int = SEED) -> float:
    """From held-out differences to log-odds."""
    values = np.asarray(differences)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], len(values))
    fitted = LogisticRegression(C=10.0, fit_intercept=False)
    fitted.fit((values * signs)[:, None], signs > 0)
    return round(float(fitted.coef_[0, 0]), 3)


def _score(model: RoleModel, found: set[str]) -> float:
    return sum(model.weights.get(phrase, 0.0) for phrase in found)


def _sides(call: LabelledCall, turns: int | None = None) -> Sides:
    agent, customer = (
        traits([turn.text for turn in call.turns[:turns] if turn.speaker == speaker])
        for speaker in ("agent", "customer")
    )
    return agent, customer


def _vocabulary(sides: Sequence[Sides], authors: Sequence[str]) -> list[str]:
    seen_in: Counter[str] = Counter()
    used_by: dict[str, set[str]] = {}
    for pair, author in zip(sides, authors, strict=True):
        for side in pair:
            seen_in.update(side)
            for phrase in side:
                used_by.setdefault(phrase, set()).add(author)
    enough = min(AUTHORS_WITH_PHRASE, len(set(authors)))
    return sorted(
        phrase
        for phrase, count in seen_in.items()
        if count >= SIDES_WITH_PHRASE and len(used_by[phrase]) >= enough
    )


def _matrix(sides: Sequence[Sides], vocabulary: Sequence[str]) -> csr_matrix:
    column = {phrase: number for number, phrase in enumerate(vocabulary)}
    rows, columns, values = [], [], []
    for row, (agent, customer) in enumerate(sides):
        for side, value in ((agent, 1.0), (customer, -1.0)):
            known = [column[phrase] for phrase in side if phrase in column]
            rows += [row] * len(known)
            columns += known
            values += [value] * len(known)
    return csr_matrix((values, (rows, columns)), shape=(len(sides), len(vocabulary)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, fit on everything, and write the model beside `analyzer.roles.inferring`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "roles.json")
    parser.add_argument(
        "--without", nargs="*", default=[], metavar="AUTHOR", help="authors to omit"
    )
    parser.add_argument(
        "--turns", type=int, nargs="*", default=[], help="measure on the first turns alone, too"
    )
    options = parser.parse_args(arguments)
    calls = [call for path in options.corpora for call in read_corpus(path)]
    corpus = [call for call in calls if call.author not in options.without]
    differences = held_out_differences(corpus)
    right = sum(difference > 0 for difference in differences.values())
    scale = calibrated_scale(list(differences.values()))
    model = fit_roles(corpus, scale=scale)
    stored = {
        "about": "Weights of phrases for agent (+) and customer (-); analyzer.roles.fitting",
        "calls": len(corpus),
        "right_on_unseen_authors": round(right / len(corpus), 4),
        "scale": model.scale,
        "weights": model.weights,
    }
    options.out.write_text(json.dumps(stored, indent=0, ensure_ascii=False) + "\n", "utf-8")
    print(f"{right} of {len(corpus)} calls right on authors not seen; scale {scale}")
    print("wrong:", ", ".join(call for call, value in differences.items() if value <= 0) or "none")
    for least in (0.9, 0.95, 0.98, 0.99, 0.999):
        sure = [value for value in differences.values() if model.probability(abs(value)) >= least]
        print(f"sure to {least}: {len(sure)}, of which wrong {sum(value <= 0 for value in sure)}")
    for turns in options.turns:
        values = held_out_differences(corpus, turns=turns).values()
        print(f"first {turns} turns: {sum(value > 0 for value in values)} of {len(values)} right")


if __name__ == "__main__":
    main()
