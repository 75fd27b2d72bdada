"""House scripts, found in made-up calls and in the labelled corpus."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Span

from analyzer.call import Call, Turn
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.errors import ReadError, UsageError
from analyzer.language import doc_of
from analyzer.scripts import (
    Script,
    ScriptBook,
    discover_scripts,
    find_scripts,
    judge,
    with_sentiment,
)
from analyzer.scripts.component import HouseScripts, make_house_scripts
from analyzer.scripts.measures import measure_discovery
from analyzer.scripts.words import House, read_words, split_sentences

CORPUS = Path(__file__).parents[2] / "data" / "corpus.jsonl"


def call(name: str, *agent: str, by: str = "", company: str = "merrow_air") -> Call:
    turns = [
        turn
        for text in agent
        for turn in (
            Turn(speaker="agent", text=text),
            Turn(speaker="customer", text=f"Well, about {name}, I have a question of my own."),
        )
    ]
    return Call(id=name, turns=turns, metadata={"company": company, "agent": by})


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return [
        call(
            "one",
            "Thank you for calling Merrow Air. My name is Kristine, may I have your reference?",
            "The flight on Tuesday was moved because of fog in Lisbon.",
            by="kristine",
        ),
        call(
            "two",
            "thank you for calling mero air my name is tunde may i have your reference",
            "your suitcase went to boston and i have its tag right here",
            by="tunde",
        ),
        call(
            "three",
            "Thank you for calling Merrow Air. My name is Joy, may I have your reference?",
            "Wheelchairs travel free, so I took the 45 dollars off.",
            by="joy",
        ),
    ]


@pytest.fixture(scope="module")
def book(calls: list[Call]) -> ScriptBook:
    return discover_scripts(calls)


@pytest.fixture(scope="module")
def labelled() -> list[LabelledCall]:
    return [one for one in read_corpus(CORPUS) if one.split == "dev"]


@pytest.fixture(scope="module")
def corpus_book(labelled: list[LabelledCall]) -> ScriptBook:
    return discover_scripts(one.call() for one in labelled)


def templates(book: ScriptBook) -> list[str]:
    return [script.template for script in book.scripts]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's £12.50, sir.", ["its", "{money}", "sir"]),
        ("that's six hundred and twelve dollars", ["thats", "{money}"]),
        ("before Tuesday at 10:30 am", ["before", "{date}", "at", "{date}"]),
        ("order 502-2345678-9012345 or AB12C", ["order", "{reference}", "or", "{reference}"]),
        ("within 5-7 business days", ["within", "{number}", "business", "days"]),
        ("write to a.b@mail.example", ["write", "to", "{email}"]),
        ("Thank you, Mr. Corrigan", ["thank", "you", "mr", "{name}"]),
        ("one moment please", ["one", "moment", "please"]),
    ],
)
def test_facts_of_the_call_become_slots(text: str, words: list[str]) -> None:
    assert [word.text for word in read_words(text)] == words


def test_a_misheard_house_name_is_still_its_name() -> None:
    words = read_words("calling mero air my name is tunde", House("merrow_air", ("tunde",)))
    assert [w.text for w in words] == ["calling", "{company}", "my", "name", "is", "{name}"]


def test_words_know_their_place_in_the_text() -> None:
    text = "Pay £12.50 today, Dana."
    words = read_words(text, House(agent=("dana",)))
    assert [text[w.start : w.end] for w in words] == ["Pay", "£12.50", "today", "Dana"]


def test_a_title_ends_no_sentence() -> None:
    text = "Thank you, Mr. Bell. Bye."
    assert len(split_sentences(text, read_words(text))) == 2


def test_a_line_that_all_agents_say_is_found_with_its_slots(book: ScriptBook) -> None:
    assert "Thank you for calling {company}." in templates(book)
    assert "My name is {name}, may I have your reference?" in templates(book)


def test_what_one_call_says_is_no_script(book: ScriptBook) -> None:
    assert not [line for line in templates(book) if "fog" in line or "suitcase" in line]


def test_a_script_counts_calls_agents_and_places(book: ScriptBook) -> None:
    script = next(s for s in book.scripts if s.template.startswith("My name is"))
    assert (script.calls, script.count, script.agents, script.place) == (3, 3, 3, "opening")
    assert script.seen_in == ["one", "two", "three"]


def test_lines_of_unpunctuated_calls_alone_are_found() -> None:
    line = "please stay on the line for our short survey"
    book = discover_scripts(
        [call("a", f"the boxes go back by post {line}"), call("b", f"bye bye then {line}")]
    )
    assert templates(book) == [line]


def test_words_that_vary_become_a_slot() -> None:
    calls = [
        call(str(n), f"Could you please confirm the {what} of your order for me today?")
        for n, what in enumerate(("colour", "size", "address", "price"))
    ]
    assert templates(discover_scripts(calls)) == [
        "Could you please confirm the {varies} of your order for me {date}?"
    ]


def test_companies_do_not_share_scripts() -> None:
    line = "Your call is very important to all of us here."
    apart = [call("a", line, company="one"), call("b", line, company="two")]
    assert discover_scripts(apart).scripts == []


def test_an_iterator_gives_the_same_book_as_a_list(calls: list[Call], book: ScriptBook) -> None:
    assert discover_scripts(iter(calls)) == book


def test_no_calls_give_an_empty_book() -> None:
    assert discover_scripts([]).scripts == []


def test_a_turn_is_judged_by_the_other_calls_only(calls: list[Call]) -> None:
    line = "Your call is very important to all of us here."
    twice = call("twice", line, line)
    own = discover_scripts([twice, calls[0]], minimum_calls=1)
    assert judge(twice, own)[0] == pytest.approx(0.0, abs=0.31)
    assert judge(twice.model_copy(update={"id": "other"}), own)[0] > judge(twice, own)[0]


def test_judging_tells_scripts_from_answers(calls: list[Call], book: ScriptBook) -> None:
    opening, customer, answer, _ = judge(calls[0], book)
    assert customer is None
    assert opening is not None
    assert answer is not None
    assert opening > 0.7 > 0.3 >= answer


def test_more_sayings_make_a_script_surer() -> None:
    def sure(said: int) -> float:
        script = Script(
            id="s", company="", template="x", words=["may", "i", "take", "your", "card", "number"],
            count=said, calls=said, agents=1,
        )  # fmt: skip
        book = ScriptBook(companies={"": {"calls": 10, "agents": 3}}, scripts=[script])
        return book.script_probability("May I take your card number?")

    assert [sure(n) for n in (1, 3, 9)] == sorted({sure(n) for n in (1, 3, 9)})


def test_a_match_knows_its_place(book: ScriptBook) -> None:
    text = "Hello! Thank you for calling Merrow Air. What can I do?"
    (match,) = find_scripts(text, book, House("merrow_air"))
    assert text[match.start : match.end] == "Thank you for calling Merrow Air"


def test_a_book_survives_its_file(book: ScriptBook, calls: list[Call], tmp_path: Path) -> None:
    book.save(tmp_path / "scripts.json")
    loaded = ScriptBook.load(tmp_path / "scripts.json")
    assert loaded == book
    assert judge(calls[1], loaded) == judge(calls[1], book)


def test_a_file_that_is_no_book_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "scripts.json"
    path.write_text('{"scripts": [{"id": "s1"}]}')
    with pytest.raises(ReadError, match=r"scripts\.json, scripts\.0\.company: .*Learn it anew"):
        ScriptBook.load(path)
    with pytest.raises(ReadError, match="cannot be read"):
        ScriptBook.load(tmp_path / "missing.json")


def test_the_book_holds_no_call_text_but_its_scripts(book: ScriptBook) -> None:
    text = book.model_dump_json()
    assert "Lisbon" not in text
    assert "question of my own" not in text


def test_recurring_lines_of_the_corpus_are_found(
    labelled: list[LabelledCall], corpus_book: ScriptBook
) -> None:
    found = measure_discovery(labelled, corpus_book)
    assert found.precision >= 0.85
    assert found.recall >= 0.85


def test_lines_that_soothe_and_lines_that_sour(labelled: list[LabelledCall]) -> None:
    def report(name: str, line: str, after: int) -> Iterator[LabelledCall]:
        told = ["It never came.", line, "All right."]
        turns = [
            {"speaker": s, "text": t, "labels": [], **({"sentiment": m} if s != "agent" else {})}
            for s, t, m in zip(
                ("customer", "agent", "customer"), told, (-1, None, after), strict=True
            )
        ]
        yield labelled[0].model_copy(
            update={"id": name, "turns": LabelledCall.model_validate(
                labelled[0].model_dump() | {"turns": turns, "opportunities": []}
            ).turns, "opportunities": []}
        )  # fmt: skip

    good, bad = "I will put this right for you now.", "We apologise for any inconvenience caused."
    told = [
        one
        for n in range(20)
        for one in (*report(f"g{n}", good, 1 - n % 2), *report(f"b{n}", bad, -2 + n % 2))
    ]
    book = discover_scripts(one.call() for one in told)
    moved = {
        s.template: s.sentiment
        for s in with_sentiment(book, (one.gold_report() for one in told)).scripts
    }
    assert moved[good] is not None
    assert moved[good].verdict == "soothes"
    assert moved[bad] is not None
    assert moved[bad].verdict == "sours"
    assert moved[good].times == 20


def test_sentiment_needs_the_words(labelled: list[LabelledCall], corpus_book: ScriptBook) -> None:
    report = labelled[0].gold_report()
    silent = report.model_copy(
        update={"turns": [t.model_copy(update={"text": None}) for t in report.turns]}
    )
    with pytest.raises(UsageError, match="leaves the turns' text out"):
        with_sentiment(corpus_book, [silent])


def test_the_spacy_component_marks_scripts(
    book: ScriptBook, calls: list[Call], tmp_path: Path
) -> None:
    path = tmp_path / "scripts.json"
    book.save(path)
    nlp = spacy.blank("en")
    component = make_house_scripts(nlp, "house_scripts", str(path), "merrow_air")
    doc = component(doc_of(calls[0], nlp))
    assert next(span.text for span in doc.spans["scripts"]) == "Thank you for calling Merrow Air"
    assert len(doc.spans["scripts"].attrs["scores"]) == len(doc.spans["scripts"])


def test_the_spacy_component_knows_agents_under_other_names(book: ScriptBook) -> None:
    nlp = spacy.blank("en")
    said = "Thank you for calling Merrow Air"
    for role, marked in (("AGENT", True), ("Representative", True), ("customer", False)):
        doc = nlp(f"{said}. Hello there.")
        doc.spans["turns"] = [Span(doc, 0, 7, label=role), Span(doc, 7, len(doc), label="other")]
        found = HouseScripts(book=book, company="merrow_air")(doc).spans["scripts"]
        assert [span.text for span in found] == [said] * marked


def test_a_pipeline_with_scripts_survives_the_disk(book: ScriptBook, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("house_scripts", config={"company": "merrow_air"})
    nlp.get_pipe("house_scripts").book = book
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    doc = again("Agent: Thank you for calling Merrow Air.\nCustomer: Hello there.")
    assert [span.text for span in doc.spans["scripts"]] == ["Thank you for calling Merrow Air"]
