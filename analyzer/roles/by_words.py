"""Who says each segment where a recogniser tells no speakers apart: a guess, by the words alone.

Every segment is scored by how much it sounds like an agent (`roles_by_words.json`), and the most
likely course of the whole talk is chosen (Viterbi): who speaks tends to go on, but a question, a
pause or a word that answers suggests that the other one comes next. Fitted by
`analyzer.roles.fitting_by_words`; `analyzer/readers/README.md` says how often it is right.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

from analyzer.call import Speaker
from analyzer.roles.inferring import AT_FIRST, LONGEST_PHRASE, announces, phrases, words

BUNDLED = Path(__file__).parent / "roles_by_words.json"
FEWEST_SEGMENTS = 6
ONE_SIDED = 0.68
"""How far the words may speak for one side, from 0 to 1; those of a lone speaker go further."""
_PAUSE_MS = 1000
_ON_PAUSE = 0.5  # log-odds of a change; by hand, as the labelled calls have no times
_FEW_WORDS = 2
_QUESTION = re.compile(
    r"""(?:(?:and|so|but|okay|now)\s+)?(?:who|what|when|where|why|which|how|can|could|may|might|
    would|will|do|does|did|is|are|was|were|have|has|shall|should)(?:n't)?\s+(?:\w+\s+)?
    (?:i|you|we|it|that|there|this|they|he|she|your|the|my|much|many|long|kind|is|are|do|did|can)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ANSWER = re.compile(
    r"""(?:yes|yeah|yep|yup|no|nope|nah|okay|ok|right|oh|sure|thanks|thank\ you|great|perfect|fine|
    alright|all\ right|hi|hello|hiya|er|erm|um|mm|mhm|of\ course|certainly|i\ see|it's|that's|
    because)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_GOES_ON = re.compile(r"(?:and|but|so|then|or|which|also)\b", re.IGNORECASE)


class Segment(NamedTuple):
    """Something said, as a recogniser cuts it, with milliseconds where they are known."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WordsModel:
    """What a segment's phrases say for the agent (log-odds), and what speaks for a change.

    Attributes:
        weights: Of the phrases in a segment, and of those that begin it.
        bias: Of every segment.
        opening: For the agent to speak first.
        changes: By what `signs` finds between two segments; ``""`` stands for every two.
    """

    weights: Mapping[str, float]
    bias: float
    opening: float
    changes: Mapping[str, float]

    def agent(self, text: str) -> float:
        """The log-odds that the agent says this."""
        # Exact sums, as in `RoleModel`.
        return self.bias + math.fsum(self.weights.get(trait, 0.0) for trait in traits(text))

    def change(self, before: Segment, after: Segment) -> float:
        """The log-odds that somebody else speaks the second of two segments."""
        odds = math.fsum(self.changes[sign] for sign in signs(before.text, after.text))
        if before.end_ms is not None and after.start_ms is not None:
            odds += _ON_PAUSE * (after.start_ms - before.end_ms >= _PAUSE_MS)
        return odds


def roles_by_words(
    segments: Sequence[Segment], model: WordsModel | None = None
) -> list[Speaker] | None:
    """Who says each segment; None where they are few or seem to be one speaker's.

    A recorded announcement at the start is `other`.

    Args:
        segments: What is said, in order.
        model: The one that comes with the package by default.
    """
    recorded = _announced(segments)
    people = segments[recorded:]
    if len(people) < FEWEST_SEGMENTS:
        return None
    model = model or words_model()
    scores = [model.agent(segment.text) for segment in people]
    if abs(sum(scores)) > ONE_SIDED * sum(map(abs, scores)):
        return None
    agents = _course(people, scores, model)
    if len(set(agents)) < 2:
        return None
    roles: list[Speaker] = ["agent" if agent else "customer" for agent in agents]
    machine: list[Speaker] = ["other"] * recorded
    return machine + roles


def _course(segments: Sequence[Segment], scores: Sequence[float], model: WordsModel) -> list[bool]:
    """Whether the agent says each, on the likeliest path through all of them."""
    best = (0.0, scores[0] + model.opening)  # of the customer, of the agent
    came: list[tuple[bool, bool]] = []
    for score, (before, after) in zip(scores[1:], pairwise(segments), strict=True):
        odds = max(-30.0, min(30.0, model.change(before, after)))
        stay, leave = -math.log1p(math.exp(odds)), -math.log1p(math.exp(-odds))
        to_customer, to_agent = (best[0] + stay, best[1] + leave), (best[0] + leave, best[1] + stay)
        came.append((to_customer[1] > to_customer[0], to_agent[1] > to_agent[0]))
        best = (max(to_customer), max(to_agent) + score)
    path = [best[1] > best[0]]
    for step in reversed(came):
        path.append(step[path[-1]])
    return path[::-1]


def _announced(segments: Sequence[Segment]) -> int:
    """How many segments at the start a machine says."""
    lead = [s.text for s in takewhile(lambda s: announces([s.text], 0.0, opens=True), segments)]
    return len(lead) if lead and announces(lead, 0.0, opens=False) else 0


def traits(text: str) -> set[str]:
    """What the model weighs in one segment."""
    start = list(islice(words(text), LONGEST_PHRASE))
    begun = {AT_FIRST + " ".join(start[:size]) for size in range(1, len(start) + 1)}
    return phrases([text]) | begun


def signs(before: str, after: str) -> Iterator[str]:
    """What stands between two segments that speaks for a change of speaker, or against one."""
    yield ""
    found = {
        "question": before.rstrip().endswith("?"),
        "asks": _QUESTION.match(before),
        "answers": _ANSWER.match(after),
        "goes on": _GOES_ON.match(after),
        "short before": len(before.split()) <= _FEW_WORDS,
        "short after": len(after.split()) <= _FEW_WORDS,
        "comma": before.rstrip().endswith(","),
        "unpunctuated": before.rstrip()[-1:].isalnum(),
    }
    yield from (sign for sign, stands in found.items() if stands)


@cache
def words_model(path: Path = BUNDLED) -> WordsModel:
    """The model that `analyzer.roles.fitting_by_words` wrote; the one of the package by default."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return WordsModel(
        weights=stored["weights"],
        bias=stored["bias"],
        opening=stored["opening"],
        changes=stored["changes"],
    )
