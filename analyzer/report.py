"""What goes out: everything found in one call, with the sentences that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from analyzer.call import Speaker

Probability = float
Outcome = Literal["seized", "partial", "missed"]
Resolution = Literal["resolved", "partial", "unresolved"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Finding(_Part):
    """A label found in a turn, with the sentence that shows it."""

    turn: int = Field(ge=1, description="Number of the turn, from 1.")
    label: str = Field(description="A label of the codebook.")
    confidence: Probability = Field(ge=0, le=1, description="Calibrated probability.")
    quote: str = Field(description="The sentence that shows it, as it stands in the turn.")
    start_char: int = Field(ge=0, description="First character of the quote in the turn's text.")
    end_char: int = Field(ge=0, description="One past the last character of the quote.")
    start_ms: int | None = Field(default=None, description="When the turn starts, if known.")
    why: str = Field(default="", description="One sentence a team lead understands.")


class Flag(Finding):
    """Agent language that harms, or that is a routine stock line (`boilerplate`)."""

    family: Literal["scripted", "uncaring", "dismissive"]


class Opportunity(_Part):
    """A customer turn that called for more than the transaction, and what became of it."""

    turn: int = Field(ge=1, description="The customer turn at which it opened.")
    kind: str = Field(description="A kind of opportunity of the codebook.")
    outcome: Outcome
    by: int | None = Field(
        default=None, description="The agent turn that seized or half-seized it; null if missed."
    )
    confidence: Probability = Field(
        ge=0, le=1, description="Probability that one opened here or up to two turns away."
    )
    quote: str = Field(description="The customer's sentence that opened it.")
    start_char: int = Field(default=0, ge=0)
    end_char: int = Field(default=0, ge=0)
    start_ms: int | None = None
    opened_by: list[str] = Field(
        default_factory=list, description="The cues that opened it, strongest first."
    )
    answered_by: list[str] = Field(
        default_factory=list, description="The agent's moves that count towards it, in order."
    )
    expected: str = Field(description="What would have answered it, in a few words.")
    suggestion: str = Field(description="Words that would have served; empty where it was seized.")
    outcome_probabilities: dict[Outcome, Probability] = Field(default_factory=dict)


class TurnReport(_Part):
    """One turn: its sentiment and the probability of every label that fits its speaker."""

    turn: int = Field(ge=1)
    speaker: Speaker
    sentiment: float | None = Field(
        default=None, ge=-2, le=2, description="Toward the service; null unless a customer turn."
    )
    script: Probability | None = Field(
        default=None,
        description="How surely an agent turn's words are a house script: by the scripts that were "
        "given, else by their recurrence in the calls scored together (`analyzer score`: 64).",
    )
    labels: dict[str, Probability] = Field(default_factory=dict)
    text: str | None = Field(default=None, description="The words; null where left out on request.")
    start_ms: int | None = None
    end_ms: int | None = None


class Reason(_Part):
    """One part of a score: what was found and how many points (of 100) it moved the score."""

    points: float
    what: str
    turns: list[int] = Field(default_factory=list)


class Sentiment(_Part):
    """The customer's sentiment toward the service, from -2 to 2."""

    start: float | None = Field(default=None, ge=-2, le=2)
    end: float | None = Field(default=None, ge=-2, le=2)
    trend: float | None = Field(default=None, ge=-4, le=4, description="end minus start")

    @classmethod
    def of(cls, values: Sequence[float]) -> Sentiment:
        """Means of the first and the last third of a customer's turns, and what lies between.

        Args:
            values: Sentiment of the customer's turns in order, -2 to 2.
        """
        if not values:
            return cls()
        third = max(1, round(len(values) / 3))
        start, end = sum(values[:third]) / third, sum(values[-third:]) / third
        return cls(start=round(start, 3), end=round(end, 3), trend=round(end - start, 3))


class Scores(_Part):
    """The codebook's scores, 0 to 100; `csat` 1 to 5."""

    empathy: float = Field(ge=0, le=100)
    respect: float = Field(ge=0, le=100)
    ownership: float = Field(ge=0, le=100)
    ease: float = Field(ge=0, le=100)
    resolution: float = Field(ge=0, le=100)
    human: float = Field(ge=0, le=100)
    csat: float = Field(ge=1, le=5)


class ModelInfo(_Part):
    """Which model made a report."""

    name: str
    version: str


class CallReport(_Part):
    """Everything found in one call."""

    id: str
    scores: Scores
    intervals: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="The 80 % interval of each score, on the score's scale."
    )
    reasons: dict[str, list[Reason]] = Field(
        default_factory=dict,
        description="For each score, parts that add up from the average call to the score.",
    )
    outcome: Resolution
    outcome_probabilities: dict[Resolution, Probability] = Field(default_factory=dict)
    sentiment: Sentiment
    flags: list[Flag] = Field(default_factory=list)
    cues: list[Finding] = Field(default_factory=list)
    care: list[Finding] = Field(default_factory=list)
    opportunities: list[Opportunity] = Field(default_factory=list)
    turns: list[TurnReport]
    metadata: dict[str, Any] = Field(default_factory=dict)
    model: ModelInfo

    @property
    def missed(self) -> list[Opportunity]:
        """The opportunities nobody answered."""
        return [chance for chance in self.opportunities if chance.outcome == "missed"]

    def _repr_html_(self) -> str:
        """The view of the call, in notebooks."""
        from analyzer.pages import call_html

        return call_html(self)
