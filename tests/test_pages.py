"""What the pages hold, without a browser."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
from markupsafe import Markup, escape
from reports_for_pages import varied_reports

from analyzer import Call, Turn
from analyzer.corpus import LabelledCall
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
from analyzer.pages.batch import Batch
from analyzer.pages.house_lines import HouseLines
from analyzer.pages.panels import house_scripts
from analyzer.redaction import without_text
from analyzer.report import CallReport
from analyzer.scripts import Script, ScriptBook, SentimentMove
from analyzer.scripts.book import HouseSize
from analyzer.standards import Rubric


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


def panel(page: str, name: str) -> str:
    """The part of the page that holds a panel; empty where there is none."""
    found = re.search(rf'<section class="panel[^>]*id="panel-{name}">(.*?)</section>', page, re.S)
    return found[1] if found else ""


def test_agents_stand_with_their_number_of_calls_and_intervals(
    reports: list[CallReport], tmp_path: Path
) -> None:
    agents = [report.metadata["agent"] for report in reports]
    most = max(set(agents), key=agents.count)
    fewest = min(set(agents), key=agents.count)
    assert agents.count(fewest) < agents.count(most)
    page = write_report(reports, tmp_path / "r.html", minimum_calls=agents.count(most)).read_text()
    shown = panel(page, "by-agent")
    row = re.search(rf'<tr><th scope="row"><a href="[^"]*agent={most}">.*?</tr>', shown)
    assert row is not None
    assert f"<td>{agents.count(most)}" in row[0]
    assert re.search(r"\(\d+ to \d+\)", row[0])
    assert fewest not in shown
    assert f"more with fewer than {agents.count(most)} calls" in shown


def test_nobody_is_named_where_nobody_has_enough_calls(page: str) -> None:
    shown = panel(page, "by-agent")
    assert "Nobody is compared" in shown
    assert "dana" not in shown


def test_a_funnel_shows_who_differs_by_more_than_chance(
    reports: list[CallReport], tmp_path: Path
) -> None:
    page = write_report(reports, tmp_path / "r.html", minimum_calls=2).read_text()
    assert "Who differs by more than chance" in panel(page, "by-agent")
    assert "Who differs by more than chance" not in panel(page, "by-team")


def test_lines_that_recur_in_the_batch_are_shown_with_a_call_that_says_them(
    corpus: list[LabelledCall], tmp_path: Path
) -> None:
    house = [call.gold_report() for call in corpus if call.metadata["company"] == "bellwether"]
    shown = panel(write_report(house, tmp_path / "r.html").read_text(), "most-said")
    assert "Before we start, is everyone safe and well?" in shown
    assert f"{len(house)} of {len(house)}" in shown
    assert '<i class="slot">name</i>' in shown
    assert f'href="#call={house[0].id}"' in shown
    silent = [without_text(report) for report in house]
    assert not panel(write_report(silent, tmp_path / "r.html").read_text(), "most-said")


def test_a_house_s_own_scripts_take_the_place_of_those_found(
    corpus: list[LabelledCall], tmp_path: Path
) -> None:
    move = SentimentMove(
        times=9, before=-1, after=-1.5, beyond_usual=-0.6, interval=(-0.9, -0.3), verdict="sours"
    )
    book = ScriptBook(
        companies={"bellwether": HouseSize(calls=40, agents=5)},
        scripts=[
            Script(
                id="s1",
                company="bellwether",
                template="Your <b>call</b> is {varies} to us",
                words=["your", "call", "is", "{varies}", "to", "us"],
                count=30,
                calls=30,
                agents=5,
                sentiment=move,
            )
        ],
    )
    batch = Batch(scripts=book)
    house = [call.gold_report() for call in corpus if call.metadata["company"] == "bellwether"]
    list(batch.take(house))
    batch.lines = HouseLines(book, calls=len(house), given=True)
    soured = str(house_scripts.SOUR.draw(batch))
    assert "Your &lt;b&gt;call&lt;/b&gt; is" in soured
    assert "−0.60" in soured
    assert "30 of 40 calls" in soured
    assert house_scripts.SOOTHE.draw(batch) is None
    page = write_report(house, tmp_path / "r.html", scripts=book).read_text()
    assert "Your &lt;b&gt;call&lt;/b&gt; is" in panel(page, "most-said")


def test_standards_show_what_is_met_and_by_whom(reports: list[CallReport], tmp_path: Path) -> None:
    rubric = Rubric.model_validate(
        {
            "standards": [
                {
                    "name": "house",
                    "targets": {"empathy": 60},
                    "forbidden": [
                        {"name": "No <i>contempt</i>", "labels": ["hostile"], "critical": True}
                    ],
                }
            ]
        }
    )
    page = write_report(reports, tmp_path / "r.html", standards=rubric).read_text()
    met = sum(report.scores.empathy >= 60 for report in reports)
    points = panel(page, "standards")
    assert f"<td>{met}</td><td>{len(reports)}</td>" in points
    assert "No &lt;i&gt;contempt&lt;/i&gt;" in points
    assert "<i>contempt" not in page
    hostile = [r for r in reports if any(flag.label == "hostile" for flag in r.flags)]
    lowest = panel(page, "standards-misses")
    assert sum(f'href="#call={report.id}"' in lowest for report in hostile) == min(6, len(hostile))
    by_whom = panel(page, "standards-groups")
    teams = [report.metadata["team"] for report in reports]
    for team in set(teams):
        assert (f"#calls&amp;team={team}" in by_whom) == (teams.count(team) >= 10)


def test_without_standards_there_is_no_such_tab(page: str) -> None:
    assert 'data-tab="Standards"' not in page


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


def test_more_calls_than_one_file_holds_go_into_a_folder_whole_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.pages.writing.ONE_FILE_UP_TO", 40)
    many = list(varied_reports(110))
    path = write_report(many, tmp_path / "r.html")
    found = []
    for number in range(5):
        script = (tmp_path / "r_files" / f"calls-{number}.js").read_text()
        said = re.fullmatch(rf'analyzerCalls\({number},"(.*)"\);', script)
        assert said is not None
        found += [call[0] for call in json.loads(gzip.decompress(base64.b64decode(said[1])))]
    assert found == [report.id for report in many]
    assert many[0].turns[3].text not in path.read_text()


def test_transcripts_of_an_earlier_larger_page_do_not_stay(tmp_path: Path) -> None:
    many = list(varied_reports(30))
    page = tmp_path / "r.html"
    write_report(many, page, folder=True)
    assert (tmp_path / "r_files" / "calls-1.js").exists()
    write_report(many[:5], page, folder=True)
    assert [path.name for path in (tmp_path / "r_files").iterdir()] == ["calls-0.js"]
    write_report(many[:5], page)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html"]
    (tmp_path / "r_files").mkdir()
    (tmp_path / "r_files" / "mine.txt").write_text("of somebody else")
    write_report(many[:5], page)
    assert (tmp_path / "r_files" / "mine.txt").exists()


def test_an_export_with_endless_metadata_keeps_its_agents_and_few_columns() -> None:
    batch = Batch()
    (first, *_) = varied_reports(1)
    metadata = {f"field {number}": number for number in range(500)} | {"agent": "Dana"}
    list(batch.take([first.model_copy(update={"metadata": {**metadata, "note": "x" * 5_000}})]))
    assert list(batch.calls["agent"]) == ["Dana"]
    assert sum(name.startswith("field") for name in batch.calls.columns) < 60
    assert "note" not in batch.calls.columns


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
