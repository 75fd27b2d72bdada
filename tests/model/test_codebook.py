from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer import codebook
from analyzer.corpus import LabelledCall, LabelledTurn, read_corpus
from analyzer.errors import CorpusError

DATA = Path(__file__).parent.parent.parent / "data"


def _rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of the prose codebook."""
    text = (DATA / "CODEBOOK.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_module_has_the_labels_of_the_prose_codebook():
    assert tuple(row[0] for row in _rows("Customer cues")) == codebook.CUE_NAMES
    assert tuple(row[0] for row in _rows("Agent moves that build care")) == codebook.CARE_NAMES
    flags = [(row[0], row[1]) for row in _rows("Agent language to flag")]
    assert [(label.family, label.name) for label in codebook.FLAGS] == flags


def test_the_module_has_the_opportunities_and_scores_of_the_prose_codebook():
    assert tuple(row[0] for row in _rows("Recovery opportunities")) == codebook.KIND_NAMES
    assert tuple(row[0] for row in _rows("Scores of the call")) == codebook.SCORE_NAMES


def test_every_label_of_the_corpus_is_in_the_module_and_the_other_way_round(
    corpus: list[LabelledCall],
):
    used = {label for call in corpus for turn in call.turns for label in turn.labels}
    assert used == set(codebook.LABEL_NAMES)
    kinds = {chance.kind for call in corpus for chance in call.opportunities}
    assert kinds == set(codebook.KIND_NAMES)


def test_the_data_card_counts_what_is_there(corpus: list[LabelledCall]):
    card = (DATA / "README.md").read_text(encoding="utf-8")
    further = read_corpus(DATA / "further_calls.jsonl")
    chats = read_corpus(DATA / "cucom_calls.jsonl")
    for number in (
        len(corpus),
        sum(len(call.turns) for call in corpus),
        sum(len(call.opportunities) for call in corpus),
        len(further),
        sum(len(call.turns) for call in further),
        len(chats),
        sum(len(call.turns) for call in chats),
    ):
        assert re.search(rf"\b{number:,}\b", card), number


def test_no_company_stands_in_both_splits(corpus: list[LabelledCall]):
    splits: dict[tuple[str, str], set[str]] = {}
    for call in corpus:
        splits.setdefault((call.author, call.metadata["company"]), set()).add(call.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {split for found in splits.values() for split in found} == {"train", "dev"}


def test_every_label_can_explain_itself():
    for label in codebook.LABELS:
        assert label.definition
        assert label.example
        assert label.coaching.endswith(".")


def test_a_cue_on_an_agent_turn_is_refused():
    with pytest.raises(ValueError, match="do not fit a turn of the agent"):
        LabelledTurn(speaker="agent", text="Hello", labels=["frustration"])


def test_a_corpus_may_hold_every_separator_that_json_allows_in_text(tmp_path: Path):
    first = read_corpus(DATA / "corpus.jsonl")[0]
    first.turns[0].text = "Hello\u2028there\u0085again"
    path = tmp_path / "calls.jsonl"
    path.write_bytes(f"{first.model_dump_json()}\r\n\n".encode())
    assert read_corpus(path) == [first]


def test_a_broken_line_of_a_corpus_is_named(tmp_path: Path):
    path = tmp_path / "calls.jsonl"
    path.write_text('{"id": "c-1"}\n', encoding="utf-8")
    with pytest.raises(CorpusError) as raised:
        read_corpus(path)
    assert "line 1, author: is not a labelled call: Field required." in str(raised.value)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('{"id": "c-1", "turns": "I lost my job"}', "line 1, author"),
        ('{"id": {"text": "I lost my job"}}', "line 1, id"),
        ('["I lost my job"]', "line 1:"),
        ('{"id": "I lost my job', "line 1, column 8"),
    ],
)
def test_an_error_of_a_corpus_never_says_what_was_said(tmp_path: Path, line: str, place: str):
    path = tmp_path / "calls.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError) as raised:
        read_corpus(path)
    assert place in str(raised.value)
    assert "job" not in str(raised.value)
