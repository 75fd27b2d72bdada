"""HTML pages: the report of a batch, and the view of one call.

    from analyzer.pages import call_html, write_report
    write_report(reports, "report.html")
    html = call_html(report, standalone=True)

Both are one self-contained piece of HTML: no network, no server, nothing left on the reader's
machine. Above 30,000 calls the transcripts stand in a folder beside the report (`report_files` for
`report.html`), which must stay with it. Words of a transcript only ever reach the page as text.
"""

from __future__ import annotations

from analyzer.pages.call_view import Reports, call_html, calls_html, transcript_html
from analyzer.pages.panels import DEFAULT_PANELS, Panel
from analyzer.pages.writing import write_report

__all__ = [
    "DEFAULT_PANELS",
    "Panel",
    "Reports",
    "call_html",
    "calls_html",
    "transcript_html",
    "write_report",
]
