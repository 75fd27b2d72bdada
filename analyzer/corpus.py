"""Labelled calls: what the tagger learns from and what it is measured against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analyzer import codebook
from analyzer.call import Call, Turn
from analyzer.errors import CorpusError
from analyzer.report import (
    CallReport,
    Finding,
    Flag,
    ModelInfo,
    Opportunity,
    Outcome,
    Resolution,
    Scores,
    Sentiment,
    TurnReport,
)


class LabelledTurn(Turn):
    """A turn with the codebook's labels, and the sentiment of a customer turn."""

    labels: list[str] = Field(default_factory=list)
    sentiment: int | None = Field(default=None, ge=-2, le=2)

    @model_validator(mode="after")
    def _labels_fit_the_speaker(self) -> LabelledTurn:
        strangers = set(self.labels) - set(codebook.labels_for(self.speaker))
        if strangers:
            raise ValueError(f"labels {sorted(strangers)} do not fit a turn of the {self.speaker}")
        return self


class LabelledOpportunity(BaseModel):
    """A recovery opportunity as a reader of the call judged it."""

    model_config = ConfigDict(extra="forbid")

    turn: int = Field(ge=1)
    kind: Literal["emotion", "hardship", "failure", "effort", "churn", "loyalty", "delight"]
    outcome: Outcome
    by: int | None = None
    note: str = ""


class LabelledCall(BaseModel):
    """One call of the corpus: the neutral format with gold labels."""

    model_config = ConfigDict(extra="forbid")

    id: str
    author: str
    split: Literal["train", "dev"]
    metadata: dict[str, str] = Field(default_factory=dict)
    turns: list[LabelledTurn] = Field(min_length=1)
    opportunities: list[LabelledOpportunity] = Field(default_factory=list)
    scores: dict[str, int]
    outcome: Resolution

    @model_validator(mode="after")
    def _everything_points_somewhere(self) -> LabelledCall:
        for chance in self.opportunities:
            if chance.turn > len(self.turns) or self.turns[chance.turn - 1].speaker != "customer":
                raise ValueError(f"an opportunity opens at turn {chance.turn}: no customer turn")
            if (chance.outcome == "missed") != (chance.by is None):
                raise ValueError(f"opportunity at turn {chance.turn}: missed has no `by`")
        if set(self.scores) != set(codebook.SCORE_NAMES):
            raise ValueError(f"scores must be exactly {', '.join(codebook.SCORE_NAMES)}")
        if not all(1 <= score <= 5 for score in self.scores.values()):
            raise ValueError("scores run from 1 to 5")
        return self

    def call(self) -> Call:
        """The call without its labels, as a reader would give it."""
        turns = [
            Turn(speaker=t.speaker, text=t.text, start_ms=t.start_ms, end_ms=t.end_ms)
            for t in self.turns
        ]
        return Call(id=self.id, turns=turns, metadata=dict(self.metadata))

    def gold_report(self) -> CallReport:
        """The labels as a report, as if a faultless model had found them.

        Labels are gold a turn, so each finding quotes its whole turn.
        """
        return CallReport(
            id=self.id,
            scores=Scores(
                **{
                    name: points if name == "csat" else codebook.from_points(points)
                    for name, points in self.scores.items()
                }
            ),
            outcome=self.outcome,
            sentiment=Sentiment.of([t.sentiment for t in self.turns if t.sentiment is not None]),
            flags=[
                Flag(family=codebook.BY_NAME[f.label].family, **f.model_dump())
                for f in self._findings(codebook.FLAG_NAMES)
            ],
            cues=self._findings(codebook.CUE_NAMES),
            care=self._findings(codebook.CARE_NAMES),
            opportunities=[self._gold_opportunity(chance) for chance in self.opportunities],
            turns=[
                TurnReport(
                    turn=number,
                    speaker=turn.speaker,
                    sentiment=turn.sentiment,
                    labels={
                        name: float(name in turn.labels)
                        for name in codebook.labels_for(turn.speaker)
                    },
                    text=turn.text,
                    start_ms=turn.start_ms,
                    end_ms=turn.end_ms,
                )
                for number, turn in enumerate(self.turns, 1)
            ],
            metadata=dict(self.metadata),
            model=ModelInfo(name="gold", version=self.author),
        )

    def _findings(self, names: tuple[str, ...]) -> list[Finding]:
        return [
            Finding(
                turn=number,
                label=label,
                confidence=1.0,
                quote=turn.text,
                start_char=0,
                end_char=len(turn.text),
                start_ms=turn.start_ms,
                why=f"the {turn.speaker} {codebook.BY_NAME[label].definition}",
            )
            for number, turn in enumerate(self.turns, 1)
            for label in turn.labels
            if label in names
        ]

    def _gold_opportunity(self, chance: LabelledOpportunity) -> Opportunity:
        kind = codebook.KINDS_BY_NAME[chance.kind]
        turn = self.turns[chance.turn - 1]
        return Opportunity(
            turn=chance.turn,
            kind=chance.kind,
            outcome=chance.outcome,
            by=chance.by,
            confidence=1.0,
            quote=turn.text,
            end_char=len(turn.text),
            start_ms=turn.start_ms,
            opened_by=[label for label in turn.labels if label in kind.cues],
            expected=kind.due,
            suggestion="" if chance.outcome == "seized" else chance.note,
        )


def read_corpus(path: str | Path) -> list[LabelledCall]:
    """Read a labelled corpus: JSON Lines, one labelled call a line.

    Raises:
        CorpusError: If the file cannot be read or is empty, or a line is not a labelled call.
    """
    calls = list(_calls(Path(path)))
    if not calls:
        raise CorpusError(
            "holds no labelled call.",
            source=str(path),
            remedy="Give a JSON Lines file with a labelled call a line; see data/README.md.",
        )
    return calls


def _calls(path: Path) -> Iterator[LabelledCall]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"cannot be read as a labelled corpus ({error}).",
            source=str(path),
            remedy="Give a JSON Lines file in UTF-8.",
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield LabelledCall.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise _not_labelled(error.msg, path, f"line {number}, column {error.colno}") from error
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = ", ".join([f"line {number}", ".".join(map(str, first["loc"]))]).rstrip(", ")
            raise _not_labelled(first["msg"].removeprefix("Value error, "), path, place) from error


def _not_labelled(why: str, path: Path, place: str) -> CorpusError:
    """The error that says why, and never what was said: that may be confidential."""
    return CorpusError(
        f"is not a labelled call: {why}.",
        source=str(path),
        place=place,
        remedy="See data/README.md for the fields.",
    )
