"""The file that a command writes, where it lies among what the command reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.call import Call


def but_own_output(calls: Iterable[Call], left_out: Sequence[str]) -> Iterator[Call]:
    """The calls; at their end it is said what was left out, being the file that is written.

    Args:
        calls: What is read.
        left_out: Where reading notes what it leaves out.

    Raises:
        UsageError: If there were no calls and something was left out: it may be the export itself,
            and would be replaced by nothing.
    """
    none = True
    for call in calls:
        none = False
        yield call
    for path in left_out:
        typer.echo(f"{path} is left out: this is the file that is written.", err=True)
    if none and left_out:
        raise UsageError(
            "is the only file here with calls, and the file to write as well.",
            source=left_out[0],
            remedy="Give it as the input by its own name, or give another --out.",
        )
