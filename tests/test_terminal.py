from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from analyzer.redaction import without_text
from analyzer.report import CallReport, Reason
from analyzer.terminal import printable, show_call


def shown(report: CallReport, **options: object) -> str:
    out = io.StringIO()
    options = {"width": 80, **options}
    show_call(report, Console(file=out, **options))  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def bad_call(gold_reports: list[CallReport]) -> CallReport:
    report = next(report for report in gold_reports if report.id == "a2-001")
    return report.model_copy(
        update={
            "intervals": {"empathy": (0.0, 14.0), "csat": (1.2, 2.7)},
            "reasons": {"empathy": [Reason(points=-21.5, what="hardship unanswered", turns=[6])]},
        }
    )


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [40, 80, 132])
def test_a_call_fits_the_width_of_the_terminal(gold_reports: list[CallReport], width: int) -> None:
    for report in gold_reports[::90]:
        assert max(map(len, shown(report, width=width).splitlines())) <= width


def test_every_word_of_the_call_is_shown(bad_call: CallReport) -> None:
    text = re.sub(r"\[[^\]]*%\]", "", words(shown(bad_call, width=1_000)))
    for turn in bad_call.turns:
        assert words(turn.text or "") in words(text)


def test_a_finding_is_named_behind_its_sentence(bad_call: CallReport) -> None:
    text = words(shown(bad_call, width=1_000))
    flag = next(flag for flag in bad_call.flags if flag.label == "indifferent")
    assert f"{flag.quote} [!! indifferent 100%]" in text
    assert "[? hardship 100%]" in text


def test_a_tag_stands_unbroken_on_one_line(gold_reports: list[CallReport]) -> None:
    for report in gold_reports[::90]:
        for line in shown(report, width=60).splitlines():
            assert line.count("[") == line.count("]"), line


def test_a_finding_is_coloured_at_its_own_words_only(bad_call: CallReport) -> None:
    flag = next(flag for flag in bad_call.flags if flag.turn == 7)
    assert flag.quote.startswith("Okay. ")
    first = flag.model_copy(update={"end_char": 5, "quote": "Okay."})
    report = bad_call.model_copy(update={"flags": [first]})
    text = shown(report, width=200, force_terminal=True, color_system="standard")
    assert "\x1b[35mOkay.\x1b[0m" in text
    assert text.index("indifferent") < text.index("So you want to change")


@pytest.mark.parametrize("colour", [{"no_color": True, "force_terminal": True}, {}])
def test_the_same_is_told_without_colour(bad_call: CallReport, colour: dict[str, bool]) -> None:
    text = shown(bad_call, **colour)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", text)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert plain == shown(bad_call)


def test_missed_opportunities_come_with_what_could_have_been_said(bad_call: CallReport) -> None:
    text = words(shown(bad_call))
    assert "0 of 2 seized" in text
    for chance in bad_call.missed:
        assert f"turn {chance.turn} · {chance.kind} missed" in text
        assert chance.expected in text
        assert chance.suggestion in text


def test_scores_stand_with_their_intervals_and_reasons(bad_call: CallReport) -> None:
    text = shown(bad_call)
    assert re.search(r"empathy +0 +0 to 14 +●─+┫·+", text)
    assert re.search(r"csat +2\.0 +1\.2 to 2\.7 +━*┣━*●─*┫·+", text)
    assert re.search(r"empathy -21\.5 hardship unanswered \(turn 6\)", text)


def test_times_are_shown_where_the_call_has_them(bad_call: CallReport) -> None:
    timed = [turn.model_copy(update={"start_ms": 3_600_000 + 1_000}) for turn in bad_call.turns]
    assert "1:00:01" in shown(bad_call.model_copy(update={"turns": timed}))
    assert "1:00:01" not in shown(bad_call)


def test_a_report_without_text_can_be_shown(bad_call: CallReport) -> None:
    text = shown(without_text(bad_call))
    assert "(words left out) [? hardship 100%]" in words(text)


def test_a_transcript_cannot_steer_the_terminal(bad_call: CallReport) -> None:
    turns = [bad_call.turns[0].model_copy(update={"text": "Hi\x1b[2J\x07 there\x9b31m"})]
    report = bad_call.model_copy(
        update={"id": "\x1b]0;x\x07", "turns": turns, "flags": [], "cues": [], "care": []}
    )
    assert not re.search(r"[\x07\x1b\x9b]", shown(report))
    assert len(printable("a\x1bb")) == 3
