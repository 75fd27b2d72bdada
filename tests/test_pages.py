"""What the pages hold, without a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markupsafe import Markup, escape
from reports_for_pages import varied_reports

from analyzer import Call, Turn
from analyzer.errors import OutputError
from analyzer.pages import (
    DEFAULT_PANELS,
    Panel,
    Reports,
    call_html,
    calls_html,
    transcript_html,
    write_report,
)
from analyzer.report import CallReport


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return list(varied_reports(30))


@pytest.fixture(scope="module")
def page(reports: list[CallReport], tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(reports, tmp_path_factory.mktemp("pages") / "r.html").read_text()


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    for data in re.findall(r'<script type="application/json".*?</script>', page, re.DOTALL):
        page = page.replace(data, "")
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_page_forbids_itself_the_network(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe-inline" not in policy[1].split("script-src")[1].split(";")[0]


def test_a_small_report_is_small_enough_to_mail(page: str) -> None:
    assert len(page) < 2_000_000


def test_every_chart_has_a_name_and_its_numbers_as_a_table(page: str) -> None:
    assert page.count('<figure class="chart">') >= 6
    for figure in re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL):
        assert re.search(r'role="img" aria-label="Chart: [^"]+"', figure)
        assert "<table>" in figure
        assert figure.count("<tr>") > 1


def test_agents_stand_with_their_number_of_calls_and_intervals(
    page: str, reports: list[CallReport]
) -> None:
    dana = sum(report.metadata["agent"] == "dana" for report in reports)
    row = re.search(r'<tr[^>]*><th scope="row"><a href="#calls&amp;agent=dana">.*?</tr>', page)
    row = row or re.search(r'<tr[^>]*><th scope="row"><a href="[^"]*agent=dana">.*?</tr>', page)
    assert row is not None
    assert f"<td>{dana}" in row[0]
    assert re.search(r"\(\d+ to \d+\)", row[0])


def test_without_agents_and_dates_their_panels_are_left_out(
    reports: list[CallReport], tmp_path: Path
) -> None:
    bare = [report.model_copy(update={"metadata": {}}) for report in reports[:3]]
    text = write_report(bare, tmp_path / "r.html").read_text()
    assert 'id="panel-by-agent"' not in text
    assert 'id="panel-trend"' not in text
    assert 'id="panel-scores"' in text


def test_no_calls_make_a_page_all_the_same(tmp_path: Path) -> None:
    text = write_report([], tmp_path / "r.html").read_text()
    assert "0 calls" in text


def test_a_panel_of_ones_own_gets_a_tab_of_its_own(
    reports: list[CallReport], tmp_path: Path
) -> None:
    mine = Panel("mine", "My panel", lambda batch: Markup(f"<p>{len(batch)} calls</p>"), tab="Mine")
    panels = (*DEFAULT_PANELS[:1], mine)
    text = write_report(reports[:2], tmp_path / "r.html", panels=panels).read_text()
    assert 'data-tab="Mine"' in text
    assert "<p>2 calls</p>" in text


def test_a_folder_that_does_not_exist_is_named_with_a_remedy(
    reports: list[CallReport], tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match=r"nowhere.*Choose a folder"):
        write_report(reports[:1], tmp_path / "nowhere" / "r.html", panels=())


def test_a_report_shows_itself_in_a_notebook_also_where_scripts_do_not_run(
    reports: list[CallReport],
) -> None:
    report = reports[0]
    html = report._repr_html_()
    still = html.split("<template")[0]
    for turn in report.turns:
        assert str(escape(turn.text)) in still
    assert html == call_html(report)
    assert calls_html(reports[:3]).count('class="analyzer-call"') == 3


def test_a_list_of_reports_shows_a_line_a_call(reports: list[CallReport]) -> None:
    html = Reports(reports)._repr_html_()
    assert html.count("<summary>") == len(reports)
    assert f"<summary>{reports[3].id}: empathy {reports[3].scores.empathy:.0f}," in html
    assert "and 20 more" in Reports(reports * 2)._repr_html_()


def test_a_call_without_findings_shows_who_says_what() -> None:
    call = Call(id="c-1", turns=[Turn(speaker="agent", text="<b>Hello</b>", start_ms=61_000)])
    html = transcript_html(call)
    assert "&lt;b&gt;Hello&lt;/b&gt;" in html
    assert "1:01" in html


def test_embedded_data_cannot_end_its_script(reports: list[CallReport]) -> None:
    nasty = "</script><script>alert(1)</script><!--"
    turns = [turn.model_copy(update={"text": nasty}) for turn in reports[0].turns]
    html = call_html(reports[0].model_copy(update={"turns": turns, "id": nasty}), standalone=True)
    data = re.search(r'id="call-data">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])[0][0] == nasty
    assert "alert(1)</script>" not in html
