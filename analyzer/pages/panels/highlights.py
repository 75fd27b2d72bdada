"""The calls most worth a listen, and the best ones to learn from."""

from __future__ import annotations

from markupsafe import Markup

from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.highlights import Highlight
from analyzer.pages.panels.panel import Panel


def draw_listen(batch: Batch) -> Markup | None:
    """Calls in which most went wrong, with the sentence that shows it."""
    return _drawn(batch.highlights.listen, "All calls, most worth a listen first", "#calls")


def draw_learn(batch: Batch) -> Markup | None:
    """Calls in which something hard was done well."""
    return _drawn(
        batch.highlights.learn, "All calls, highest empathy first", "#calls&sort=-empathy"
    )


def _drawn(highlights: list[Highlight], more: str, link: str) -> Markup | None:
    if not highlights:
        return None
    return Markup(assets.render("highlights.html", highlights=highlights, more=more, link=link))


LISTEN = Panel("listen", "Most worth a listen", draw_listen, wide=True)
LEARN = Panel("learn", "Best to learn from", draw_learn, wide=True)
