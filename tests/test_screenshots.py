"""The pictures of the manual are made by a command."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import chromium
from reports_for_pages import varied_reports

from analyzer.errors import UsageError
from analyzer.pages.screenshots import main, take_screenshots


def test_pictures_of_overview_and_call_are_taken(tmp_path: Path) -> None:
    chromium()
    pictures = take_screenshots(list(varied_reports(3)), tmp_path / "pictures")
    assert {picture.name for picture in pictures} >= {"overview.png", "call.png"}
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_without_calls_there_is_nothing_to_picture(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        take_screenshots([], tmp_path)


def test_the_command_takes_reports_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (report,) = varied_reports(1)
    report.turns[0].text = "Hello\u2028there"
    (tmp_path / "calls.jsonl").write_text(report.model_dump_json() + "\n", "utf-8")
    shown = []
    monkeypatch.setattr(
        "analyzer.pages.screenshots.take_screenshots",
        lambda reports, folder: shown.extend(reports) or [],
    )
    monkeypatch.setattr("sys.argv", ["screenshots", str(tmp_path / "calls.jsonl"), str(tmp_path)])
    main()
    assert shown == [report]
