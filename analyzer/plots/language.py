"""How many calls hold scripted, uncaring or dismissive language."""

from __future__ import annotations

import altair as alt
import pandas as pd

from analyzer import codebook, uncertainty
from analyzer.plots import sources
from analyzer.plots.theme import LIGHT, Drawing, Theme, finish

ANY = "any"


def language_shares_table(findings: sources.Source, calls: int | None = None) -> pd.DataFrame:
    """For each family and each of its flags: the share of calls that hold it.

    Args:
        findings: Reports, or the frame of findings.
        calls: The number of calls; needed with a frame, which knows only calls with findings.

    Columns: family, label (`any` for the family as a whole), calls, share, low, high (percent).
    Boilerplate is left out: a routine stock line is no harm.
    """
    if not isinstance(findings, pd.DataFrame):
        findings = list(findings)
        calls = len(findings)
    frame = sources.findings(findings)
    n = int(frame["call"].nunique()) if calls is None else calls
    frame = frame[frame["harmful"]]
    rows = []
    for family, labels in codebook.FLAG_FAMILIES.items():
        of_family = frame[frame["family"] == family]
        for label in (ANY, *labels):
            if label == "boilerplate":
                continue
            chosen = of_family if label == ANY else of_family[of_family["label"] == label]
            hits = int(chosen["call"].nunique())
            estimate = uncertainty.share(hits, n)
            rows.append(
                {
                    "family": family,
                    "label": label,
                    "calls": hits,
                    "share": 100 * estimate.estimate,
                    "low": 100 * estimate.low,
                    "high": 100 * estimate.high,
                }
            )
    return pd.DataFrame(rows)


def language_shares(
    findings: sources.Source,
    calls: int | None = None,
    *,
    theme: Theme = LIGHT,
    width: int = 480,
    link: sources.Link | None = None,
) -> Drawing:
    """Shares of calls with each flag, by family, with 95 % Wilson intervals."""
    table = language_shares_table(findings, calls)
    table["name"] = [
        f"any {family}" if label == ANY else codebook.BY_NAME[label].title
        for family, label in zip(table["family"], table["label"], strict=True)
    ]
    table["whole"] = table["label"] == ANY
    table["shown"] = [f"{share:.0f} %" for share in table["share"]]
    table = sources.with_links(table, link)
    order = list(table["name"])
    families = list(codebook.FLAG_FAMILIES)
    y = alt.Y("name:N", sort=order, title=None)
    base = alt.Chart(table)
    bars = base.mark_bar(height=12).encode(
        x=alt.X("share:Q", title="share of calls, %")
        .scale(domain=[0, 100])
        .axis(values=[0, 20, 40, 60, 80, 100]),
        y=y,
        color=alt.Color("family:N", legend=None).scale(
            domain=families, range=[theme.scripted, theme.uncaring, theme.dismissive]
        ),
        opacity=alt.condition("datum.whole", alt.value(0.95), alt.value(0.5)),
        href="href:N",
    )
    interval = base.mark_rule(color=theme.ink, strokeWidth=1.5).encode(x="low:Q", x2="high:Q", y=y)
    text = base.mark_text(align="left", dx=6, color=theme.ink, fontSize=12).encode(
        x="high:Q", y=y, text="shown:N"
    )
    layered = (bars + interval + text).properties(width=width - 165)
    faceted = layered.facet(
        row=alt.Row("family:N", sort=families, title=None, header=None), spacing=12
    ).resolve_scale(y="independent")
    return finish(faceted, theme)
