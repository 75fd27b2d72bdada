"""Standards: read from YAML, and a report held to them."""

from pathlib import Path

import pytest

from analyzer.corpus import read_corpus
from analyzer.errors import UsageError
from analyzer.report import CallReport
from analyzer.standards import Item, Rubric, check, read_rubric

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def reports() -> list[CallReport]:
    return [call.gold_report() for call in read_corpus(DATA / "corpus.jsonl")]


def rubric(**standard: object) -> Rubric:
    return Rubric.model_validate({"standards": [{"name": "house", **standard}]})


def report_with(reports: list[CallReport], **metadata: str) -> CallReport:
    return reports[0].model_copy(update={"metadata": metadata})


def test_the_example_can_be_read_and_fits_every_call(reports: list[CallReport]) -> None:
    standards = read_rubric(DATA / "standards.example.yaml")
    assert (
        check(report_with(reports, vendor="OnPoint"), standards).standard == "Outsourced first line"
    )
    results = [check(report, standards) for report in reports]
    assert {result.standard for result in results} == {"House standard"}
    assert any(result.not_met for result in results)
    assert any(not result.not_met for result in results)


@pytest.mark.parametrize(
    ("yaml", "place", "problem"),
    [
        ("standards:\n  - name: a\n    weights: {warmth: 1}\n", "line 3, standards.1.weights",
         "'warmth' is no score; there are empathy"),
        ("standards:\n  - name: a\n    targets:\n      csat: 80\n", "line 3, standards.1.targets",
         "the target of csat is 80: it runs from 1 to 5"),
        ("standards:\n  - name: a\n    mandatory:\n      - name: greet\n",
         "line 4, standards.1.mandatory.1", "names neither `moves` nor `phrases`"),
        ("standards:\n  - name: a\n    mandatory:\n      - {name: x, moves: [hug]}\n",
         "line 4, standards.1.mandatory.1", "'hug' is no label of agent turns"),
        ("standards:\n  - name: a\n  - name: b\n  - name: a\n",
         "line 1, standards", "2 standards are named 'a'"),
        ("standards:\n  - name: a\n    mandatory:\n      - {name: x, moves: [empathy]}\n"
         "      - {name: x, phrases: [hello]}\n",
         "line 2, standards.1", "2 rules are named 'x'"),
        ("standards:\n  - name: a\n    mandatory:\n      - {name: x, moves: [empathy]}\n"
         "    forbidden:\n      - {name: x, labels: [hostile]}\n",
         "line 2, standards.1", "2 rules are named 'x'"),
        ("standards:\n  - name: a\n    taregts: {}\n", "line 3, standards.1.taregts", "Extra"),
        ("standards:\n  - name: a\n   bad\n", "line 3", "is no YAML"),
        ("", "line 1", "valid dictionary"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_with_its_line(
    yaml: str, place: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "standards.yaml"
    path.write_text(yaml)
    with pytest.raises(UsageError) as caught:
        read_rubric(path)
    assert caught.value.place == place
    assert problem in caught.value.problem
    assert caught.value.source == str(path)
    assert caught.value.remedy


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_rubric(tmp_path / "none.yaml")


def test_each_house_has_its_own_standard(reports: list[CallReport]) -> None:
    two = Rubric.model_validate(
        {
            "standards": [
                {"name": "north", "applies_to": {"company": "Northlink"}},
                {"name": "south", "applies_to": {"company": ["southly", "southern"]}},
            ]
        }
    )
    assert check(report_with(reports, company="northlink"), two).standard == "north"
    assert check(report_with(reports, company="Southern"), two).standard == "south"
    other = check(report_with(reports, company="westley"), two)
    assert (other.standard, other.passed, other.items) == (None, None, [])


def test_weights_make_the_mark(reports: list[CallReport]) -> None:
    report = reports[0]
    only = check(report, rubric(weights={"empathy": 1})).mark
    assert only == report.scores.empathy
    both = check(report, rubric(weights={"empathy": 1, "csat": 1})).mark
    assert both == (report.scores.empathy + (report.scores.csat - 1) * 25) / 2


def test_a_pass_mark_fails_the_call(reports: list[CallReport]) -> None:
    poor = next(one for one in reports if one.scores.empathy == 0)
    held = rubric(weights={"empathy": 1}, pass_mark=50)
    assert check(poor, held).passed is False
    fine = next(one for one in reports if one.scores.empathy == 100)
    assert check(fine, held).passed is True


def only_item(report: CallReport, **standard: object) -> Item:
    (item,) = check(report, rubric(**standard)).items
    return item


def test_a_target_near_its_interval_is_a_close_call(reports: list[CallReport]) -> None:
    report = reports[0].model_copy(update={"intervals": {"empathy": (0.0, 100.0)}})
    assert "close call" in only_item(report, targets={"empathy": 50}).explanation


def test_hardship_must_be_answered_soon(reports: list[CallReport]) -> None:
    rule = {"name": "person first", "when": ["hardship"], "moves": ["empathy", "reassurance"]}
    seen = {}
    for report in reports:
        item = only_item(report, mandatory=[rule])
        seen[item.met] = (report, item)
    report, item = seen[False]
    assert all(any(c.turn == t and c.label == "hardship" for c in report.cues) for t in item.turns)
    answers = {finding.turn for finding in report.care if finding.label in rule["moves"]}
    agent = [turn.turn for turn in report.turns if turn.speaker == "agent"]
    for turn in item.turns:
        assert not answers & set([number for number in agent if number > turn][:3])
    assert "not called for" in seen[None][1].explanation
    assert "was answered" in seen[True][1].explanation


def test_a_phrase_is_found_with_and_without_punctuation(reports: list[CallReport]) -> None:
    rule = {"name": "recorded", "phrases": ["this call may be recorded"], "where": "opening"}
    for words in ("Hi. This call may be recorded, okay?", "hi this call may be recorded okay"):
        turns = [reports[0].turns[0].model_copy(update={"speaker": "agent", "text": words})]
        report = reports[0].model_copy(update={"turns": turns})
        assert only_item(report, mandatory=[rule]).met is True


def wordless(report: CallReport) -> CallReport:
    turns = [turn.model_copy(update={"text": None}) for turn in report.turns]
    return report.model_copy(update={"turns": turns})


def test_phrases_cannot_be_told_without_the_words(reports: list[CallReport]) -> None:
    rule = {"name": "recorded", "phrases": ["is recorded"]}
    item = only_item(wordless(reports[0]), mandatory=[rule])
    assert item.met is None
    assert "leaves the words out" in item.explanation


def test_an_answer_in_phrases_cannot_be_told_without_the_words(reports: list[CallReport]) -> None:
    report = next(one for one in reports if any(cue.label == "effort" for cue in one.cues))
    rule = {
        "name": "offers a callback",
        "when": ["effort"],
        "phrases": ["words nobody said"],
        "critical": True,
    }
    assert check(report, rubric(mandatory=[rule])).passed is False
    held = check(wordless(report), rubric(mandatory=[rule]))
    assert held.passed is True
    assert held.items[0].met is None
    assert held.items[0].turns == []
    assert "leaves the words out" in held.items[0].explanation


def test_a_cue_that_no_agent_turn_follows_is_open_even_without_the_words(
    reports: list[CallReport],
) -> None:
    report = next(one for one in reports if any(cue.label == "effort" for cue in one.cues))
    last = next(cue.turn for cue in report.cues if cue.label == "effort")
    cut = wordless(report).model_copy(update={"turns": wordless(report).turns[:last]})
    rule = {"name": "offers a callback", "when": ["effort"], "phrases": ["call you back"]}
    assert only_item(cut, mandatory=[rule]).met is False


def test_where_moves_and_phrases_would_do_moves_alone_tell_without_the_words(
    reports: list[CallReport],
) -> None:
    caring = next(one for one in reports if any(found.label == "empathy" for found in one.care))
    cold = next(one for one in reports if all(found.label != "empathy" for found in one.care))
    rule = {"name": "feels with", "moves": ["empathy"], "phrases": ["words nobody said"]}
    assert only_item(wordless(caring), mandatory=[rule]).met is True
    assert only_item(wordless(cold), mandatory=[rule]).met is None
    assert only_item(cold, mandatory=[rule]).met is False


def test_a_critical_prohibition_fails_the_call(reports: list[CallReport]) -> None:
    rude = next(one for one in reports if any(flag.label == "hostile" for flag in one.flags))
    rule = {"name": "no contempt", "labels": ["hostile"], "critical": True}
    result = check(rude, rubric(forbidden=[rule]))
    assert result.passed is False
    assert result.items[0].turns == [f.turn for f in rude.flags if f.label == "hostile"]
    assert check(rude, rubric(forbidden=[{**rule, "critical": False}])).passed is True


def test_missed_opportunities_are_counted(reports: list[CallReport]) -> None:
    report = next(one for one in reports if len(one.missed) == 2)
    assert only_item(report, missed_at_most=1).met is False
    assert only_item(report, missed_at_most=2).met is True


def test_a_result_survives_json(reports: list[CallReport]) -> None:
    result = check(reports[0], read_rubric(DATA / "standards.example.yaml"))
    assert type(result).model_validate_json(result.model_dump_json()) == result
