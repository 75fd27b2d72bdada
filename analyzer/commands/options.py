"""What several commands ask for, and how their values are understood."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from analyzer.call import Speaker
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.report_files import OutputFormat


class Written(Enum):
    """The choices of --format."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...", help="Files, folders, globs, addresses, or - for standard input."
    ),
]
OneInput = Annotated[
    str,
    typer.Argument(
        metavar="INPUT", help="A file, a folder, a glob, an address, or - for standard input."
    ),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--input-format",
        metavar="NAME",
        help="The exports' format, if it should not be found out. See `analyzer formats`.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="For tables: which column holds what, such as text=Utterance.",
    ),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--roles",
        metavar="NAME=ROLE",
        help="Whom a speaker's name means: agent, customer or other, such as spk_0=agent.",
    ),
]
ModelFolder = Annotated[
    Path | None,
    typer.Option("--model", metavar="DIR", help="A model of your own; the bundled one by default."),
]


def format_names(formats: list[Written]) -> list[OutputFormat]:
    """The names of the formats that were chosen."""
    return cast("list[OutputFormat]", [one.value for one in formats])


def pairs_of(option: str, given: list[str] | None) -> dict[str, str] | None:
    """`["a=b"]` as `{"a": "b"}`.

    Raises:
        UsageError: If one is not of that form.
    """
    pairs = {}
    for item in given or []:
        name, equals, value = (part.strip() for part in item.rpartition("="))
        if not (name and equals and value):
            raise UsageError(f"{option} {item!r} is not of the form NAME=VALUE.")
        pairs[name] = value
    return pairs or None


def roles_of(given: list[str] | None) -> dict[str, Speaker] | None:
    """`["spk_0=agent"]` as `{"spk_0": "agent"}`.

    Raises:
        UsageError: If one is not of that form, or names no role.
    """
    known = get_args(Speaker)
    pairs = pairs_of("--roles", given) or {}
    for name, role in pairs.items():
        if role not in known:
            raise UsageError(
                f"--roles {name}={role}: there is no role {role!r}.",
                remedy=f"Use one of: {', '.join(known)}.",
            )
    return pairs or None  # type: ignore[return-value]
