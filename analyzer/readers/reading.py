"""`read_calls`: any mix of exports in, calls out, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import NamedTuple

from analyzer.call import Call, Speaker
from analyzer.errors import ReadError
from analyzer.readers import registry
from analyzer.readers.archives import Member, unpacked
from analyzer.readers.assembly import assemble
from analyzer.readers.base import MALFORMED, Reader
from analyzer.readers.columns import check_fields
from analyzer.readers.export import HEAD, Export
from analyzer.readers.languages import check_language
from analyzer.readers.limits import DEFAULT, Limits
from analyzer.readers.sources import Opened, Source, open_sources
from analyzer.readers.steadiness import steady
from analyzer.readers.transcript import Transcript


class Reading(NamedTuple):
    """A call with where it came from, or the error in its place.

    Attributes:
        source: The file, as the user knows it.
        place: Where in the file, such as ``"line 17"``; None where the file is the call.
        call: The call, or None where it could not be read.
        error: Why it could not be read.
    """

    source: str
    place: str | None
    call: Call | None = None
    error: ReadError | None = None


@dataclass(slots=True)
class _Options:
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Speaker] = field(default_factory=dict)
    any_language: bool = False
    limits: Limits = DEFAULT


def read_calls(
    source: Source,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    roles: Mapping[str, Speaker] | None = None,
    on_failure: Callable[[ReadError], None] | None = None,
    any_language: bool = False,
    leave_out: Iterable[str | PathLike[str]] = (),
    on_left_out: Callable[[str], None] | None = None,
) -> Iterator[Call]:
    """The calls of exports, one by one, in the order of the input.

    Args:
        source: A file, a folder (read through in sorted order), a glob, ``"-"`` for standard
            input, an address (``s3://``, ``https://`` ...), an open stream, or a list of these.
            Formats may be mixed, files packed (`.gz`, `.zst`, `.zip`, `.tar.gz` ...).
        format: A format's name (see `formats`), to be used instead of looking at the content.
        columns: For tables, the column that holds a field: ``{"text": "Utterance"}``.
        roles: Whom speaker names mean: ``{"spk_0": "agent"}``.
        on_failure: Called with the error of whatever cannot be read, a file or a single call;
            reading then goes on. Without it, the first such error is raised.
        any_language: Whether to give calls too whose language the model does not know.
        leave_out: Files and folders that are left out where a folder or a glob holds them, such
            as the file that is made of the calls.
        on_left_out: Called with the path of every file that is left out.

    Returns:
        Calls with ids that are unique among them: a later call of the same id is told apart by
        ``#2``, and its metadata has the id of the export as ``duplicate_of``.

    Raises:
        ReadError: If something cannot be read and `on_failure` is not given.
        UsageError: If there is no such format, or no such field of a table.
    """
    for reading in readings(
        source,
        format=format,
        columns=columns,
        roles=roles,
        any_language=any_language,
        leave_out=leave_out,
        on_left_out=on_left_out,
    ):
        if reading.call is not None:
            yield reading.call
        elif reading.error is not None:
            if on_failure is None:
                raise reading.error
            on_failure(reading.error)


def readings(
    source: Source,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    roles: Mapping[str, Speaker] | None = None,
    any_language: bool = False,
    limits: Limits = DEFAULT,
    leave_out: Iterable[str | PathLike[str]] = (),
    on_left_out: Callable[[str], None] | None = None,
    tell_changes: bool = False,
) -> Iterator[Reading]:
    """What `read_calls` reads, with the place of every call and every error in its order.

    If `tell_changes`, a file that changes while it is read is told after its last reading.
    """
    if format is not None:
        registry.reader_named(format)
    check_fields(columns or {})
    options = _Options(format, columns or {}, roles or {}, any_language, limits)
    ids = _Ids()
    for opened in open_sources(source, leave_out, on_left_out):
        if isinstance(opened, ReadError):
            yield Reading(opened.source or "", opened.place, error=opened)
            continue
        found = _read_file(opened, options, ids)
        for one in steady(opened.name, found) if tell_changes else found:
            yield Reading(opened.name, None, error=one) if isinstance(one, ReadError) else one


def _read_file(opened: Opened, options: _Options, ids: _Ids) -> Iterator[Reading]:
    with opened.stream as stream:
        for member in unpacked(opened.name, stream, options.limits):
            if isinstance(member, ReadError):
                yield Reading(member.source or opened.name, member.place, error=member)
            else:
                yield from _read_member(member, options, ids)


def _read_member(member: Member, options: _Options, ids: _Ids) -> Iterator[Reading]:
    export = Export(
        member.name,
        member.stream,
        columns=options.columns,
        limits=options.limits,
        beside=member.beside,
    )
    holds_some = False
    try:
        reader = _reader_of(export, options)
        export.settle()
        for number, found in enumerate(_guarded(reader, export), 1):
            holds_some = True
            yield _reading(found, number, export, options, ids)
        if not holds_some and not reader.is_companion(export):
            raise ReadError("holds no call.", source=export.name, remedy="Leave it out.")
    except ReadError as error:
        error.source = error.source or export.name
        yield Reading(export.name, error.place, error=error)


def _reader_of(export: Export, options: _Options) -> Reader:
    head = export.head
    if len(head) < HEAD and not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise ReadError("is empty.", source=export.name, remedy="Export it again.")
    if options.format is not None:
        return registry.reader_named(options.format)
    return registry.recognise(export)


def _guarded(reader: Reader, export: Export) -> Iterator[Transcript | Call | ReadError]:
    """What a reader reads; content that is not of its format ends it with an error of ours."""
    try:
        yield from reader.read(export)
    except MALFORMED as error:
        raise ReadError(
            f"is not what {reader.title} promises ({type(error).__name__}).",
            source=export.name,
            remedy="Export it again, or convert it to the neutral format.",
        ) from error


def _reading(
    found: Transcript | Call | ReadError,
    number: int,
    export: Export,
    options: _Options,
    ids: _Ids,
) -> Reading:
    place = None if isinstance(found, Call) else found.place
    try:
        if isinstance(found, ReadError):
            raise found
        call = _call(found, number, export, options)
        if not options.any_language:
            check_language(call, source=export.name, place=place)
    except ReadError as error:
        error.source = error.source or export.name
        return Reading(export.name, error.place, error=error)
    if export.fell_back:
        call.metadata.setdefault("encoding", "windows-1252")
    return Reading(export.name, place, call=ids.told_apart(call))


def _call(found: Transcript | Call, number: int, export: Export, options: _Options) -> Call:
    if isinstance(found, Call):
        return found
    try:
        return assemble(
            found,
            name=export.name,
            fallback_id=export.stem if number == 1 else f"{export.stem}-{number}",
            roles=options.roles,
        )
    except MALFORMED as error:
        raise ReadError(
            f"is not a call that can be understood ({type(error).__name__}).",
            source=export.name,
            place=found.place,
            remedy="Export it again, or convert it to the neutral format.",
        ) from error


class _Ids:
    """Ids met so far, so that no two calls of a batch share one."""

    def __init__(self) -> None:
        self._met: dict[str, int] = {}

    def told_apart(self, call: Call) -> Call:
        original = call.id
        while call.id in self._met:
            self._met[original] += 1
            call.id = f"{original}#{self._met[original]}"
            call.metadata["duplicate_of"] = original
        self._met[call.id] = 1
        return call
