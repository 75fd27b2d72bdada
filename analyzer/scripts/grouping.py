"""Groups near-equal lines into one script, and learns which of its words vary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from datasketch import MinHash, MinHashLSH
from rapidfuzz.distance import Indel

from analyzer.scripts.template import Pieces

Words = tuple[str, ...]

ALIKE = 0.8
"""Likeness (shared words in order) from which two lines are one script."""

_PERMUTATIONS = 32
_NEAR = 0.5  # Jaccard likeness of words and word pairs, for a first look
_VARIES = 0.4  # a word missing from this share of the sayings is a slot


@dataclass(slots=True)
class Line:
    """One wording of what may be a script."""

    words: Words
    pieces: Pieces
    calls: int = 1


@dataclass(slots=True)
class Group:
    """Wordings of one script; `leader` is the most said."""

    leader: Line
    members: list[Line] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """Calls that say one of the wordings; a call that says two counts twice."""
        return sum(line.calls for line in self.members)


def group_lines(lines: Iterable[Line]) -> list[Group]:
    """Near-equal lines of one company together, the most said first.

    Lines are compared by MinHash and locality-sensitive hashing, so that the work grows with the
    number of lines and not with its square.
    """
    ordered = sorted(lines, key=lambda line: (-line.calls, line.words))
    sketches = MinHash.generator(
        [[part.encode() for part in _parts(line.words)] for line in ordered],
        num_perm=_PERMUTATIONS,
        seed=1,
    )
    near = MinHashLSH(threshold=_NEAR, num_perm=_PERMUTATIONS, weights=(0.2, 0.8))
    groups: list[Group] = []
    for line, sketch in zip(ordered, sketches, strict=True):
        found = [(_likeness(line, groups[key].leader), -key) for key in near.query(sketch)]
        best = max(found, default=(0.0, 0))
        if best[0] >= ALIKE:
            groups[-best[1]].members.append(line)
        else:
            near.insert(len(groups), sketch, check_duplication=False)
            groups.append(Group(line, [line]))
    return sorted(groups, key=lambda group: (-group.calls, group.leader.words))


def varying_places(group: Group) -> frozenset[int]:
    """The places of the leader's words that the other wordings leave out or say otherwise."""
    leader = group.leader.words
    said = Counter[int]()
    for line in group.members:
        for block in Indel.editops(leader, line.words).as_matching_blocks():
            said.update(dict.fromkeys(range(block.a, block.a + block.size), line.calls))
    most = (1 - _VARIES) * group.calls
    return frozenset(
        place for place, word in enumerate(leader) if word[0] != "{" and said[place] <= most
    )


def with_slots(words: Words, varying: frozenset[int]) -> list[str]:
    """The words with one `{varies}` for each run of places that vary."""
    return [
        "{varies}" if place in varying else word
        for place, word in enumerate(words)
        if place not in varying or place - 1 not in varying
    ]


def _parts(words: Words) -> list[str]:
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def _likeness(one: Line, other: Line) -> float:
    return float(Indel.normalized_similarity(one.words, other.words))
