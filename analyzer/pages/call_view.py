"""One call as HTML: the same view as in the report, for notebooks and for a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer import codebook
from analyzer.call import Call
from analyzer.pages import assets
from analyzer.pages.encoding import as_json, encode_call, vocabulary
from analyzer.report import CallReport, Finding


def call_html(report: CallReport, standalone: bool = False) -> str:
    """The call view: the conversation with its findings, opportunities, sentiment and scores.

    Args:
        report: The call to show.
        standalone: Whether to give a whole HTML page rather than a piece for a notebook. A piece
            also holds a still version, for places that run no scripts.
    """
    if standalone:
        script = assets.script(assets.CALL_SCRIPTS, "start-call")
        return assets.render(
            "call_page.html",
            title=f"Call {report.id}",
            style=assets.style(assets.CALL_STYLES),
            script=script,
            policy=assets.content_hash(script),
            vocabulary=as_json(vocabulary()),
            data=as_json([encode_call(report)]),
            still=_still(report),
        )
    return calls_html([report])


def calls_html(reports: Sequence[CallReport], *, folded: bool = False) -> str:
    """Several calls for a notebook, one under another; `folded`, each behind a line of its own."""
    return assets.render(
        "call_piece.html",
        style=assets.style(assets.CALL_STYLES, ":host"),
        script=assets.script(assets.CALL_SCRIPTS, "start-piece"),
        data=as_json([encode_call(report) for report in reports]),
        vocabulary=as_json(vocabulary()),
        stills=[_still(report) for report in reports],
        summaries=[_summary(report) for report in reports] if folded else [],
    )


class Reports(list[CallReport]):
    """A list of reports that shows itself in notebooks: one line a call, which opens to its view.

    Shows at most `shown` calls; `write_report` shows any number.

        Reports(analyzer.analyze_many(calls))
    """

    shown = 40

    def _repr_html_(self) -> str:
        more = len(self) - self.shown
        rest = f"<p>and {more:,} more; write_report shows them all.</p>" if more > 0 else ""
        return f"<p>{len(self):,} calls</p>{calls_html(self[: self.shown], folded=True)}{rest}"


def _summary(report: CallReport) -> str:
    missed = len(report.missed)
    return (
        f"{report.id}: empathy {report.scores.empathy:.0f}, {report.outcome}, "
        f"{missed} {'chance' if missed == 1 else 'chances'} missed"
    )


def transcript_html(call: Call) -> str:
    """A call that has not been scored: who says what, and when."""
    turns = [
        {
            "turn": number,
            "speaker": turn.speaker,
            "text": turn.text,
            "time": clock(turn.start_ms),
            "labels": "",
        }
        for number, turn in enumerate(call.turns, 1)
    ]
    return assets.render("still.html", id=call.id, scores="", turns=turns, chances=[])


def _still(report: CallReport) -> str:
    """The call without scripts or styles: a table of turns with what was found in each."""
    found: dict[int, list[str]] = {}
    findings: list[Finding] = [*report.cues, *report.care, *report.flags]
    for finding in findings:
        label = codebook.BY_NAME[finding.label]
        found.setdefault(finding.turn, []).append(f"{label.title} ({finding.confidence:.0%})")
    turns = [
        {
            "turn": turn.turn,
            "speaker": turn.speaker,
            "text": "(words left out)" if turn.text is None else turn.text,
            "time": clock(turn.start_ms),
            "labels": ", ".join(found.get(turn.turn, [])),
        }
        for turn in report.turns
    ]
    scores = ", ".join(
        f"{name} {getattr(report.scores, name):.{1 if name == 'csat' else 0}f}"
        for name in codebook.SCORE_NAMES
    )
    return assets.render(
        "still.html", id=report.id, scores=scores, turns=turns, chances=report.opportunities
    )


def clock(milliseconds: int | None) -> str:
    """Milliseconds as minutes and seconds; empty where unknown."""
    if milliseconds is None:
        return ""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02d}"
