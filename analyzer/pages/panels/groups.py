"""Agents and teams, each with how sure its figures are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from analyzer import uncertainty
from analyzer.pages import assets
from analyzer.pages.batch import Batch
from analyzer.pages.figure import cell, figure
from analyzer.pages.panels.panel import Panel
from analyzer.plots import funnel, funnel_table, group_comparison, group_comparison_table
from analyzer.plots.groups import Compare, fair_means

TAB = "Agents and teams"
_SHOWN = 25
_FUNNEL_FROM = 5  # groups
_HALF, _WHOLE = 530, 900  # pixels


def panel(by: str, title: str, compare: Compare = fair_means) -> Panel:
    """A panel that compares the groups of calls that a metadata column names.

    Args:
        by: The metadata column, such as ``"agent"``.
        title: The panel's heading.
        compare: Where the estimates of empathy come from.
    """
    return Panel(f"by-{by}", title, partial(_draw, by, compare), tab=TAB, wide=True)


def _draw(by: str, compare: Compare, batch: Batch) -> Markup | None:
    if by not in batch.calls or batch.calls[by].nunique() < 2 or len(batch) < batch.minimum_calls:
        return None
    everyone = group_comparison_table(batch.calls, by, compare=compare)
    named = everyone[everyone["calls"] >= batch.minimum_calls]
    few = len(everyone) - len(named)
    drawn = Markup("")
    if len(named) >= _FUNNEL_FROM:
        comparison = _comparison(by, compare, batch, named, _HALF)
        drawn = Markup('<div class="pair">{}{}</div>').format(comparison, _funnel(by, batch))
    elif len(named):
        drawn = _comparison(by, compare, batch, named, _WHOLE)
    rows = _rows(named.head(_SHOWN), batch, by)
    return drawn + Markup(
        assets.render("groups.html", by=by, rows=rows, few=few, enough=batch.minimum_calls)
    )


def _comparison(by: str, compare: Compare, batch: Batch, named: pd.DataFrame, width: int) -> Markup:
    shown = f"Of {len(named)}, those" if len(named) > _SHOWN else "Those"
    return figure(
        partial(
            group_comparison,
            batch.calls,
            by,
            compare=compare,
            minimum=batch.minimum_calls,
            most=_SHOWN,
            link=partial(_link, by),
        ),
        title=f"Mean empathy by {by}",
        says="Fair estimates: as if everybody had served the same customers, and drawn towards "
        "the mean of all where calls are few. Where intervals overlap much, the difference may "
        f"be chance. {shown} with most calls first.",
        table=named.head(_SHOWN),
        headings=(by, "empathy", "from", "to", "calls"),
        wide=width,
    )


def _funnel(by: str, batch: Batch) -> Markup:
    return figure(
        partial(funnel, batch.calls, by, minimum=batch.minimum_calls, link=partial(_link, by)),
        title=f"Who differs by more than chance, by {by}",
        says=f"Each mark is one {by}: mean empathy as if customers had been the same, by number of "
        "calls. The fewer the calls, the further chance alone carries them: 95 % fall into the "
        "inner band, 99.8 % into the outer.",
        table=funnel_table(batch.calls, by, minimum=batch.minimum_calls),
        headings=(by, "calls", "empathy", "chance from", "chance to", "place"),
        wide=_HALF,
    )


def _link(by: str, row: Mapping[str, object]) -> str:
    return f"#calls&{by}={quote(str(row['group']))}"


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
