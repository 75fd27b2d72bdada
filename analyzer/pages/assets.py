"""Templates, styles and scripts of the pages, joined into what goes into one file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.plots.theme import DARK, LIGHT, variables

CALL_SCRIPTS: tuple[str, ...] = (
    "dom",
    "vocabulary",
    "call-data",
    "marks",
    "popover",
    "copy",
    "sentiment",
    "brackets",
    "transcript",
    "scores",
    "chances",
    "call",
)
"""The scripts that draw a call, in the order in which they need one another."""

PAGE_SCRIPTS: tuple[str, ...] = (
    *CALL_SCRIPTS,
    "chunks",
    "list-data",
    "route",
    "filters",
    "search",
    "list-row",
    "list",
    "theme",
    "page",
)
"""The scripts of the report."""

CALL_STYLES: tuple[str, ...] = ("base", "call", "transcript", "scores")
PAGE_STYLES: tuple[str, ...] = (*CALL_STYLES, "page", "panels", "house", "list", "print")


@cache
def environment() -> Environment:
    """Jinja with everything escaped that is not marked as safe."""
    return Environment(
        loader=PackageLoader("analyzer.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: Any) -> str:
    """A template of the pages, filled in."""
    return environment().get_template(template).render(**values)


@cache
def script(names: Sequence[str], last: str) -> str:
    """Scripts joined into one closed scope, ending with the one that starts them."""
    parts = [_static(f"{name}.js") for name in (*names, last)]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();"


@cache
def style(names: Sequence[str], root: str = ":root") -> str:
    """Styles joined, with the colours of both themes set on `root`."""
    colours = render(
        "colours.css",
        root=root,
        light=variables(LIGHT),
        dark=variables(DARK),
    )
    return "\n".join([colours, *(_static(f"{name}.css") for name in names)])


def content_hash(text: str) -> str:
    """What a content security policy calls an inline script that may run."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _static(name: str) -> str:
    return files("analyzer.pages").joinpath("static", name).read_text(encoding="utf-8")
