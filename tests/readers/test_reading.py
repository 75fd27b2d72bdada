"""`read_calls` as users meet it: sources, bad input, roles, languages, ids."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.errors import (
    InvalidCallError,
    ReadError,
    UnknownFormatError,
    UnsupportedLanguageError,
    UsageError,
)
from analyzer.readers import formats, read_calls, readings
from analyzer.readers.languages import foreign_language
from analyzer.report import CallReport


def document(identity: str = "c-17", **fields) -> dict:
    turns = [
        {"speaker": "agent", "text": "Hello, how can I help?", "start_ms": 0, "end_ms": 2100},
        {"speaker": "customer", "text": "My line is down."},
    ]
    return {"id": identity, "turns": turns, **fields}


def lines(*documents: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in documents)


def read(data: bytes | str, **options) -> tuple[list[Call], list[ReadError]]:
    """The calls of some bytes, and the errors."""
    failures: list[ReadError] = []
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(read_calls(stream, on_failure=failures.append, **options)), failures


def only_failure(data: bytes | str, **options) -> ReadError:
    calls, (error,) = read(data, **options)
    assert calls == []
    return error


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


class TestSources:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "2.jsonl").write_text(lines(document("two")))
        (tmp_path / "a.txt").write_text("Agent: Hello.\nCustomer: Hi.\n")
        (tmp_path / "c.csv").write_text("call,speaker,text\nx,agent,Hello.\nx,caller,Hi.\n")
        (tmp_path / ".hidden").write_text("nothing")
        (tmp_path / "README.md").write_text("Calls of May.")
        return tmp_path

    def test_a_folder_is_read_through_in_sorted_order(self, folder: Path) -> None:
        assert [call.id for call in read_calls(folder)] == ["a", "x", "two"]

    def test_a_glob_is_read_in_sorted_order(self, folder: Path) -> None:
        assert [call.id for call in read_calls(f"{folder}/**/*.[jc]s*")] == ["two", "x"]

    def test_a_list_may_mix_everything_and_reads_a_file_once(self, folder: Path) -> None:
        stream = io.StringIO(lines(document("streamed")))
        sources = [folder / "b" / "2.jsonl", stream, str(folder)]
        assert [call.id for call in read_calls(sources)] == ["two", "streamed", "a", "x"]

    def test_a_dash_is_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = io.TextIOWrapper(io.BytesIO(lines(document("piped")).encode()))
        monkeypatch.setattr(sys, "stdin", data)
        assert [call.id for call in read_calls("-")] == ["piped"]

    def test_reading_is_lazy(self, folder: Path) -> None:
        (folder / "d.jsonl").write_text("{broken")
        calls = read_calls(folder)
        assert [next(calls).id for _ in range(2)] == ["a", "x"]

    def test_names_with_colons_and_spaces_are_no_obstacle(self, tmp_path: Path) -> None:
        path = tmp_path / "12:30 call [a] *.jsonl"
        path.write_text(lines(document()))
        assert [call.id for call in read_calls(str(path))] == ["c-17"]

    @pytest.mark.parametrize(
        ("source", "problem"),
        [("nowhere.jsonl", "does not exist"), ("no*where", "matches no file"), ("", "does not")],
    )
    def test_what_is_not_there_is_told(self, source: str, problem: str) -> None:
        with pytest.raises(ReadError, match=problem):
            list(read_calls(source))

    def test_a_broken_link_is_told_and_a_pipe_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "a.jsonl").write_text(lines(document("a")))
        (tmp_path / "b.jsonl").symlink_to(tmp_path / "gone.jsonl")
        os.mkfifo(tmp_path / "c.jsonl")
        failures: list[ReadError] = []
        calls = read_calls(tmp_path, on_failure=failures.append)
        assert [call.id for call in calls] == ["a"]
        assert ["cannot be opened" in error.problem for error in failures] == [True]

    def test_an_empty_folder_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ReadError, match="without files"):
            list(read_calls(tmp_path))

    def test_something_else_is_a_wrong_usage(self) -> None:
        with pytest.raises(UsageError, match="int"):
            list(read_calls(17))  # type: ignore[arg-type]

    def test_every_call_comes_with_its_place(self, folder: Path) -> None:
        (folder / "b" / "2.jsonl").write_text(lines(document("two")) + "{broken\n")
        told = [(Path(one.source).name, one.place, one.error is None) for one in readings(folder)]
        assert told == [
            ("a.txt", None, True),
            ("c.csv", "row 2", True),
            ("2.jsonl", "line 1", True),
            ("2.jsonl", "line 2", False),
        ]


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


class TestRoles:
    def unknown(self, *speakers: str) -> str:
        said = ["Thank you for calling, how can I help?", "My card was stolen.", "May I have it?"]
        turns = [{"speaker": s, "text": t} for s, t in zip(speakers, said, strict=False)]
        return lines({"id": "a", "turns": turns})

    def test_unknown_names_of_two_speakers_are_told_apart_by_the_talk(self) -> None:
        (call,), _ = read(self.unknown("spk_1", "spk_0", "spk_1"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
        assert call.metadata["roles"] == "inferred"
        assert call.metadata["roles_confidence"] > 0.8

    def test_names_that_put_everybody_on_one_side_tell_nothing(self) -> None:
        (call,), _ = read(self.unknown("User 2", "User 1", "User 2"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]

    def test_beside_a_known_side_the_other_is_known_too(self) -> None:
        (call,), _ = read(self.unknown("Agent", "Mrs Hill", "Agent"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
        assert "roles" not in call.metadata

    def test_the_user_s_word_counts_most(self) -> None:
        roles = {"agent": "customer", "CUSTOMER": "agent"}
        (call,), _ = read(lines(document()), roles=roles)
        assert [turn.speaker for turn in call.turns] == ["customer", "agent"]
        (call,), _ = read(self.unknown("spk_1", "spk_0", "spk_1"), roles={"spk_0": "agent"})
        assert [turn.speaker for turn in call.turns] == ["customer", "agent", "customer"]

    def test_the_agent_s_name_in_the_metadata_tells_who_is_who(self) -> None:
        turns = [{"speaker": "Sam", "text": "Hello?"}, {"speaker": "Dana", "text": "Yes."}]
        (call,), _ = read(lines({"id": "a", "turns": turns, "metadata": {"agent": "Dana"}}))
        assert [turn.speaker for turn in call.turns] == ["customer", "agent"]

    def test_a_bot_is_neither(self) -> None:
        (call,), _ = read(self.unknown("IVR", "Customer", "Dana"))
        assert [turn.speaker for turn in call.turns] == ["other", "customer", "agent"]
        assert call.metadata["agent"] == "Dana"

    def test_one_unknown_speaker_is_an_error(self) -> None:
        error = only_failure(self.unknown("spk_0", "spk_0"))
        assert isinstance(error, InvalidCallError)
        assert "--roles" in (error.remedy or "")

    def test_a_call_in_which_no_agent_speaks_cannot_be_scored(self) -> None:
        error = only_failure(self.unknown("customer", "customer"))
        assert "no turn of an agent" in error.problem

    def test_an_agent_alone_is_read_and_said_to_be(self) -> None:
        (call,), _ = read(self.unknown("agent", "agent"))
        assert call.metadata["one_speaker"] is True

    def test_speech_that_nobody_is_said_to_say_is_refused(self) -> None:
        assert "who speaks" in only_failure(self.unknown("", "", "")).problem


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


SPANISH = (
    "Buenos días, gracias por llamar, ¿en qué puedo ayudarle?",
    "Hola, me han cobrado dos veces este mes y nadie me ha devuelto el dinero todavía.",
)


class TestLanguage:
    def in_spanish(self, **metadata: str) -> str:
        turns = [
            {"speaker": who, "text": text}
            for who, text in zip(("agent", "customer"), SPANISH, strict=True)
        ]
        return lines({"id": "es", "turns": turns, "metadata": metadata})

    def test_a_call_in_another_language_is_refused(self) -> None:
        calls, (error,) = read(lines(document()) + self.in_spanish())
        assert [call.id for call in calls] == ["c-17"]
        assert isinstance(error, UnsupportedLanguageError)
        assert (error.place, "es" in error.problem) == ("line 2", True)

    def test_a_wrong_language_in_the_export_does_not_hide_it(self) -> None:
        assert isinstance(only_failure(self.in_spanish(language="en-US")), UnsupportedLanguageError)

    def test_a_wrong_language_in_the_export_does_not_cost_an_english_call(self) -> None:
        assert read(lines(document(metadata={"language": "es-US"})))[1] == []

    def test_a_short_talk_is_believed_to_be_what_the_export_says(self) -> None:
        turns = [{"speaker": "agent", "text": "Alo?"}, {"speaker": "customer", "text": "Si, alo."}]
        assert read(lines({"id": "a", "turns": turns}))[1] == []
        told = {"id": "a", "turns": turns, "metadata": {"language": "es"}}
        assert isinstance(only_failure(lines(told)), UnsupportedLanguageError)

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("fr", "bonjour je vous appelle parce que ma commande n'est jamais arrivée hier"),
            ("de", "guten tag mein paket ist nicht angekommen und ich habe schon angerufen"),
            ("pt", "bom dia o meu pedido nao chegou e eu quero o meu dinheiro de volta por favor"),
            ("hi", "नमस्ते, मेरा इंटरनेट तीन दिन से बंद है और कोई फोन नहीं करता"),
            ("hi", "sir aapka account number bata dijiye ek minute main check kar raha hoon"),
            ("zh", "您好,我的网络从星期一开始就断了,没有人给我回电话,请帮我看看。"),
        ],
    )
    def test_many_languages_are_told_from_english(self, language: str, said: str) -> None:
        turns = [{"speaker": "agent", "text": said}, {"speaker": "customer", "text": said}]
        assert f"({language})" in only_failure(lines({"id": "a", "turns": turns})).problem

    def test_single_turns_of_english_are_never_taken_for_another_language(
        self, corpus: list[LabelledCall]
    ) -> None:
        said = [turn.text for call in corpus[::4] for turn in call.turns]
        assert not any(foreign_language([text]) for text in said)

    def test_any_language_can_be_read_where_nothing_is_scored(self) -> None:
        (call,), _ = read(self.in_spanish(), any_language=True)
        assert call.turns[0].text == SPANISH[0]

    def test_no_english_call_is_refused(self, corpus: list[LabelledCall]) -> None:
        text = "\n".join(call.model_dump_json() for call in corpus)
        assert read(text)[1] == []


class TestEncodings:
    TEXT = "Agent: Hello, José – it’s 5 € off.\r\nCustomer: Très bien, thank you.\r\n"
    BY_HAND = ("agent", "Hello, José – it’s 5 € off."), ("customer", "Très bien, thank you.")

    @pytest.mark.parametrize(
        "encoding",
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
    )
    def test_a_text_may_be_saved_in_any_of_them(self, encoding: str) -> None:
        (call,), _ = read(self.TEXT.encode(encoding))
        assert tuple((turn.speaker, turn.text) for turn in call.turns) == self.BY_HAND

    def test_bytes_that_are_no_utf_8_are_said_to_be_read_as_windows_1252(self) -> None:
        (call,), _ = read(self.TEXT.encode("cp1252"))
        assert call.metadata["encoding"] == "windows-1252"
        (call,), _ = read(self.TEXT)
        assert "encoding" not in call.metadata

    def test_one_wrong_byte_does_not_spoil_the_rest(self) -> None:
        data = lines(document("a")) + json.dumps(document("é")) + "\n"
        (first, second), _ = read(data.replace("\\u00e9", "~").encode().replace(b"~", b"\xe9"))
        assert (first.id, second.id) == ("a", "é")

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_json_lines_too(self, encoding: str) -> None:
        (call, _), _ = read(lines(document(), document("b")).replace("\n", "\r\n").encode(encoding))
        assert call.id == "c-17"


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
