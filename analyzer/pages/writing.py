"""Writes the report of a batch as one HTML file, or as a file and a folder for large batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.files import write_text
from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.encoding import as_json, encode_call, packed, vocabulary
from analyzer.pages.panels import DEFAULT_PANELS, Panel
from analyzer.pages.transcripts import TranscriptFolder
from analyzer.report import CallReport
from analyzer.standards import MINIMUM_CALLS, Rubric

if TYPE_CHECKING:
    from analyzer.scripts import ScriptBook

CHUNK_CALLS = 25
_WHAT = "the report"
PLAIN_UP_TO = 50
"""Batches up to this many calls stand uncompressed, so that any browser can read them."""
ONE_FILE_UP_TO = 30_000
"""Larger batches keep their transcripts in a folder beside the page, read call by call."""


def write_report(
    reports: Iterable[CallReport],
    path: str | Path,
    *,
    title: str = "Call report",
    panels: Sequence[Panel] = DEFAULT_PANELS,
    folder: bool | None = None,
    standards: Rubric | None = None,
    scripts: ScriptBook | None = None,
    minimum_calls: int = MINIMUM_CALLS,
) -> Path:
    """Write `report.html`: overview, agents and teams, house scripts, standards and every call.

    The reports are read once. Where their text was left out, the page says so.

    Args:
        reports: What to show, in the order of the batch.
        path: The HTML file to write.
        title: The page's heading.
        panels: The parts of the overview.
        folder: Whether the transcripts go into a folder `<name>_files` beside the page instead of
            into it; by default only above 30,000 calls.
        standards: What the house asks of its calls (`analyzer.standards.read_rubric`).
        scripts: The house's lines; by default those that recur within the batch.
        minimum_calls: Calls below which no agent or team is named.

    Returns:
        The path of the page.

    Raises:
        OutputError: If the page cannot be written.
    """
    target = Path(path)
    batch = Batch(standards, scripts, minimum_calls)
    data: list[str] = []
    readable: list[str] = []
    with TranscriptFolder(target) as beside:
        for chunk in _chunks(batch.take(reports)):
            data.append(packed(chunk))
            if len(batch) <= PLAIN_UP_TO:
                readable.append(as_json(chunk))
            if folder or (folder is None and len(batch) > ONE_FILE_UP_TO):
                beside.write(data)
                data.clear()
        plain = len(batch) <= PLAIN_UP_TO and not beside.chunks
        page = _page(batch, readable if plain else data, title, panels, plain, beside.name)
    write_text(target, page, what=_WHAT, errors="replace")
    return target


def _chunks(reports: Iterator[CallReport]) -> Iterator[list[Any]]:
    while chunk := [encode_call(report) for report in islice(reports, CHUNK_CALLS)]:
        yield chunk


def _page(
    batch: Batch,
    data: list[str],
    title: str,
    panels: Sequence[Panel],
    plain: bool,
    folder: str,
) -> str:
    tabs: dict[str, list[dict[str, object]]] = {}
    for panel in panels:
        drawn = panel.draw(batch)
        if drawn is not None:
            tabs.setdefault(panel.tab, []).append(
                {"name": panel.name, "title": panel.title, "wide": panel.wide, "html": drawn}
            )
    index = {
        **batch.index(),
        "chunk": CHUNK_CALLS,
        "plain": plain,
        "folder": "" if data else folder,
        "hasText": batch.has_text,
    }
    return assets.render(
        "report.html",
        title=title,
        made=datetime.now(UTC).strftime("%Y-%m-%d"),
        calls=len(batch),
        has_text=batch.has_text,
        model=_models(batch),
        tabs=tabs,
        style=assets.style(assets.PAGE_STYLES),
        script=(script := assets.script(assets.PAGE_SCRIPTS, "start-page")),
        policy=_policy(script, local=not data),
        vocabulary=as_json(vocabulary()),
        index=as_json(index),
        chunks=data,
    )


def _models(batch: Batch) -> str:
    if not len(batch):
        return ""
    names = (batch.calls["model"] + " " + batch.calls["model_version"]).unique()
    return ", ".join(names[:3])


def _policy(script: str, *, local: bool) -> str:
    """Nothing is fetched, and no script runs but the page's own (and those of its folder)."""
    beside = " file: 'self'" if local else ""
    return (
        f"default-src 'none'; script-src '{assets.content_hash(script)}'{beside}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
