"""What is empty, broken, cut short, huge or no transcript at all."""

from __future__ import annotations

import io
import json

import pytest
from neutral_lines import document, lines, only_failure, read

from analyzer.call import Call
from analyzer.errors import (
    InvalidCallError,
    ReadError,
    UnknownFormatError,
)
from analyzer.readers import read_calls


class TestBadInput:
    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\t\r\n", b"\xff\xfe"])
    def test_an_empty_file(self, data: bytes) -> None:
        error = only_failure(data)
        assert (error.problem, error.source) == ("is empty.", "stream")
        assert error.remedy

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"%PDF-1.7 " + bytes(range(256)), "PDF"),
            (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(500), "sound"),
            (b"\x89PNG\r\n\x1a\n" + bytes(300), "picture"),
            (bytes(range(256)) * 20, "binary"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Office"),
        ],
    )
    def test_a_binary_file(self, data: bytes, kind: str) -> None:
        error = only_failure(data)
        assert isinstance(error, UnknownFormatError)
        assert kind in error.problem

    def test_other_text(self) -> None:
        error = only_failure("Dear all, the calls are attached. Regards, Dana")
        assert isinstance(error, UnknownFormatError)
        assert "analyzer formats" in (error.remedy or "")

    def test_json_of_something_else(self) -> None:
        assert isinstance(only_failure('{"colour": "blue"}'), UnknownFormatError)
        assert isinstance(only_failure("[1, 2, 3]"), UnknownFormatError)
        assert isinstance(only_failure("[]"), UnknownFormatError)

    @pytest.mark.parametrize("cut", [20, 60, 100])
    def test_truncated_json(self, cut: int) -> None:
        error = only_failure(json.dumps(document(), indent=2)[:cut])
        assert "truncated" in error.problem
        assert (error.place or "").startswith("line ")

    def test_a_truncated_array_loses_only_its_end(self) -> None:
        text = json.dumps([document("a"), document("b"), document("c")])
        calls, (error,) = read(text[:-40])
        assert [call.id for call in calls] == ["a", "b"]
        assert (error.place, "truncated" in error.problem) == ("item 3", True)

    def test_one_broken_line_loses_only_its_call(self) -> None:
        good = [lines(document(f"c-{number}")) for number in range(20)]
        calls, (error,) = read(
            "".join(good[:16]) + '{"id": "c-17", "turns": [\n' + "".join(good[16:])
        )
        assert len(calls) == 20
        assert (error.source, error.place) == ("stream", "line 17")

    @pytest.mark.parametrize("broken", ['{"id": "x", "tu', '{"id": "x"} and more', "}", "[1, 2"])
    def test_a_broken_first_line_loses_only_its_call(self, broken: str) -> None:
        calls, failures = read(f"{broken}\n{lines(document('a'), document('b'))}")
        assert [call.id for call in calls] == ["a", "b"]
        assert [error.place for error in failures] == ["line 1"]

    @pytest.mark.parametrize("turns", [[], None, "none", [{"speaker": "agent", "text": " "}]])
    def test_a_call_without_turns(self, turns: object) -> None:
        calls, (error,) = read(lines(document("a"), {"id": "b", "turns": turns}, document("c")))
        assert [call.id for call in calls] == ["a", "c"]
        assert isinstance(error, InvalidCallError)
        assert error.place == "line 2, call b"

    def test_a_call_without_turns_may_come_first_or_alone(self) -> None:
        empty = {"id": "b", "turns": []}
        calls, (error,) = read(lines(empty, document("a")))
        assert [call.id for call in calls] == ["a"]
        assert "no turns" in error.problem
        assert "no turns" in only_failure(lines(empty)).problem

    def test_a_turn_without_text(self) -> None:
        turns = [{"speaker": "agent", "text": "Hi."}, {"speaker": "customer", "text": None}]
        _, (error,) = read(lines(document("a"), {"id": "b", "turns": turns}))
        assert error.place == "line 2, turn 2"

    def test_without_on_failure_the_first_error_is_raised(self) -> None:
        calls = read_calls(io.StringIO(lines(document("a")) + '{"id": "b", "tu\n'))
        assert next(calls).id == "a"
        with pytest.raises(ReadError, match=r"stream, line 2: is truncated JSON.*again"):
            next(calls)

    def test_a_turn_of_very_many_words(self) -> None:
        long = "word and word, " * 10_000
        turns = [{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": long}]
        (call,), _ = read(lines({"id": "a", "turns": turns}))
        assert call.turns[1].text == long
        (pasted,), _ = read(f"Agent: Hello.\nCustomer: {long}\n")
        assert pasted.turns[1].text == long.strip()
        (cell,), _ = read(f'speaker,text\nagent,Hello.\ncaller,"{long}"\n')
        assert cell.turns[1].text == long.strip()

    def test_a_call_of_very_many_turns(self) -> None:
        turns = [
            {"speaker": "agent", "text": "Hello."},
            {"speaker": "caller", "text": "Hi."},
        ] * 1000
        (call,), _ = read(lines({"id": "a", "turns": turns}))
        (pasted,), _ = read("Agent: Hello.\nCaller: Hi.\n" * 1000)
        assert len(call.turns) == len(pasted.turns) == 2000

    def test_deep_nesting(self) -> None:
        for text in ("[" * 100_000, '{"a":' * 100_000, '{"turns": ' + "[" * 50_000):
            assert only_failure(text)

    def test_half_characters_and_zeros_are_replaced(self) -> None:
        turns = [{"speaker": "agent", "text": "Hi \ud83d there\x00."}]
        (call,), _ = read(
            lines({"id": "a\udc00", "turns": turns, "metadata": {"\ud800": "\ud800"}})
        )
        assert call.turns[0].text == "Hi \ufffd there\ufffd."
        assert Call.model_validate_json(call.model_dump_json().encode()) == call

    def test_impossible_times_are_left_out(self) -> None:
        turns = [
            {"speaker": "agent", "text": "Hi.", "start_ms": 500, "end_ms": 200},
            {"speaker": "customer", "text": "Hi.", "start_ms": -5, "end_ms": "soon"},
            {"speaker": "agent", "text": "Hi.", "start_ms": float("nan"), "end_ms": 1e300},
        ]
        (call,), _ = read(lines({"id": "a", "turns": turns}))
        assert [(t.start_ms, t.end_ms) for t in call.turns] == [
            (500, None),
            (None, None),
            (None, None),
        ]
