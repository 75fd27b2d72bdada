"""Standards: what a house asks of its calls, as a YAML file of weights, targets and behaviours.

A file holds one or more standards; the first whose `applies_to` fits a call's metadata is used, so
that each company or vendor can have its own. See `data/standards.example.yaml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analyzer import codebook
from analyzer.errors import UsageError
from analyzer.report import CallReport

Where = Literal["opening", "closing", "anywhere"]

_REMEDY = "See data/standards.example.yaml for a standard that works."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known(names: list[str], known: tuple[str, ...], what: str) -> list[str]:
    strangers = sorted(set(names) - set(known))
    if strangers:
        raise ValueError(f"{strangers[0]!r} is no {what}; there are {', '.join(known)}")
    return names


def _told_apart(names: Iterable[str], what: str) -> None:
    """Refuse a name that comes twice: what is met is counted by name."""
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{times} {what} are named {name!r}: each needs a name of its own")


class Behaviour(_Part):
    """What the agent has to do: one of some moves, or one of some phrases.

    With `when`, only where the customer showed one of those cues; then within `within` agent turns
    of each such turn.
    """

    name: str = Field(min_length=1)
    moves: list[str] = Field(default_factory=list, description="Agent labels; one is enough.")
    phrases: list[str] = Field(default_factory=list, description="Words; one of them is enough.")
    where: Where = "anywhere"
    when: list[str] = Field(default_factory=list, description="Customer cues that call for it.")
    within: int = Field(default=3, ge=1, description="Agent turns after the cue.")
    critical: bool = Field(default=False, description="Whether the call fails without it.")

    @model_validator(mode="after")
    def _is_complete(self) -> Behaviour:
        if not self.moves and not self.phrases:
            raise ValueError("names neither `moves` nor `phrases`: one of them is needed")
        if self.when and self.where != "anywhere":
            raise ValueError("has `when` and `where`: what answers a cue has no fixed place")
        _known(self.moves, codebook.CARE_NAMES + codebook.FLAG_NAMES, "label of agent turns")
        _known(self.when, codebook.CUE_NAMES, "customer cue")
        return self


class Prohibition(_Part):
    """What the agent must not do, unless at most `at_most` times."""

    name: str = Field(min_length=1)
    labels: list[str] = Field(min_length=1)
    confidence: float = Field(default=0.0, ge=0, le=1, description="From which it counts.")
    at_most: int = Field(default=0, ge=0)
    critical: bool = False

    @field_validator("labels")
    @classmethod
    def _are_flags(cls, names: list[str]) -> list[str]:
        return _known(names, codebook.FLAG_NAMES, "flag")


class Standard(_Part):
    """What one house asks of its calls."""

    name: str = Field(min_length=1)
    applies_to: dict[str, list[str]] = Field(
        default_factory=dict, description="Metadata and its allowed values; empty for every call."
    )
    weights: dict[str, float] = Field(
        default_factory=dict, description="How much each score counts; all alike if empty."
    )
    targets: dict[str, float] = Field(default_factory=dict, description="Least value of a score.")
    pass_mark: float | None = Field(default=None, ge=0, le=100)
    missed_at_most: int | None = Field(default=None, ge=0, description="Missed opportunities.")
    mandatory: list[Behaviour] = Field(default_factory=list)
    forbidden: list[Prohibition] = Field(default_factory=list)

    @field_validator("applies_to", mode="before")
    @classmethod
    def _one_value_is_a_list(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: [str(x) for x in (v if isinstance(v, list) else [v])] for k, v in value.items()}

    @field_validator("weights")
    @classmethod
    def _weights_weigh(cls, value: dict[str, float]) -> dict[str, float]:
        _known(list(value), codebook.SCORE_NAMES, "score")
        if any(weight < 0 for weight in value.values()) or (value and not sum(value.values())):
            raise ValueError("weights are 0 or more, and one is above 0")
        return value

    @field_validator("targets")
    @classmethod
    def _targets_can_be_met(cls, value: dict[str, float]) -> dict[str, float]:
        _known(list(value), codebook.SCORE_NAMES, "score")
        for name, target in value.items():
            low, high = (1, 5) if name == "csat" else (0, 100)
            if not low <= target <= high:
                raise ValueError(
                    f"the target of {name} is {target:g}: it runs from {low} to {high}"
                )
        return value

    @model_validator(mode="after")
    def _rules_are_told_apart(self) -> Standard:
        behaviours = [rule.name for rule in self.mandatory]
        _told_apart(behaviours + [rule.name for rule in self.forbidden], "rules")
        return self

    def fits(self, metadata: dict[str, Any]) -> bool:
        """Whether it applies to a call with this metadata."""
        return all(
            str(metadata.get(name, "")).casefold() in {value.casefold() for value in values}
            for name, values in self.applies_to.items()
        )


class Rubric(_Part):
    """The standards of a file, the first that fits a call being the one it is held to."""

    standards: list[Standard] = Field(min_length=1)

    @field_validator("standards")
    @classmethod
    def _are_told_apart(cls, standards: list[Standard]) -> list[Standard]:
        _told_apart((one.name for one in standards), "standards")
        return standards

    def standard_for(self, report: CallReport) -> Standard | None:
        """The standard a call is held to; None where none applies."""
        return next((one for one in self.standards if one.fits(report.metadata)), None)


def read_rubric(path: str | Path) -> Rubric:
    """Read a file of standards.

    Raises:
        UsageError: If it cannot be read or says something that makes no sense; with the line.
    """
    source = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the standards cannot be read ({error}).", source=source, remedy=_REMEDY
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UsageError(
            f"is no YAML: {getattr(error, 'problem', None) or error}.",
            source=source,
            place=f"line {mark.line + 1}" if mark else None,
            remedy="Check the indentation and the quotes there.",
        ) from error
    try:
        return Rubric.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"{first['msg'].removeprefix('Value error, ')}.",
            source=source,
            place=_place(text, first["loc"]),
            remedy=_REMEDY,
        ) from error


def _place(text: str, path: tuple[int | str, ...]) -> str:
    """The line of the part at fault, and its path."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    name = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
    return f"line {line}, {name}" if name else f"line {line}"
