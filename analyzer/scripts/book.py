"""The house scripts of one or more companies, as a file that can be kept and read again."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.files import write_text
from analyzer.report import CallReport
from analyzer.scripts.sketch import GRAM, Hashes, gram_hashes

if TYPE_CHECKING:
    from analyzer.scripts.matching import ScriptIndex

Place = Literal["opening", "middle", "closing"]
PLACES: tuple[Place, ...] = ("opening", "middle", "closing")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SentimentMove(_Part):
    """How customers' sentiment moves from the turn before a script to the turn after it."""

    times: int = Field(ge=1, description="Occurrences between two customer turns.")
    before: float = Field(ge=-2, le=2, description="Mean sentiment of the turn before.")
    after: float = Field(ge=-2, le=2, description="Mean sentiment of the turn after.")
    beyond_usual: float = Field(
        description="How much higher the turn after is than after other agent turns that followed "
        "the same sentiment; drawn towards 0 where it was seen a few times only."
    )
    interval: tuple[float, float] = Field(description="Its 90 % interval.")
    verdict: Literal["soothes", "sours", "unclear"]


class Script(_Part):
    """One line that a house's agents say word for word, or nearly so."""

    id: str = Field(description="Unique in its book.")
    company: str = Field(description="Whose line it is; empty where calls name no company.")
    template: str = Field(description="The line, with {slots} where the call's facts stand.")
    words: list[str] = Field(min_length=1, description="The words that are compared.")
    count: int = Field(ge=1, description="How often it was said.")
    calls: int = Field(ge=1, description="In how many calls.")
    agents: int = Field(ge=0, description="By how many agents; 0 where calls name no agent.")
    places: dict[Place, int] = Field(
        default_factory=dict, description="How often in the opening, the middle, the closing."
    )
    seen_in: list[str] = Field(default_factory=list, description="Ids of a few of the calls.")
    sentiment: SentimentMove | None = None

    @property
    def place(self) -> Place:
        """Where it is mostly said."""
        return max(PLACES, key=lambda place: self.places.get(place, 0))


class HouseSize(_Part):
    """How much of a company was read."""

    calls: int = Field(ge=0)
    agents: int = Field(ge=0)


class ScriptBook(_Part):
    """House scripts, the most said first, and whose calls they were learnt from."""

    format: Literal["analyzer-scripts-1"] = "analyzer-scripts-1"
    companies: dict[str, HouseSize] = Field(default_factory=dict)
    scripts: list[Script] = Field(default_factory=list)
    learnt_from: str = Field(
        default="",
        description="Fingerprints of the calls' ids, so that a call is not judged by itself "
        "(base64 of sorted 32-bit hashes; the ids cannot be read from it).",
    )

    recurring_runs: str = Field(
        default="",
        description="Hashes of the runs of three words that recur, known line or not (base64 of "
        "sorted 32-bit hashes).",
    )

    def script_probability(self, text: str, company: str = "") -> float:
        """How surely an agent's words are a house script of the company: 0..1.

        It is that of the surest line found in the text; wording that recurs without being a known
        line has 0.3 at most. Give `judge` a whole call where the call may be one of those the book
        was learnt from: this function leaves nothing out.
        """
        from analyzer.scripts.judging import text_probability
        from analyzer.scripts.words import House

        return text_probability(text, self, House(company=company))

    def with_sentiment(self, reports: Iterable[CallReport]) -> ScriptBook:
        """The same book with how the customers' sentiment moves after each script.

        Raises:
            UsageError: If a report leaves out the text of its turns.
        """
        from analyzer.scripts.sentiment import with_sentiment

        return with_sentiment(self, reports)

    def was_learnt_from(self, call: Call) -> bool:
        """Whether the call is one of those that the book's counts hold."""
        return fingerprint(call) in self._fingerprints

    def save(self, path: str | Path) -> None:
        """Write the book as JSON; the file appears when it is complete.

        Raises:
            OutputError: If the file cannot be written.
        """
        write_text(path, self.model_dump_json(indent=1) + "\n", what="the scripts")

    @classmethod
    def load(cls, path: str | Path) -> ScriptBook:
        """Read a book that `save` wrote.

        Raises:
            ReadError: If the file is missing or is no book of scripts.
        """
        try:
            return cls.model_validate_json(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(
                f"the scripts cannot be read ({error}).",
                source=str(path),
                remedy="Give the file that `analyzer scripts learn ... --out FILE` wrote.",
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            raise ReadError(
                f"is no file of house scripts: {first['msg']}.",
                source=str(path),
                place=".".join(str(part) for part in first["loc"]) or None,
                remedy="Learn it anew with `analyzer scripts learn ... --out FILE`.",
            ) from error

    @cached_property
    def index(self) -> ScriptIndex:
        """Finds the scripts in a text; built on first use."""
        from analyzer.scripts.matching import ScriptIndex

        return ScriptIndex(self.scripts)

    def recurring_share(self, words: Sequence[str], company: str) -> float:
        """Share of the words that lie in runs which recur in the company's calls."""
        known = self._runs
        covered = [False] * len(words)
        for place, run in enumerate(short_hashes(gram_hashes(words, company))):
            if int(run) in known:
                covered[place : place + GRAM] = [True] * min(GRAM, len(words) - place)
        return sum(covered) / len(words) if words else 0.0

    @cached_property
    def _fingerprints(self) -> frozenset[int]:
        return _unpacked(self.learnt_from)

    @cached_property
    def _runs(self) -> frozenset[int]:
        return _unpacked(self.recurring_runs)


def fingerprint(call: Call) -> int:
    """A 32-bit hash of the call's id and first words; a chance match does no harm but modesty."""
    return crc32(f"{call.id}\0{call.turns[0].text}".encode())


def short_hashes(hashes: Hashes) -> npt.NDArray[np.uint32]:
    """The half of each hash that a book keeps."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def packed(hashes: Iterable[int]) -> str:
    """The form in which a book keeps hashes."""
    return base64.b64encode(np.array(sorted(hashes), dtype="<u4").tobytes()).decode()


def _unpacked(text: str) -> frozenset[int]:
    return frozenset(np.frombuffer(base64.b64decode(text), dtype="<u4").tolist())
