"""Agents and teams, each with how sure its figures are."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from analyzer import uncertainty
from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.figure import cell, figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import group_comparison, group_comparison_table
from analyzer.plots.groups import ENOUGH_CALLS, Compare, fair_means

TAB = "Agents and teams"
_SHOWN = 25


def panel(by: str, title: str, compare: Compare = fair_means) -> Panel:
    """A panel that compares the groups of calls that a metadata column names.

    Args:
        by: The metadata column, such as ``"agent"``.
        title: The panel's heading.
        compare: Where the estimates of empathy come from.
    """
    return Panel(f"by-{by}", title, partial(_draw, by, compare), tab=TAB, wide=True)


def _draw(by: str, compare: Compare, batch: Batch) -> Markup | None:
    if by not in batch.calls or batch.calls[by].nunique() < 2:
        return None
    table = group_comparison_table(batch.calls, by, compare=compare)
    chart = figure(
        partial(
            group_comparison,
            batch.calls,
            by,
            compare=compare,
            most=_SHOWN,
            link=lambda row: f"#calls&{by}={quote(str(row['group']))}",
        ),
        title=f"Mean empathy by {by}",
        says="Fair estimates: as if everybody had served the same customers, and drawn towards "
        "the mean of all where calls are few. Where intervals overlap much, the difference may "
        f"be chance. Most calls first, {min(len(table), _SHOWN)} of {len(table)} shown; hollow: "
        f"fewer than {ENOUGH_CALLS} calls, too few to compare.",
        table=table.head(_SHOWN),
        headings=(by, "empathy", "from", "to", "calls"),
        wide=900,
    )
    rows = _rows(table, batch, by)
    return chart + Markup(assets.render("groups.html", by=by, rows=rows, enough=ENOUGH_CALLS))


def _rows(table: pd.DataFrame, batch: Batch, by: str) -> list[dict[str, object]]:
    """A row a group: calls, empathy, share of calls with hurtful language, share missed."""
    calls = batch.calls.dropna(subset=[by])
    hurt = ((calls["flags_uncaring"] + calls["flags_dismissive"]) > 0).groupby(
        calls[by].astype(str)
    )
    sums = calls.groupby(calls[by].astype(str))[["opportunities_missed", "opportunities"]].sum()
    hurtful = hurt.sum()
    rows: list[dict[str, object]] = []
    for group, estimate, low, high, n in table.itertuples(index=False):
        missed, opened = (int(value) for value in sums.loc[group])
        rows.append(
            {
                "group": group,
                "link": f"#calls&{by}={quote(str(group))}",
                "calls": n,
                "few": n < ENOUGH_CALLS,
                "empathy": f"{cell(float(estimate))} ({low:.0f} to {high:.0f})",
                "hurtful": _share(int(hurtful.loc[group]), n),
                "missed": _share(missed, opened),
            }
        )
    return rows


def _share(hits: int, n: int) -> str:
    if n == 0:
        return "–"
    found = uncertainty.share(hits, n)
    return (
        f"{100 * found.estimate:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f}), "
        f"{hits} of {n}"
    )


AGENTS = panel("agent", "Agents")
TEAMS = panel("team", "Teams")
