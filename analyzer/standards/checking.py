"""A report held to a house's standards: what was met, what was not, and where."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from analyzer import codebook
from analyzer.report import CallReport, TurnReport
from analyzer.standards.rubric import Behaviour, Prohibition, Rubric, Standard, Where

Kind = Literal["target", "mark", "behaviour", "prohibition", "opportunities"]

_OPENING_TURNS = 2  # agent turns
_CLOSING_TURNS = 2
_WORDLESS = "cannot be told: the report leaves the words out"


class Part(BaseModel):
    """A part of what is told of calls and standards; knows no other fields than its own."""

    model_config = ConfigDict(extra="forbid")


class Item(Part):
    """One point of a standard, and whether the call met it."""

    kind: Kind
    name: str
    met: bool | None = Field(description="Null where it cannot be told or was not called for.")
    value: float | None = Field(default=None, description="Of a score or a count.")
    target: float | None = None
    critical: bool = False
    turns: list[int] = Field(default_factory=list, description="Where it was done or not done.")
    explanation: str


class StandardsResult(Part):
    """How a call stands to the standard it is held to.

    `passed` is false where a critical point or the pass mark is not met, null where no standard
    applies to the call.
    """

    call: str
    standard: str | None
    passed: bool | None
    mark: float | None = Field(description="Weighted mean of the scores, 0 to 100.")
    items: list[Item]

    @property
    def not_met(self) -> list[Item]:
        """The points the call did not meet."""
        return [item for item in self.items if item.met is False]


def check(report: CallReport, rubric: Rubric) -> StandardsResult:
    """Hold a report to the first standard that fits its metadata."""
    standard = rubric.standard_for(report)
    if standard is None:
        return StandardsResult(call=report.id, standard=None, passed=None, mark=None, items=[])
    mark = _mark(report, standard)
    items = [_target(report, name, least) for name, least in standard.targets.items()]
    items += [_behaviour(report, one) for one in standard.mandatory]
    items += [_prohibition(report, one) for one in standard.forbidden]
    if standard.missed_at_most is not None:
        items.append(_missed(report, standard.missed_at_most))
    if standard.pass_mark is not None:
        items.append(_pass_mark(mark, standard.pass_mark))
    failed = any(item.met is False and (item.critical or item.kind == "mark") for item in items)
    return StandardsResult(
        call=report.id, standard=standard.name, passed=not failed, mark=mark, items=items
    )


def _score(report: CallReport, name: str) -> float:
    return float(getattr(report.scores, name))


def _mark(report: CallReport, standard: Standard) -> float:
    weights = standard.weights or dict.fromkeys(codebook.SCORE_NAMES, 1.0)
    points = {
        name: codebook.from_points(_score(report, name)) if name == "csat" else _score(report, name)
        for name in weights
    }
    return sum(weights[name] * points[name] for name in weights) / sum(weights.values())


def _target(report: CallReport, name: str, least: float) -> Item:
    value = _score(report, name)
    told = f"{name} is {value:.1f}; {least:g} or more is asked for"
    interval = report.intervals.get(name)
    if interval and interval[0] < least <= interval[1]:
        told += f" (from {interval[0]:.1f} to {interval[1]:.1f} with 80 % certainty: a close call)"
    return Item(
        kind="target", name=name, met=value >= least, value=value, target=least, explanation=told
    )


def _pass_mark(mark: float, least: float) -> Item:
    return Item(
        kind="mark",
        name="pass mark",
        met=mark >= least,
        value=mark,
        target=least,
        explanation=f"the weighted mark is {mark:.1f}; {least:g} or more is asked for",
    )


def _missed(report: CallReport, most: int) -> Item:
    missed = report.missed
    return Item(
        kind="opportunities",
        name="missed opportunities",
        met=len(missed) <= most,
        value=len(missed),
        target=most,
        turns=[chance.turn for chance in missed],
        explanation=f"{len(missed)} missed; at most {most} may be",
    )


def _prohibition(report: CallReport, rule: Prohibition) -> Item:
    found = [
        flag
        for flag in report.flags
        if flag.label in rule.labels and flag.confidence >= rule.confidence
    ]
    told = ", ".join(f"{flag.label.replace('_', ' ')} in turn {flag.turn}" for flag in found)
    return Item(
        kind="prohibition",
        name=rule.name,
        met=len(found) <= rule.at_most,
        value=len(found),
        target=rule.at_most,
        critical=rule.critical,
        turns=sorted({flag.turn for flag in found}),
        explanation=told or "not found",
    )


def _behaviour(report: CallReport, rule: Behaviour) -> Item:
    agent = [turn for turn in report.turns if turn.speaker == "agent"]
    if rule.when:
        return _answer(report, rule, agent)
    places = _at(agent, rule.where)
    met = _is_done(report, places, rule)
    done = [turn.turn for turn in places if _does(report, turn, rule)]
    where = "" if rule.where == "anywhere" else f" in the {rule.where}"
    told = f"done in turn {done[0]}" if done else f"not found{where}"
    return Item(
        kind="behaviour",
        name=rule.name,
        met=met,
        critical=rule.critical,
        turns=done,
        explanation=_WORDLESS if met is None else told,
    )


def _answer(report: CallReport, rule: Behaviour, agent: list[TurnReport]) -> Item:
    """Each turn with one of the cues has to be answered soon after."""
    called_for = sorted({cue.turn for cue in report.cues if cue.label in rule.when})
    answered = {
        turn: _is_done(report, [one for one in agent if one.turn > turn][: rule.within], rule)
        for turn in called_for
    }
    open_turns = [turn for turn in called_for if answered[turn] is False]
    unknown = not open_turns and None in answered.values()
    cues = " or ".join(rule.when)
    if not called_for:
        told = f"not called for: no {cues}"
    elif open_turns:
        turns = ", ".join(map(str, open_turns))
        told = f"{cues} in turn {turns} was not answered within {rule.within} agent turns"
    else:
        told = _WORDLESS if unknown else f"every {cues} was answered"
    return Item(
        kind="behaviour",
        name=rule.name,
        met=None if unknown or not called_for else not open_turns,
        critical=rule.critical,
        turns=open_turns,
        explanation=told.replace("_", " "),
    )


def _at(agent: list[TurnReport], where: Where) -> list[TurnReport]:
    if where == "opening":
        return agent[:_OPENING_TURNS]
    return agent[-_CLOSING_TURNS:] if where == "closing" else agent


def _is_done(report: CallReport, turns: list[TurnReport], rule: Behaviour) -> bool | None:
    """Whether one of the turns does it; None where that hangs on words that are left out."""
    if any(_does(report, turn, rule) for turn in turns):
        return True
    return None if rule.phrases and any(turn.text is None for turn in turns) else False


def _does(report: CallReport, turn: TurnReport, rule: Behaviour) -> bool:
    findings: list[Any] = [*report.care, *report.flags]
    if any(one.turn == turn.turn and one.label in rule.moves for one in findings):
        return True
    said = f" {_plain(turn.text or '')} "
    return any(f" {_plain(phrase)} " in said for phrase in rule.phrases)


def _plain(text: str) -> str:
    """Lower case, without punctuation: transcripts may have none."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.lower())))
