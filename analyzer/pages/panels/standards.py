"""The house's standards: which points are met, by whom, and the calls furthest from them."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from markupsafe import Markup

from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.figure import figure, unbroken
from analyzer.pages.panels.panel import Panel
from analyzer.plots.standards import standards_met, standards_met_table
from analyzer.standards import Group, HouseSummary, Item, Miss, Share

TAB = "Standards"
_FILTERED = ("agent", "team", "company")
_GROUPS_SHOWN = 25


def draw_points(batch: Batch) -> Markup | None:
    """Each point of the standards, and how often it is met."""
    summary = batch.standards
    if summary is None:
        return None
    said = Markup(assets.render("standards.html", sentence=unbroken(sentence(summary))))
    if not summary.points:
        return said
    table = standards_met_table(summary)
    return said + figure(
        partial(standards_met, summary),
        title="Calls that meet each point",
        says="Of the calls it was asked of; lines are 95 % intervals.",
        table=table.assign(critical=table["critical"].map({True: "yes", False: ""})),
        headings=(
            "standard",
            "point",
            "critical",
            "met",
            "of calls",
            "share, %",
            "from, %",
            "to, %",
        ),
        wide=1080,
    )


def sentence(summary: HouseSummary) -> str:
    """How the calls stand, in plain words."""
    held = summary.passed.calls
    if not held:
        return "No standard applies to these calls."
    text = f"{summary.full.met:,} of {held:,} calls meet every point ({_percent(summary.full)})"
    if summary.can_fail:
        text += f"; {held - summary.passed.met:,} fail a critical point or the pass mark"
    if summary.without_standard:
        text += f"; no standard applies to {summary.without_standard:,} more"
    return text + "."


def draw_groups(batch: Batch) -> Markup | None:
    """Companies, vendors, teams and agents with enough calls, most calls first."""
    summary = batch.standards
    if summary is None or not summary.groups:
        return None
    kinds = dict.fromkeys(group.by for group in summary.groups)
    tables = [
        {
            "by": by,
            "rows": [_row(one) for one in summary.groups if one.by == by][:_GROUPS_SHOWN],
            "few": summary.withheld.get(by, 0),
        }
        for by in kinds
    ]
    return Markup(
        assets.render(
            "standards_groups.html",
            tables=tables,
            can_fail=summary.can_fail,
            minimum=summary.minimum_calls,
            standards=len({point.standard for point in summary.points}),
        )
    )


def draw_misses(batch: Batch) -> Markup | None:
    """The calls furthest from their standard, and what they lack."""
    summary = batch.standards
    if summary is None or not summary.misses:
        return None
    return Markup(
        assets.render("standards_misses.html", misses=[_miss(one) for one in summary.misses])
    )


def _row(group: Group) -> dict[str, object]:
    linked = group.by in _FILTERED
    return {
        "name": group.name,
        "link": f"#calls&{group.by}={quote(group.name)}" if linked else "",
        "calls": group.full.calls,
        "full": _with_interval(group.full),
        "passed": _with_interval(group.passed),
        "mark": f"{group.mark:.0f}",
    }


def _miss(miss: Miss) -> dict[str, object]:
    return {
        "call": miss.call,
        "link": f"#call={quote(miss.call, safe='')}",
        "mark": f"{miss.mark:.0f}",
        "fails": not miss.passed,
        "points": [_point(miss.call, item) for item in miss.failed],
    }


def _point(call: str, item: Item) -> dict[str, object]:
    turn = f"&turn={item.turns[0]}" if item.turns else ""
    name = "" if item.kind in ("target", "mark") else item.name
    return {
        "name": name,
        "critical": item.critical,
        "explanation": item.explanation,
        "link": f"#call={quote(call, safe='')}{turn}" if turn else "",
    }


def _percent(share: Share) -> str:
    return f"{100 * (share.share or 0):.0f} %"


def _with_interval(share: Share) -> str:
    return f"{_percent(share)} ({100 * share.low:.0f} to {100 * share.high:.0f})"


POINTS = Panel("standards", "What the house asks", draw_points, tab=TAB, wide=True)
MISSES = Panel("standards-misses", "Furthest from the standard", draw_misses, tab=TAB, wide=True)
GROUPS = Panel("standards-groups", "By whom", draw_groups, tab=TAB, wide=True)
