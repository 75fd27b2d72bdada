"""Every error the analyzer raises on purpose: what is wrong, where, and what to do about it."""

from __future__ import annotations


class AnalyzerError(Exception):
    """Base of all errors of this package.

    Args:
        problem: What is wrong, in one sentence.
        source: The file, address or stream it was found in.
        place: The line, row, call or turn inside the source, such as ``"line 17"``.
        remedy: What the user can do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        source: str | None = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.source = source
        self.place = place
        self.remedy = remedy
        super().__init__(problem)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.source, self.place) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        return f"{text} {self.remedy}" if self.remedy else text

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the keyword arguments when an error travels between processes."""
        return (_rebuild, (type(self), self.problem, self.source, self.place, self.remedy))


def _rebuild(
    kind: type[AnalyzerError],
    problem: str,
    source: str | None,
    place: str | None,
    remedy: str | None,
) -> AnalyzerError:
    return kind(problem, source=source, place=place, remedy=remedy)


class ReadError(AnalyzerError):
    """A file, stream or single call could not be read."""


class UnknownFormatError(ReadError):
    """No reader recognises the content."""


class InvalidCallError(ReadError):
    """What was read is not a call that can be scored (no turns, one speaker only, ...)."""


class UnsupportedLanguageError(ReadError):
    """The call is in a language the model does not know."""


class ModelError(AnalyzerError):
    """The model's files are missing, incomplete or of another version."""


class CorpusError(AnalyzerError):
    """A labelled corpus is not of the form that training and evaluation need."""


class OutputError(AnalyzerError):
    """Results could not be written."""


class UsageError(AnalyzerError):
    """Options or arguments contradict each other or cannot be understood."""
