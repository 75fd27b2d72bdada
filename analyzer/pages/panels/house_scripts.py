"""House scripts: the lines that soothe, the lines that sour, and those everybody says."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import quote

from markupsafe import Markup

from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.panels.panel import Panel
from analyzer.scripts import Script, ScriptBook

TAB = "House scripts"
_CLEAR = 6
_MOST_SAID = 20
_SLOT = re.compile(r"\{([^{}]*)\}")
_FEWEST_TIMES = 3  # between customer turns, before a line's sentiment is shown
_WIDEST = 1.0  # points of sentiment at the ends of the gauge


def draw_clear(verdict: str, batch: Batch) -> Markup | None:
    """The lines after which customers clearly feel better, or worse, than usual."""
    if batch.lines is None:
        return None
    lines = batch.lines.that(verdict, _CLEAR)
    if not lines:
        return None
    book = batch.lines.book
    return Markup(
        assets.render("lines.html", lines=[line_of(script, book, batch) for script in lines])
    )


def draw_most_said(batch: Batch) -> Markup | None:
    """The lines of most calls: by whom, where, and how customers felt after them."""
    if batch.lines is None:
        return None
    found = batch.lines
    return Markup(
        assets.render(
            "lines_table.html",
            lines=[line_of(script, found.book, batch) for script in found.said_most(_MOST_SAID)],
            companies=len(found.book.companies) > 1,
            agents=any(script.agents for script in found.book.scripts),
            total=len(found.book.scripts),
            calls=found.calls,
            all_calls=len(batch),
            given=found.given,
            clear=any(
                script.sentiment and script.sentiment.verdict != "unclear"
                for script in found.book.scripts
            ),
        )
    )


def line_of(script: Script, book: ScriptBook, batch: Batch) -> dict[str, object]:
    """A line as its template shows it."""
    size = book.companies.get(script.company)
    move = script.sentiment
    if move is not None and move.times < _FEWEST_TIMES:
        move = None
    seen = next((call for call in script.seen_in if call in batch.ids), None)
    place = script.places.get(script.place, 0)
    return {
        "parts": [
            (part, number % 2 == 1) for number, part in enumerate(_SLOT.split(script.template))
        ],
        "company": script.company,
        "calls": script.calls,
        "of": size.calls if size else 0,
        "agents": script.agents,
        "place": script.place,
        "placed": round(100 * place / script.count),
        "link": f"#call={quote(seen, safe='')}" if seen else "",
        "moved": None if move is None else _signed(move.beyond_usual, 2),
        "spread": "" if move is None else " to ".join(_signed(end, 2) for end in move.interval),
        "times": 0 if move is None else move.times,
        "tone": "" if move is None else move.verdict,
        "middle": 50.0 if move is None else _at(move.beyond_usual),
        "from": 50.0 if move is None else _at(move.interval[0]),
        "to": 50.0 if move is None else _at(move.interval[1]),
    }


def _signed(value: float, digits: int) -> str:
    return f"{round(value, digits) or 0.0:+.{digits}f}".replace("-", "−")


def _at(value: float) -> float:
    """Where on the gauge, in percent."""
    return round(50 + 50 * max(-1.0, min(1.0, value / _WIDEST)), 1)


SOOTHE = Panel("soothe", "Lines that soothe", partial(draw_clear, "soothes"), tab=TAB)
SOUR = Panel("sour", "Lines that sour", partial(draw_clear, "sours"), tab=TAB)
MOST_SAID = Panel("most-said", "Lines everybody says", draw_most_said, tab=TAB, wide=True)
