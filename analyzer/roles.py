"""Who is the agent and who the customer, told from the talk where an export does not say.

A linear model over the commonest words and phrases of either side (`roles.json`): who thanks for
the call and asks for an account number, who has lost a card and has been waiting. It was fitted
by `analyzer.role_fitting`, and reads lower-cased, unpunctuated transcripts as well as typed ones.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from analyzer.call import Call, Speaker

LONGEST_PHRASE = 3
_ENOUGH_WORDS = 4000
_LARGEST_SHARE_OF_A_MACHINE = 0.25
_ANNOUNCEMENT = re.compile(
    r"""\b(?:press|say\ or\ enter|main\ menu|please\ (?:hold|stay\ on|listen|wait)|hold\ while|
    (?:calls?\ )?(?:may|will)\ be\ (?:monitored|recorded)|all\ (?:of\ )?our\ (?:agents|advisors|
    representatives)|in\ the\ queue|next\ available|para\ espa|menu\ options|connect(?:ing)?\ you|
    transfer(?:ring)?\ you|after\ the\ (?:tone|beep)|virtual\ (?:agent|assistant))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PERSON = re.compile(r"\b(?:this is|i'm|i am|my name|speaking)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z']+|\d+")


@dataclass(frozen=True, slots=True)
class RoleGuess:
    """Roles by speaker, and the probability that they are not the other way round."""

    roles: dict[str, Speaker]
    confidence: float


@dataclass(frozen=True, slots=True)
class RoleModel:
    """What each phrase says for the agent (positive) or for the customer (negative).

    Attributes:
        weights: Of a phrase that a side used at all.
        scale: From the difference of two sides to the log-odds of their roles.
    """

    weights: Mapping[str, float]
    scale: float

    def side(self, texts: Iterable[str]) -> float:
        """How much one side sounds like an agent: a sum of weights, of no unit."""
        return sum(self.weights.get(phrase, 0.0) for phrase in phrases(texts))

    def probability(self, difference: float) -> float:
        """That the first of two sides is the agent, by how much more it sounds like one."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.scale * difference))))


def infer_roles(pieces: Iterable[tuple[str, str]]) -> RoleGuess:
    """The roles of two or more speakers, from what they say.

    The one who sounds most like an agent is the agent and the one who does least the customer;
    others (a supervisor, a daughter on the line) take the role they are nearer to. A third voice
    that opens the call with announcements only is a machine: `other`.

    Args:
        pieces: Speaker and text, in order.

    Raises:
        ValueError: If there are fewer than two speakers.
    """
    sides: dict[str, list[str]] = {}
    for speaker, text in pieces:
        sides.setdefault(speaker, []).append(text)
    if len(sides) < 2:
        raise ValueError("roles can be told apart between two speakers only")
    machine = _machine(sides) if len(sides) > 2 else None
    if machine is not None:
        del sides[machine]
    model = role_model()
    scores = {speaker: model.side(texts) for speaker, texts in sides.items()}
    # Where the talk says nothing at all, the first to speak is the agent, as on most calls.
    agent = max(scores, key=lambda speaker: scores[speaker])
    customer = min(reversed(scores), key=lambda speaker: scores[speaker])
    middle = (scores[agent] + scores[customer]) / 2
    roles: dict[str, Speaker] = {
        speaker: "agent" if score > middle else "customer" for speaker, score in scores.items()
    }
    roles |= {agent: "agent", customer: "customer"}
    if machine is not None:
        roles[machine] = "other"
    return RoleGuess(roles, model.probability(scores[agent] - scores[customer]))


def _machine(sides: Mapping[str, Sequence[str]]) -> str | None:
    """The first voice, if it says little more than an announcement and names no person."""
    first = next(iter(sides))
    said = " ".join(sides[first])
    share = len(said) / sum(len(text) for texts in sides.values() for text in texts)
    announces = _ANNOUNCEMENT.search(said) and not _PERSON.search(said)
    return first if announces and share < _LARGEST_SHARE_OF_A_MACHINE else None


def nearer_role(texts: Sequence[str], agents: Sequence[str], customers: Sequence[str]) -> Speaker:
    """The role of one more speaker, beside agents and customers who are known."""
    model = role_model()
    middle = (model.side(agents) + model.side(customers)) / 2
    return "agent" if model.side(texts) > middle else "customer"


def swapped(call: Call) -> float:
    """The probability that the agent of a call is really its customer, and the other way round.

    0.5 where one of them says nothing.
    """
    agent = [turn.text for _, turn in call.turns_of("agent")]
    customer = [turn.text for _, turn in call.turns_of("customer")]
    if not agent or not customer:
        return 0.5
    model = role_model()
    return model.probability(model.side(customer) - model.side(agent))


def phrases(texts: Iterable[str]) -> set[str]:
    """Words, pairs and triples of words that stand in the texts; digits count as ``0``."""
    found: set[str] = set()
    words_left = _ENOUGH_WORDS
    for text in texts:
        words = ["0" if word.isdigit() else word for word in islice(_words(text), words_left)]
        words_left -= len(words)
        found.update(words)
        for size in range(2, LONGEST_PHRASE + 1):
            found.update(" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
        if words_left <= 0:
            break
    return found


def _words(text: str) -> Iterable[str]:
    return (match[0] for match in _WORD.finditer(text.lower().replace("’", "'")))


@cache
def role_model() -> RoleModel:
    """The model that comes with the package."""
    stored = json.loads((Path(__file__).parent / "roles.json").read_text(encoding="utf-8"))
    return RoleModel(weights=stored["weights"], scale=stored["scale"])
