"""The report as a person uses it, in headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browser import browser, opened, until
from reports_for_pages import varied_reports

from analyzer import codebook
from analyzer.pages import call_html, write_report
from analyzer.report import CallReport
from analyzer.standards import read_rubric

STANDARDS = Path(__file__).parent.parent / "data" / "standards.example.yaml"
NASTY = (
    "<img src=x onerror=alert(1)> </script><script>alert(2)</script> "
    '=HYPERLINK("http://x") 😀 {{ 7*7 }}'
)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return list(varied_reports(60))


@pytest.fixture(scope="module")
def report_page(reports: list[CallReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(
        reports,
        tmp_path_factory.mktemp("report") / "report.html",
        standards=read_rubric(STANDARDS),
        minimum_calls=4,
    )


@pytest.fixture(scope="module")
def telling(reports: list[CallReport]) -> CallReport:
    """A call with a missed opportunity and a harmful flag."""
    return next(
        report
        for report in reports
        if report.missed and any(flag.label in codebook.HARMFUL for flag in report.flags)
    )


def shown(page: Any) -> int:
    """How many calls the list says it found, once it says so."""
    until(page, "/ calls? /.test(`${document.querySelector('#found').textContent} `)")
    text = page.locator("#found").inner_text()
    return 0 if text.startswith("None") else int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def saying(reports: list[CallReport], word: str) -> list[CallReport]:
    """Those in which somebody says a word."""
    return [r for r in reports if any(word in (turn.text or "").lower() for turn in r.turns)]


def said_in(page: Any, turn: int) -> str:
    """What a turn says on the page, without the names of its findings."""
    return page.locator(f"#turn-{turn} .words").evaluate(
        """(words) => {
            const copy = words.cloneNode(true);
            for (const tags of copy.querySelectorAll(".tags")) tags.remove();
            return copy.textContent;
        }"""
    )


def test_it_opens_without_complaints_and_asks_the_network_for_nothing(chrome, report_page) -> None:
    with opened(chrome, report_page) as watched:
        watched.page.locator("#panel-opportunities svg").first.wait_for()
        watched.page.click("text=Calls")
        watched.page.locator(".row").first.click()
        watched.page.locator(".turn").first.wait_for()
        assert watched.complaints == []
        assert watched.requests == [report_page.as_uri()]


def test_filters_leave_the_calls_that_fit(chrome, report_page, reports) -> None:
    with opened(chrome, report_page, "#calls") as watched:
        page = watched.page
        assert shown(page) == len(reports)
        page.select_option("select[name=agent]", "dana")
        until(page, "location.hash.includes('dana')")
        of_dana = [report for report in reports if report.metadata["agent"] == "dana"]
        assert shown(page) == len(of_dana)
        page.select_option("select[name=chance]", "effort")
        page.select_option("select[name=became]", "missed")
        until(page, "/effort.*missed/.test(location.hash)")
        missed = [
            report for report in of_dana if any(chance.kind == "effort" for chance in report.missed)
        ]
        assert shown(page) == len(missed)
        page.click("form#filters button[type=reset]")
        page.select_option("select[name=flag]", "hostile")
        hostile = [r for r in reports if any(flag.label == "hostile" for flag in r.flags)]
        until(page, "location.hash.includes('hostile')")
        assert shown(page) == len(hostile)


def test_a_score_range_and_a_sort_put_the_right_call_first(chrome, report_page, reports) -> None:
    fitting = [report for report in reports if 20 <= report.scores.empathy < 60]
    with opened(chrome, report_page, "#calls&min=20&max=60&sort=-empathy") as watched:
        assert shown(watched.page) == len(fitting)
        first = watched.page.locator(".row .title b").first.inner_text()
        assert first == max(fitting, key=lambda report: round(report.scores.empathy, 1)).id


def test_search_finds_words_that_were_said(chrome, report_page, reports) -> None:
    assert 0 < len(saying(reports, "refund")) < len(reports)
    with opened(chrome, report_page, "#calls") as watched:
        watched.page.fill("input[name=q]", "refund")
        until(watched.page, "location.hash.includes('refund')")
        assert shown(watched.page) == len(saying(reports, "refund"))


def test_a_finding_tells_why_and_how_sure_by_hover_focus_and_tap(
    chrome, report_page, telling
) -> None:
    flag = next(flag for flag in telling.flags if flag.label in codebook.HARMFUL)
    with opened(chrome, report_page, f"#call={telling.id}") as watched:
        page = watched.page
        popover = page.locator(".popover")
        tag = page.locator(f"#turn-{flag.turn} .tag", has_text=codebook.BY_NAME[flag.label].title)
        for show in (tag.first.hover, tag.first.focus, tag.first.click):
            show()
            popover.wait_for()
            assert flag.why[1:] in popover.inner_text()
            assert f"{flag.confidence:.0%}".replace("%", " %") in popover.inner_text()
            assert codebook.BY_NAME[flag.label].coaching in popover.inner_text()
            page.keyboard.press("Escape")
            popover.wait_for(state="hidden")
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")


def test_marks_stand_at_the_quoted_words(chrome, report_page, telling) -> None:
    with opened(chrome, report_page, f"#call={telling.id}") as watched:
        watched.page.locator(".turn").first.wait_for()
        for flag in telling.flags:
            marks = watched.page.locator(f"#turn-{flag.turn} mark").all_inner_texts()
            assert flag.quote in "".join(marks)


def test_an_opportunity_leads_from_where_it_opened_to_where_it_was_lost(
    chrome, report_page, telling
) -> None:
    chance = telling.missed[0]
    with opened(chrome, report_page, f"#call={telling.id}") as watched:
        page = watched.page
        ends = page.locator(f"#turn-{chance.turn} .bracket-end.missed", has_text=chance.kind)
        lost = int(ends.first.get_attribute("data-goto"))
        ends.first.click()
        until(page, f"document.activeElement.id === 'turn-{lost}'")
        page.locator(f"#turn-{lost} .bracket-end.missed", has_text=chance.kind).first.click()
        until(page, f"document.activeElement.id === 'turn-{chance.turn}'")
        could = page.locator(".conversation .could").all_inner_texts()
        assert any(chance.suggestion in text for text in could)


def test_scores_show_their_interval_and_the_reasons_that_add_up(
    chrome, report_page, telling
) -> None:
    with opened(chrome, report_page, f"#call={telling.id}") as watched:
        row = watched.page.locator("details.score", has_text="empathy").first
        assert str(round(telling.scores.empathy)) in row.inner_text()
        row.locator("summary").click()
        points = row.locator(".reasons .points").all_inner_texts()
        assert len(points) == len(telling.reasons["empathy"])
        total = sum(float(text.replace("−", "-").replace("+", "")) for text in points)
        assert total == pytest.approx(telling.scores.empathy, abs=len(points))


def test_a_permalink_opens_the_call_at_the_turn(chrome, report_page, telling) -> None:
    with opened(chrome, report_page, f"#call={telling.id}&turn=5") as watched:
        until(watched.page, "document.activeElement.id === 'turn-5'")
        link = watched.page.locator("#turn-5 .number").get_attribute("href")
        assert link == f"#call={telling.id}&turn=5"


def test_a_turn_is_copied_as_a_coaching_note(chrome, report_page, telling) -> None:
    flag = next(flag for flag in telling.flags if flag.label in codebook.HARMFUL)
    with opened(chrome, report_page, f"#call={telling.id}") as watched:
        page = watched.page
        page.evaluate(
            "Object.defineProperty(navigator, 'clipboard', "
            "{value: {writeText: async (text) => { globalThis.copied = text; }}})"
        )
        page.locator(f"#turn-{flag.turn} .copy").first.click()
        note = page.evaluate("globalThis.copied")
        assert telling.turns[flag.turn - 1].text in note
        assert codebook.BY_NAME[flag.label].coaching in note
        assert f"#call={telling.id}&turn={flag.turn}" in note


def test_everything_can_be_done_from_the_keyboard(chrome, report_page) -> None:
    with opened(chrome, report_page, "#calls") as watched:
        page = watched.page
        shown(page)
        page.locator("#clear").evaluate("() => document.querySelector('[name=sort]').focus()")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('.row')"):
                break
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.closest('.row').dataset.position") == "2"
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.closest('.row').dataset.position") == "59"
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        page.locator(".turn").first.wait_for()
        assert "Call" in page.evaluate("document.activeElement.textContent")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('.talk .tag')"):
                break
        page.locator(".popover").wait_for()


def test_the_choice_of_a_bar_leads_to_its_calls(chrome, report_page, reports) -> None:
    with opened(chrome, report_page) as watched:
        watched.page.locator(".wide [data-go*='chance=hardship&became=missed']").first.click()
        missed = [r for r in reports if any(chance.kind == "hardship" for chance in r.missed)]
        until(watched.page, "location.hash.includes('hardship')")
        assert shown(watched.page) == len(missed)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault(chrome, report_page, telling, dark, width) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tabs = ("Agents and teams", "Standards", "House scripts")
    shows = {
        "": "#panel-opportunities :visible",
        **{f"#tab={quote(tab)}": f".tab[data-view='{tab}'] table:visible" for tab in tabs},
        "#calls": ".row",
        f"#call={telling.id}&turn=3": "#turn-3:focus",
    }
    with opened(chrome, report_page, width=width, dark=dark) as watched:
        for anchor, what in shows.items():
            watched.page.evaluate("(anchor) => { location.hash = anchor; }", anchor)
            watched.page.locator(what).first.wait_for()
            found = Axe().run(watched.page).response["violations"]
            serious = [
                (fault["id"], [node["html"][:200] for node in fault["nodes"][:3]])
                for fault in found
                if fault["impact"] in ("serious", "critical")
            ]
            assert serious == [], anchor
            overflow = "document.documentElement.scrollWidth - innerWidth"
            assert watched.page.evaluate(overflow) <= 0, anchor


def test_a_point_not_met_leads_to_its_turn(chrome, report_page) -> None:
    with opened(chrome, report_page, "#tab=Standards") as watched:
        page = watched.page
        link = page.locator(".misses ul a").first
        wanted = re.search(r"turn=(\d+)", link.get_attribute("href"))
        link.click()
        until(page, f"document.activeElement.id === 'turn-{wanted[1]}'")
        assert watched.complaints == []


def test_a_house_script_leads_to_a_call_that_says_it(chrome, report_page) -> None:
    with opened(chrome, report_page, "#tab=House%20scripts") as watched:
        watched.page.locator(".said a").first.click()
        watched.page.locator(".turn").first.wait_for()
        assert watched.complaints == []


def test_it_prints(chrome, report_page, telling) -> None:
    for anchor, what in (("", "#panel-opportunities svg"), (f"#call={telling.id}", ".turn")):
        with opened(chrome, report_page, anchor) as watched:
            watched.page.locator(what).first.wait_for()
            printed = watched.page.pdf(format="A4")
            assert printed.startswith(b"%PDF")
            assert printed.count(b"/Type /Page\n") >= 2


def test_what_looks_like_code_in_a_transcript_stays_text(chrome, telling, tmp_path) -> None:
    turns = [
        telling.turns[0].model_copy(update={"text": NASTY}),
        *telling.turns[1:],
    ]
    first = telling.flags[0].model_copy(
        update={
            "turn": 1,
            "start_char": NASTY.index("😀"),
            "end_char": NASTY.index("😀") + 4,
            "quote": NASTY[NASTY.index("😀") : NASTY.index("😀") + 4],
            "why": NASTY,
        }
    )
    nasty = telling.model_copy(
        update={
            "id": NASTY,
            "turns": turns,
            "flags": [first],
            "metadata": {"agent": NASTY, "team": "<b>x</b>"},
        }
    )
    page_of_call = tmp_path / "call.html"
    page_of_call.write_text(call_html(nasty, standalone=True), encoding="utf-8")
    report = write_report([nasty, telling], tmp_path / "report.html", title="<i>title</i>")
    for path in (page_of_call, report):
        with opened(chrome, path) as watched:
            page = watched.page
            if path == report:
                page.click("text=Calls")
                page.locator(".row", has_text="onerror").click()
            page.locator(".turn").first.wait_for()
            assert said_in(page, 1) == NASTY
            assert page.locator("#turn-1 mark").first.inner_text() == first.quote
            assert page.locator("main img").count() == 0
            assert page.locator("main b >> text='x'").count() == 0
            assert watched.complaints == []
            assert [url for url in watched.requests if not url.startswith("file:")] == []


def test_words_left_out_are_said_to_be_left_out(chrome, telling, tmp_path) -> None:
    silent = telling.model_copy(
        update={
            "turns": [turn.model_copy(update={"text": None}) for turn in telling.turns],
            "flags": [flag.model_copy(update={"quote": ""}) for flag in telling.flags],
            "cues": [],
            "care": [],
            "opportunities": [
                chance.model_copy(update={"quote": ""}) for chance in telling.opportunities
            ],
        }
    )
    path = write_report([silent], tmp_path / "report.html")
    with opened(chrome, path, f"#call={telling.id}") as watched:
        assert "left out on request" in watched.page.locator("#turn-1 .words").inner_text()
        flag = telling.flags[0]
        assert watched.page.locator(f"#turn-{flag.turn} .tag").count() > 0


def test_thousands_of_calls_keep_few_rows_in_the_page(chrome, tmp_path) -> None:
    path = write_report(varied_reports(3000), tmp_path / "report.html")
    with opened(chrome, path, "#calls") as watched:
        page = watched.page
        assert shown(page) == 3000
        assert page.locator(".row").count() < 60
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        until(page, "!!document.querySelector('.row[data-position=\"2999\"]')")
        assert page.locator(".row").count() < 80
        page.locator(".row[data-position='2990'] a").click()
        page.locator(".turn").first.wait_for()
        assert watched.complaints == []


def test_a_large_batch_keeps_its_transcripts_in_a_folder(chrome, reports, tmp_path) -> None:
    path = write_report(reports, tmp_path / "report.html", folder=True)
    assert {entry.name for entry in (tmp_path / "report_files").iterdir()} == {
        "calls-0.js",
        "calls-1.js",
        "calls-2.js",
    }
    assert reports[0].turns[3].text not in path.read_text()
    with opened(chrome, path, f"#call={reports[55].id}") as watched:
        watched.page.locator(".turn").first.wait_for()
        watched.page.evaluate("location.hash = '#calls&q=refund'")
        until(watched.page, "document.querySelector('#found').textContent.includes(' of ')")
        assert shown(watched.page) == len(saying(reports, "refund"))
        assert watched.complaints == []
        assert all(url.startswith("file:") for url in watched.requests)
