"""What every reader is: it recognises an export by its content and takes the calls out of it.

To add a format whose files are JSON, derive from `JsonReader`: say in `recognises_document` by
which fields it is known, and in `calls` turn one document into `Transcript`s. Files, archives,
encodings, arrays and JSON Lines of documents, roles, joining and times are dealt with around it.
For other files derive from `Reader`. Then add a line to `registry.BUILT_IN`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers.export import Export
from analyzer.readers.transcript import Piece, Transcript

MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What a reader may raise on content that is not of its format."""

__all__ = ["MALFORMED", "Export", "JsonReader", "Piece", "Reader", "Transcript"]


class Reader(ABC):
    """One export format.

    Attributes:
        name: What a user types: ``"amazon-connect"``.
        title: What a user reads: ``"Amazon Connect Contact Lens"``.
        extensions: Endings that such files usually have, for display only.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def recognises(self, export: Export) -> bool:
        """Whether the content is of this format. Must be cheap, and must not consume it."""

    def is_companion(self, export: Export) -> bool:
        """Whether a recognised file goes with another and rightly holds no call of its own."""
        return False

    @abstractmethod
    def read(self, export: Export) -> Iterator[Transcript | Call | ReadError]:
        """The calls of an export, one by one.

        A call that cannot be read is yielded as its error, and reading goes on; an error that
        ends the reading of the whole file is raised. The errors in `MALFORMED` count as "the
        content is not what the format promises".
        """


class JsonReader(Reader):
    """A format whose files are JSON documents of one or many calls.

    Attributes:
        array_is_document: True where a document is itself an array (of phrases, say), so that an
            array is not taken for a list of documents.
    """

    extensions: ClassVar[tuple[str, ...]] = (".json", ".jsonl")
    array_is_document: ClassVar[bool] = False

    @abstractmethod
    def recognises_document(self, document: Any) -> bool:
        """Whether one parsed document is of this format.

        Look at the fields that make the format what it is. Where `array_is_document`, the
        document may hold only the first elements of a long array.
        """

    @abstractmethod
    def calls(self, document: Any, name: str) -> Iterator[Transcript | Call | ReadError]:
        """The calls of one document. `name` is the file as the user knows it."""

    def recognises(self, export: Export) -> bool:
        """Whether one of the export's first documents is of this format."""
        leading = export.documents.leading(array_is_document=self.array_is_document)
        return any(self.fits(document) for document in leading)

    def fits(self, document: Any) -> bool:
        """Whether one parsed document is of this format, whatever it may hold."""
        try:
            return self.recognises_document(document)
        except MALFORMED:
            return False

    def read(self, export: Export) -> Iterator[Transcript | Call | ReadError]:
        """The calls of every document of the export."""
        for place, document in export.documents.each(array_is_document=self.array_is_document):
            if isinstance(document, ReadError):
                yield document
            else:
                yield from self.calls_at(place, document, export.name)

    def calls_at(
        self, place: str | None, document: Any, name: str
    ) -> Iterator[Transcript | Call | ReadError]:
        """The calls of the document at a place of a file; its error where it cannot be read."""
        try:
            for found in self.calls(document, name):
                if isinstance(found, Transcript) and found.place is None:
                    found.place = place
                yield found
        except ReadError as error:
            error.place = ", ".join(part for part in (place, error.place) if part) or None
            yield error
        except MALFORMED as error:
            yield ReadError(
                f"is not what {self.title} promises ({type(error).__name__}).",
                source=name,
                place=place,
                remedy="Export it again, or convert it to the neutral format.",
            )
