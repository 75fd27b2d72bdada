"""Pictures of the report for the manual: `python -m analyzer.pages.screenshots REPORTS.jsonl OUT`.

Needs Playwright and a Chromium on the machine; nothing else in the package does.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analyzer.errors import UsageError
from analyzer.files import clear_errors
from analyzer.pages.highlights import to_listen
from analyzer.pages.writing import write_report
from analyzer.report import CallReport
from analyzer.writers import read_reports

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PHONE = 600
_VIEWS = (
    ("overview", "", 1280, False),
    ("call", "#call={call}", 1280, False),
    ("call-phone", "#call={call}", 390, True),
)


def take_screenshots(reports: list[CallReport], folder: Path) -> list[Path]:
    """Write the report and take its pictures: overview, and the call most worth a listen.

    Raises:
        UsageError: If there is no call, or no Chromium on this machine.
        OutputError: If the folder cannot be made.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None or not reports:
        raise UsageError(
            "there is no call to show." if browser else "there is no Chromium on this machine.",
            remedy="Give a file of reports, and install Chromium.",
        )
    with clear_errors(folder, "the pictures"):
        folder.mkdir(parents=True, exist_ok=True)
    worst = max(reports, key=lambda report: to_listen(report).weight)
    with tempfile.TemporaryDirectory() as place:
        page = write_report(reports, Path(place) / "report.html")
        return list(_pictures(page, worst.id, folder, browser))


def _pictures(page: Path, call: str, folder: Path, program: str) -> Iterator[Path]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        for name, anchor, width, dark in _VIEWS:
            view = browser.new_page(
                viewport={"width": width, "height": 844 if width < _PHONE else 900},
                color_scheme="dark" if dark else "light",
            )
            view.goto(page.as_uri() + anchor.format(call=call))
            if anchor.startswith("#call="):
                view.locator(".turn .tag").first.wait_for()
                if width < _PHONE:
                    view.locator(".turn").nth(1).evaluate("turn => turn.scrollIntoView()")
            view.wait_for_timeout(300)
            target = folder / f"{name}.png"
            view.screenshot(path=target)
            view.close()
            yield target
        browser.close()


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description="Pictures of the report for the manual.")
    parser.add_argument("reports", type=Path, help="calls.jsonl, as `analyzer score` writes it")
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    given = parser.parse_args()
    for picture in take_screenshots(list(read_reports(given.reports)), given.out):
        print(picture)


if __name__ == "__main__":
    main()
