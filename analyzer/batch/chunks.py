"""The unit of work: a fixed number of readings, in the order of the input.

Chunks are cut by count alone, so the same input is always cut alike, and each is scored by itself:
a call's report does not depend on who scores it, when, or after how many interruptions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from pydantic import BaseModel, ConfigDict

from analyzer.call import Call
from analyzer.errors import InvalidCallError
from analyzer.readers.reading import Reading
from analyzer.writers import Failure

CHUNK = 64
"""Readings in a chunk: what is lost at most when a run is killed, and what is sorted by length."""


class Item(BaseModel):
    """One reading: a call, a failure in its place, or (where a call was renamed) both.

    Attributes:
        source: Where the call was read.
        place: The line or row in the source.
        call: What is to be scored.
        failure: What is to be told.
    """

    model_config = ConfigDict(extra="forbid")

    source: str | None = None
    place: str | None = None
    call: Call | None = None
    failure: Failure | None = None

    @classmethod
    def of(cls, reading: Reading) -> Item:
        """What a reading calls for."""
        source, place, call, error = reading
        if call is None:
            return cls(source=source, place=place, failure=Failure.of(error) if error else None)
        failure = _renamed(call, source, place) if "duplicate_of" in call.metadata else None
        return cls(source=source, place=place, call=call, failure=failure)


class Chunk(BaseModel):
    """Consecutive readings.

    Attributes:
        number: Place of the chunk in the input, from 0.
        items: The readings.
    """

    model_config = ConfigDict(extra="forbid")

    number: int
    items: list[Item]

    @cached_property
    def digest(self) -> str:
        """Tells whether two chunks hold the same readings."""
        digest = hashlib.blake2b(digest_size=16)
        for item in self.items:
            digest.update(item.model_dump_json().encode())
        return digest.hexdigest()


def chunks(found: Iterable[Reading], size: int = CHUNK) -> Iterator[Chunk]:
    """Readings cut into chunks, lazily; the last may be shorter."""
    items = map(Item.of, found)
    number = 0
    while taken := list(islice(items, size)):
        yield Chunk(number=number, items=taken)
        number += 1


def _renamed(call: Call, source: str | None, place: str | None) -> Failure:
    """Nothing is lost by an id that comes twice, but somebody should know."""
    error = InvalidCallError(
        f"has the id of an earlier call, {call.metadata['duplicate_of']!r}; it was scored as "
        f"{call.id!r}.",
        source=source,
        place=place,
        remedy="Give each call an id of its own.",
    )
    return Failure.of(error, call.id)
