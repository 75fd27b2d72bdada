"""`read_calls`: any mix of exports in, calls out, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from analyzer.call import Call, Speaker
from analyzer.errors import ReadError
from analyzer.readers import registry
from analyzer.readers.assembly import assemble
from analyzer.readers.export import Export
from analyzer.readers.transcript import Transcript


def read_calls(
    source: Any,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    roles: Mapping[str, Speaker] | None = None,
    on_failure: Callable[[ReadError], None] | None = None,
) -> Iterator[Call]:
    """The calls of a file."""
    path = Path(source)
    with path.open("rb") as stream:
        export = Export(str(path), stream, columns=columns)
        reader = registry.reader_named(format) if format else registry.recognise(export)
        export.settle()
        for number, found in enumerate(reader.read(export), 1):
            try:
                if isinstance(found, ReadError):
                    raise found
                yield (
                    assemble(
                        found,
                        name=export.name,
                        fallback_id=export.stem if number == 1 else f"{export.stem}#{number}",
                        roles=roles,
                    )
                    if isinstance(found, Transcript)
                    else found
                )
            except ReadError as error:
                if on_failure is None:
                    raise
                on_failure(error)
