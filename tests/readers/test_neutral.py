"""The neutral format, ids, and formats by their names."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from neutral_lines import document, lines, only_failure, read

from analyzer.corpus import LabelledCall
from analyzer.errors import UsageError
from analyzer.readers import formats, read_calls
from analyzer.report import CallReport


class TestNeutral:
    def test_turns_are_kept_exactly_as_they_stand(self) -> None:
        turns = [
            {"speaker": "agent", "text": " Hello. "},
            {"speaker": "agent", "text": ""},
            {"speaker": "agent", "text": "Hello?"},
            {"speaker": "other", "text": "Recording."},
            {"speaker": "customer", "text": "Yes."},
        ]
        (call,), _ = read(lines({"id": "a", "turns": turns, "metadata": {"team": "x", "n": [1]}}))
        told = [turn.model_dump(include={"speaker", "text"}) for turn in call.turns]
        assert told == turns
        assert call.metadata == {"team": "x", "n": [1]}

    def test_the_labelled_corpus_is_in_the_neutral_format(self, corpus: list[LabelledCall]) -> None:
        text = "\n".join(call.model_dump_json() for call in corpus[:40])
        calls, failures = read(text)
        assert calls == [call.call() for call in corpus[:40]]
        assert failures == []

    @pytest.mark.parametrize("indent", [None, 2])
    def test_an_array_of_calls_is_read_like_lines_of_them(self, indent: int | None) -> None:
        text = json.dumps([document("a"), document("b")], indent=indent)
        assert [call.id for call in read(text)[0]] == ["a", "b"]

    def test_documents_may_follow_each_other_in_several_lines_each(self) -> None:
        text = "\n".join(json.dumps(document(name), indent=2) for name in "abc")
        assert [call.id for call in read(text)[0]] == ["a", "b", "c"]

    def test_a_number_is_an_id_too_and_a_missing_one_is_the_file_s_name(self, tmp_path) -> None:
        path = tmp_path / "may.jsonl"
        without = {key: value for key, value in document().items() if key != "id"}
        path.write_text(lines(document() | {"id": 17}, without, without))
        assert [call.id for call in read_calls(path)] == ["17", "may-2", "may-3"]

    def test_a_name_with_dots_loses_its_endings_only(self, tmp_path: Path) -> None:
        path = tmp_path / "call.2026.03.01.json.gz"
        without = {key: value for key, value in document().items() if key != "id"}
        path.write_bytes(gzip.compress(lines(without).encode()))
        assert [call.id for call in read_calls(path)] == ["call.2026.03.01"]

    def test_a_report_is_not_scored_again(self, gold_reports: list[CallReport]) -> None:
        error = only_failure(gold_reports[0].model_dump_json())
        assert "report of this analyzer" in error.problem

    def test_other_names_of_roles_are_understood(self) -> None:
        turns = [{"speaker": "REP", "text": "Hello."}, {"speaker": "Caller", "text": "Hi."}]
        (call,), _ = read(lines({"id": "a", "turns": turns}))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer"]


class TestIds:
    def test_a_later_call_of_the_same_id_is_told_apart(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.jsonl").write_text(
                lines(document(), document("c-17#2"), document())
            )
        calls = list(read_calls(tmp_path))
        assert [call.id for call in calls] == [
            "c-17", "c-17#2", "c-17#3", "c-17#4", "c-17#2#2", "c-17#5",
        ]  # fmt: skip
        assert [call.metadata.get("duplicate_of") for call in calls] == [
            None, None, "c-17", "c-17", "c-17#2", "c-17",
        ]  # fmt: skip


def test_a_format_can_be_given_by_name() -> None:
    text = "Agent: Hello.\nCustomer: Hi.\n"
    assert len(read(text, format="text")[0]) == 1
    assert "JSON" in only_failure(text, format="neutral").problem
    with pytest.raises(UsageError, match=r"no format 'nothing'.*neutral"):
        next(read_calls(io.StringIO(text), format="nothing"))


def test_formats_are_listed_with_name_title_and_endings() -> None:
    listed = {reader.name: (reader.title, reader.extensions) for reader in formats()}
    assert {"neutral", "text", "csv", "excel", "parquet", "amazon-connect", "vcon"} <= set(listed)
    assert all(title and extensions for title, extensions in listed.values())
