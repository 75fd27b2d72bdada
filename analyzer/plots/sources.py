"""What charts are drawn from: reports, or the tidy frame made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from analyzer.frames import calls_frame, findings_frame, opportunities_frame, turns_frame
from analyzer.report import CallReport

Source = Iterable[CallReport] | pd.DataFrame
Link = Callable[[Mapping[str, Any]], str]
"""Where a click on a mark leads, from the mark's row of the chart's table."""


def calls(source: Source) -> pd.DataFrame:
    """The frame of calls."""
    return source if isinstance(source, pd.DataFrame) else calls_frame(source)


def findings(source: Source) -> pd.DataFrame:
    """The frame of findings."""
    return source if isinstance(source, pd.DataFrame) else findings_frame(source)


def opportunities(source: Source) -> pd.DataFrame:
    """The frame of opportunities."""
    return source if isinstance(source, pd.DataFrame) else opportunities_frame(source)


def turns(source: Source) -> pd.DataFrame:
    """The frame of turns."""
    return source if isinstance(source, pd.DataFrame) else turns_frame(source)


def with_links(table: pd.DataFrame, link: Link | None) -> pd.DataFrame:
    """The table with a column `href`, empty where there is nothing to link to."""
    links = [
        link({str(name): value for name, value in row.items()}) if link else ""
        for row in table.to_dict("records")
    ]
    return table.assign(href=pd.Series(links, index=table.index, dtype="string"))
