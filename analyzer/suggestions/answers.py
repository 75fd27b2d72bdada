"""How agents answered when a call opened an opportunity: what suggestions quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from analyzer import codebook
from analyzer.errors import ReadError, UsageError
from analyzer.report import CallReport, Opportunity, TurnReport
from analyzer.scripts.words import sentence_spans
from analyzer.suggestions.masking import mask

FEWEST_WORDS, MOST_WORDS = 6, 40
"""Fewest words that are quoted, and most of one turn."""

GAP = " … "
"""Between the two halves of an answer, and where sentences are left out."""

_EVENT = re.compile(r"\[[a-z ]+\]\s*|^[a-z ]+\]\s*|\s*\[[a-z ]+$")
_MOVES = re.compile(
    r"\b(?:sorry|apologi[sz]e|our (?:mistake|error|fault|doing)|(?:that's|it's) (?:on )?us\b|i'll|"
    r"i will|i can\b|i've|i have|let me|i'm (?!not)\w+ing|we'll|shall i|shall we|would you like|"
    r"thank you|thanks for|you were right|no charge|take your time|i would be|i'd be|by myself)",
    re.IGNORECASE,
)
_FAR = 6  # agent turns between the two halves of an answer that are still quoted together
_SURE = 0.5  # probability from which a turn carries a label, where a report has no findings


class Answer(BaseModel):
    """An opportunity that was seized, in words that name nobody.

    Attributes:
        kind: The kind of opportunity.
        about: Situations that the words fit, each one or more themes of `situations.THEMES`
            ("ill+trip"), some of them ruled out ("leaving+!price"); where empty, those of
            `situation` are taken.
        cues: The cues that opened it.
        moves: The agent's moves in the quoted words.
        situation: The customer's words that opened it, masked.
        words: The agent's words, masked.
        call: The id of the call it was said in.
        turn: The agent turn quoted last.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    about: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    situation: str
    words: str
    call: str
    turn: int = Field(ge=1)
    company: str = ""


def answers_in(report: CallReport) -> Iterator[Answer]:
    """The seized opportunities of a report, each with the words that seized it.

    Raises:
        UsageError: If the report leaves the turns' text out.
    """
    names = names_in(report)
    for chance in report.opportunities:
        if chance.outcome != "seized" or chance.by is None:
            continue
        quoted = _quoted_turns(report, chance)
        moves = [label for turn in quoted for label in _care(turn)]
        words = GAP.join(_short(_shown_by(report, turn, chance.kind)) for turn in quoted)
        if len(words.split()) >= FEWEST_WORDS:
            yield Answer(
                kind=chance.kind,
                cues=tuple(chance.opened_by),
                moves=tuple(dict.fromkeys(moves)),
                situation=mask(_EVENT.sub("", chance.quote), names),
                words=mask(words, names),
                call=report.id,
                turn=chance.by,
                company=str(report.metadata.get("company") or ""),
            )


def bundled_answers() -> list[Answer]:
    """The answers that come with the package, from its labelled corpora of invented calls.

    They were chosen by reading every seized opportunity: the sentences that could be said to
    another customer, with [slots] where details stood, and the situations they fit.
    """
    text = resources.files(__package__).joinpath("answers.json").read_text(encoding="utf-8")
    return _BANK.validate_json(text)


def save_answers(answers: list[Answer], path: str | Path) -> None:
    """Write a bank as JSON."""
    data = _BANK.dump_json(answers, indent=0, exclude_defaults=True)
    Path(path).write_bytes(data + b"\n")


def load_answers(path: str | Path) -> list[Answer]:
    """Read a bank that `save_answers` wrote.

    Raises:
        ReadError: If the file is missing or is no bank of answers.
    """
    try:
        return _BANK.validate_json(Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        raise ReadError(
            f"is no bank of answers ({error}).",
            source=str(path),
            remedy="Give a file that `save_answers` wrote.",
        ) from error


def names_in(report: CallReport) -> list[str]:
    """The names that a report's metadata holds, to be masked wherever they are said."""
    names = (report.metadata.get(name) for name in ("agent", "company", "customer"))
    return [str(name).replace("_", " ") for name in names if name]


def text_of(turn: TurnReport, report: CallReport) -> str:
    """The words of a turn.

    Raises:
        UsageError: If the report leaves them out.
    """
    if turn.text is None:
        raise UsageError(
            "the report leaves the turns' text out, so that nothing can be suggested from it.",
            place=f"call {report.id}, turn {turn.turn}",
            remedy="Make the reports with their text, and leave it out afterwards.",
        )
    return turn.text


_BANK = TypeAdapter(list[Answer])


def _quoted_turns(report: CallReport, chance: Opportunity) -> list[TurnReport]:
    """The turn that seized it, and the one before that with the other half of the answer."""
    kind = codebook.KINDS_BY_NAME[chance.kind]
    last = report.turns[(chance.by or chance.turn) - 1]
    if not kind.second_half or set(_care(last)) & set(kind.first_half):
        return [last]
    between = [
        turn
        for turn in report.turns[chance.turn : last.turn - 1]
        if turn.speaker == "agent" and last.turn - turn.turn <= 2 * _FAR
    ]
    halves = [turn for turn in between if set(_care(turn)) & set(kind.first_half)]
    return [*halves[:1], last]


def _care(turn: TurnReport) -> list[str]:
    return [name for name in codebook.CARE_NAMES if turn.labels.get(name, 0.0) >= _SURE]


def _shown_by(report: CallReport, turn: TurnReport, kind: str) -> str:
    """The sentences of a turn that show the moves which answer this kind, or read as such moves.

    What else was said in the turn belongs to its own call, and would only puzzle another agent.
    """
    text = text_of(turn, report)
    answering = codebook.KINDS_BY_NAME[kind]
    moves = {*answering.first_half, *answering.second_half}
    shown = [
        (finding.start_char, finding.end_char)
        for finding in report.care
        if finding.turn == turn.turn and finding.label in moves and finding.quote != text
    ]
    sentences = sentence_spans(text)
    kept = [
        (start, end)
        for start, end in sentences
        if any(begin < end and start < stop for begin, stop in shown)
        or _MOVES.search(text, start, end)
    ]
    if not kept:
        return text if len(text.split()) <= MOST_WORDS else ""
    words = ""
    for place, (start, end) in enumerate(kept):
        beside = place and sentences.index(kept[place - 1]) + 1 == sentences.index((start, end))
        words += (" " if beside else GAP) * bool(words) + text[start:end].strip()
    return words


def _short(text: str) -> str:
    """Whole sentences of at most `MOST_WORDS` words; the first one at least."""
    text = _EVENT.sub("", text).strip()
    kept = ""
    for start, end in sentence_spans(text):
        longer = f"{kept} {text[start:end].strip()}".strip()
        if kept and len(longer.split()) > MOST_WORDS:
            break
        kept = longer
    words = kept.split()
    return kept if len(words) <= 2 * MOST_WORDS else " ".join(words[:MOST_WORDS]) + " …"
