"""Which column of a table holds what: by its name, or by what the user said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.errors import ReadError, UsageError
from analyzer.readers.metadata import COMMON, common_name, squeezed
from analyzer.readers.times import Unit

FIELDS = ("call", "speaker", "name", "text", "start", "end", "duration", "order")
"""What a table may tell of a turn, in the words of `--map`; all else is told of the call."""

_NAMES: dict[str, str] = {
    "call": """callid conversationid conversation convid convoid contactid interactionid
        dialogueid dialogid dialogue dialog chatid sessionid ticketid caseid transcriptid
        recordingid callsid callguid callref callreference call session chat ticket ucid
        engagementid id""",
    "speaker": """speakerrole participantrole sendertype senderrole authorrole authortype
        participanttype participantpurpose usertype role speaker speakertype speakerlabel
        speakertag speakerid party partyrole side sender from author participant participantid
        who talker source actor direction speakername sendername authorname name user
        channelindex channelid channelnumber channeltag channel""",
    "name": "speakername sendername authorname participantname displayname",
    "text": """text utterance utterancetext transcript transcription transcripttext message
        messagetext messagebody content body sentence phrase words speech said display turntext
        dialoguetext linetext msg turn line comment value""",
    "start": """startms starttimems startmillis startoffsetms startoffsetmillis beginoffsetmillis
        offsetms offsetmillis startseconds startsec startsecs starttimeseconds start starttime
        startoffset starttimestamp offset begin begintime beginoffset timestamp timestampms time
        datetime senttime sentat createdat created date t ts""",
    "end": """endms endtimems endmillis endoffsetms endoffsetmillis endseconds endsec endsecs
        endtimeseconds end endtime endoffset endtimestamp stop stoptime finish""",
    "duration": """durationms durationmillis durationseconds durationsec utteranceduration
        turnduration duration length""",
    "order": """turnnumber turnindex turnid turnno turnnum utteranceindex utterancenumber
        messageindex sequence sequencenumber seq lineno linenumber index idx order position turn""",
}
_CANDIDATES = {field: tuple(names.split()) for field, names in _NAMES.items()}
_UNITS: tuple[tuple[str, Unit], ...] = (
    ("milliseconds", "ms"),
    ("millis", "ms"),
    ("ms", "ms"),
    ("seconds", "s"),
    ("secs", "s"),
    ("sec", "s"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table's fields stand, as positions of columns.

    Attributes:
        header: The names of all columns.
        found: Position by field (see `FIELDS`).
        about: Position by name of a metadatum, where the user gave one.
    """

    header: tuple[str, ...]
    found: Mapping[str, int]
    about: Mapping[str, int]

    @property
    def complete(self) -> bool:
        """Whether it is told who says what."""
        return "speaker" in self.found and "text" in self.found

    def unit(self, field: str) -> Unit | None:
        """The unit that a column's name tells for its numbers."""
        name = squeezed(self.header[self.found[field]]) if field in self.found else ""
        return next((unit for ending, unit in _UNITS if name.endswith(ending)), None)

    def others(self) -> list[int]:
        """Positions of the columns that tell nothing of a turn."""
        used = {*self.found.values(), *self.about.values()}
        return [position for position in range(len(self.header)) if position not in used]


def check_fields(given: Mapping[str, str]) -> None:
    """Let pass what a user may say of columns.

    Raises:
        UsageError: If there is no such field.
    """
    for field in given:
        if field not in FIELDS and common_name(field) is None:
            raise UsageError(
                f"a table has no field {field!r}.",
                remedy=f"Use one of: {', '.join((*FIELDS, *COMMON))}.",
            )


def find_columns(header: Sequence[str], given: Mapping[str, str]) -> Columns:
    """The columns of a table with this header.

    Args:
        header: The names of its columns.
        given: Column by field, as the user says; these count before all names.
    """
    keys = [squeezed(name) for name in header]
    found: dict[str, int] = {}
    about: dict[str, int] = {}
    for field, column in given.items():
        position = _position(header, column)
        if position is not None:
            (found if field in FIELDS else about)[field] = position
    for field in ("text", "speaker", *FIELDS):
        taken = {*found.values(), *about.values()}
        for name in () if field in found else _CANDIDATES[field]:
            if name in keys and keys.index(name) not in taken:
                found[field] = keys.index(name)
                break
    if "start" not in found or "end" in found:
        found.pop("duration", None)  # of the call, then
    return Columns(tuple(header), found, about)


def missing_columns(columns: Columns, given: Mapping[str, str], source: str) -> ReadError:
    """The error that tells what a table lacks, and what it has."""
    lost = [name for name in given.values() if _position(columns.header, name) is None]
    named = ", ".join(name for name in columns.header if name)[:300]
    if lost:
        problem = f"has no column {lost[0]!r}."
    else:
        absent = [field for field in ("speaker", "text") if field not in columns.found]
        problem = f"has no column that tells the {' and the '.join(absent)} of a turn."
    return ReadError(
        problem,
        source=source,
        remedy=f"Name it with --map, such as text=Utterance. Columns are: {named or 'none'}.",
    )


def _position(header: Sequence[str], column: str) -> int | None:
    for same in (str, str.casefold, squeezed):
        for position, name in enumerate(header):
            if name and same(name.strip()) == same(column.strip()):
                return position
    return None
