"""Who is the agent and who the customer, told from the talk where an export does not say.

A linear model over the commonest words and phrases of either side, and over how each of them
begins (`roles.json`): who greets and asks for an account number, who has lost a card and has been
waiting. It was fitted by `analyzer.roles.fitting`, and reads lower-cased, unpunctuated transcripts
as well as typed ones.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from analyzer.call import Call, Speaker

BUNDLED = Path(__file__).parent / "roles.json"
LONGEST_PHRASE = 3
AT_FIRST = "^"
"""Stands before a phrase of what somebody says first."""
_ENOUGH_WORDS = 4000
# What only recordings say, and what people say as well.
_RECORDING = re.compile(
    r"""\b(?:press(?:ing)?\ (?:\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash|
    the\ (?:star|pound|hash))|say\ or\ enter|main\ menu|menu\ options|para\ espa|oprima|
    (?:calls?|conversation)\ (?:(?:may|might|will|is|are|can)\ (?:also\ )?(?:be\ |being\ )?)
    (?:monitored|recorded)|(?:for|and)\ (?:quality|training)\ (?:assurance\ |and\ \w+\ )?purposes|
    your\ calls?\ (?:is|are)\ (?:very\ )?important|
    all\ (?:of\ )?our\ (?:\w+\ )?(?:agents|advisors|advisers|representatives|operators|lines)|
    in\ the\ queue|next\ available|the\ order\ (?:it\ was|they\ were|in\ which)|
    higher\ than\ (?:usual|normal)\ call|(?:call|experiencing\ high)\ volumes?|
    after\ the\ (?:tone|beep)|virtual\ (?:agent|assistant)|automated\ (?:system|service))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ANNOUNCEMENT = re.compile(
    r"""\b(?:please\ (?:hold|stay\ on|listen|wait)|hold\ while|(?:now\ )?connect(?:ing)?\ you|
    transfer(?:ring)?\ you|thank\ you\ for\ calling|welcome\ to)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LARGEST_SHARE = {_RECORDING: 0.5, _ANNOUNCEMENT: 0.25}
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

    def side(self, texts: Sequence[str]) -> float:
        """How much one side, given in order, sounds like an agent: a sum of weights, of no unit."""
        # An exact sum: traits come in another order in each process.
        return math.fsum(self.weights.get(trait, 0.0) for trait in traits(texts))

    def probability(self, difference: float) -> float:
        """That the first of two sides is the agent, by how much more it sounds like one."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.scale * difference))))


def infer_roles(pieces: Iterable[tuple[str, str]]) -> RoleGuess:
    """The roles of two or more speakers, from what they say.

    The one who sounds most like an agent is the agent and the one who does least the customer;
    others (a supervisor, a daughter on the line) take the role they are nearer to. A voice beside
    these two that only makes announcements is a machine: `other`.

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
    machines = _machines(sides)
    people = [speaker for speaker in sides if speaker not in machines]
    model = role_model()
    scores = {speaker: model.side(sides[speaker]) for speaker in people}
    # Where the talk says nothing at all, the first to speak is the agent, as on most calls.
    agent = max(scores, key=lambda speaker: scores[speaker])
    customer = min(reversed(scores), key=lambda speaker: scores[speaker])
    middle = (scores[agent] + scores[customer]) / 2
    roles: dict[str, Speaker] = {
        speaker: "agent" if score > middle else "customer" for speaker, score in scores.items()
    }
    roles |= {agent: "agent", customer: "customer"}
    roles |= dict.fromkeys(machines, "other")
    return RoleGuess(roles, model.probability(scores[agent] - scores[customer]))


def _machines(sides: Mapping[str, Sequence[str]]) -> list[str]:
    """Those who only make announcements, as long as two people remain."""
    if len(sides) < 3:
        return []
    size = sum(len(text) for texts in sides.values() for text in texts)
    first = next(iter(sides))
    found = [
        speaker
        for speaker, texts in sides.items()
        if announces(texts, sum(map(len, texts)) / max(1, size), opens=speaker == first)
    ]
    return found[: len(sides) - 2]


def announces(texts: Sequence[str], share: float, *, opens: bool) -> bool:
    """Whether somebody is a recording: says what these say, and never speaks as a person.

    Args:
        texts: What is said.
        share: How much of the call that is.
        opens: Whether it begins the call, where a welcome and a "please hold" are enough.
    """
    said = " ".join(texts)
    if _PERSON.search(said):
        return False
    kinds = (_RECORDING, _ANNOUNCEMENT) if opens else (_RECORDING,)
    return any(share < _LARGEST_SHARE[kind] and kind.search(said) for kind in kinds)


def nearer_role(texts: Sequence[str], agents: Sequence[str], customers: Sequence[str]) -> Speaker:
    """The role of one more speaker, beside agents and customers who are known."""
    model = role_model()
    middle = (model.side(agents) + model.side(customers)) / 2
    return "agent" if model.side(texts) > middle else "customer"


def swapped(call: Call) -> float:
    """The probability that the agent of a call is really its customer, and the other way round.

    0.5 where one of them says nothing.
    """
    return swapped_roles((turn.speaker, turn.text) for turn in call.turns)


def swapped_roles(pieces: Iterable[tuple[Speaker, str]]) -> float:
    """The same of what is said in which role, in order."""
    sides: dict[str, list[str]] = {}
    for speaker, text in pieces:
        if speaker != "other" and text:
            sides.setdefault(speaker, []).append(text)
    if len(sides) < 2:
        return 0.5
    model = role_model()
    return model.probability(model.side(sides["customer"]) - model.side(sides["agent"]))


def traits(texts: Sequence[str]) -> set[str]:
    """What the model weighs in one side: its phrases, and those with which it begins.

    Who speaks first is left out: agents open calls, customers open chats.
    """
    return phrases(texts) | {AT_FIRST + phrase for phrase in phrases(texts[:1])}


def phrases(texts: Iterable[str]) -> set[str]:
    """Words, pairs and triples of words that stand in the texts; digits count as ``0``."""
    found: set[str] = set()
    words_left = _ENOUGH_WORDS
    for text in texts:
        said = list(islice(words(text), words_left))
        words_left -= len(said)
        found.update(said)
        for size in range(2, LONGEST_PHRASE + 1):
            found.update(" ".join(said[i : i + size]) for i in range(len(said) - size + 1))
        if words_left <= 0:
            break
    return found


def words(text: str) -> Iterator[str]:
    """The words of a text as the model knows them: in lower case, digits as ``0``."""
    for match in _WORD.finditer(text.lower().replace("’", "'")):
        yield "0" if match[0].isdigit() else match[0]


@cache
def role_model(path: Path = BUNDLED) -> RoleModel:
    """The model that `analyzer.roles.fitting` wrote; the one of the package by default."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return RoleModel(weights=stored["weights"], scale=stored["scale"])
