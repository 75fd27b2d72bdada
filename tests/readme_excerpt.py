"""The excerpt of `analyzer show` in README.md; `python tests/readme_excerpt.py` writes it anew."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from analyzer import Analyzer, CallReport, read_calls
from analyzer.terminal import show_call

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SAMPLE, CALL = "data/samples/northlink-phone.jsonl", "nl-0415"
TURNS = range(2, 10)
MARKS = "<!-- excerpt -->", "<!-- /excerpt -->"


def sample_report(analyzer: Analyzer) -> CallReport:
    return analyzer.analyze(next(c for c in read_calls(ROOT / SAMPLE) if c.id == CALL))


def excerpt(report: CallReport) -> str:
    """The head, a few turns, what was missed in the first of them, and the scores."""
    shown = report.model_copy(
        update={
            "turns": [turn for turn in report.turns if turn.turn in TURNS],
            "opportunities": [c for c in report.opportunities if c.turn in TURNS],
            "reasons": {name: report.reasons[name] for name in ("empathy",)},
        }
    )
    out = io.StringIO()
    show_call(shown, Console(file=out, width=80))
    return "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())


def written_excerpt() -> str:
    text = README.read_text("utf-8")
    return re.split("|".join(MARKS), text)[1].strip().strip("`").strip()


def main() -> None:
    first, last = MARKS
    text = README.read_text("utf-8")
    before, after = text.split(first)[0], text.split(last)[1]
    block = f"```\n{excerpt(sample_report(Analyzer.load()))}\n```"
    README.write_text(f"{before}{first}\n\n{block}\n\n{last}{after}", "utf-8")


if __name__ == "__main__":
    main()
