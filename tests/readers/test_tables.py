from __future__ import annotations

import io
import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from analyzer.call import Call
from analyzer.errors import ReadError, UsageError
from analyzer.readers import read_calls

ROWS = [
    ("c-1", "agent", "Hello, you're through to Dana.", 0.0, 2.5, "Dana", "Faults"),
    ("c-1", "customer", 'My line is "down", again.', 3.0, 5.0, "Dana", "Faults"),
    ("c-2", "agent", "Good morning.", 0.0, 1.0, "Lee", "Billing"),
    ("c-2", "customer", "I was charged twice; why?", 1.5, 4.0, "Lee", "Billing"),
]
HEADER = ["call_id", "speaker", "text", "start", "end", "agent", "team"]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=HEADER)


def calls_in(data: bytes | str, **options) -> list[Call]:
    return list(read_calls(io.BytesIO(data.encode() if isinstance(data, str) else data), **options))


def written(frame: pd.DataFrame, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "parquet":
        frame.to_parquet(out)
    elif kind == "excel":
        frame.to_excel(out, index=False)
    elif kind == "json rows":
        frame.to_json(out, orient="records", lines=True)
    elif kind == "json array":
        frame.to_json(out, orient="records")
    else:
        frame.to_csv(out, index=False, sep=kind)
    return out.getvalue()


KINDS = [",", "\t", ";", "|", "excel", "parquet", "json rows", "json array"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_calls(frame: pd.DataFrame, kind: str) -> None:
    first, second = calls_in(written(frame, kind))
    assert first.model_dump() == {
        "id": "c-1",
        "turns": [
            {"speaker": "agent", "text": ROWS[0][2], "start_ms": 0, "end_ms": 2500},
            {"speaker": "customer", "text": ROWS[1][2], "start_ms": 3000, "end_ms": 5000},
        ],
        "metadata": {"agent": "Dana", "team": "Faults"},
    }
    assert [turn.text for turn in second.turns] == [ROWS[2][2], ROWS[3][2]]


@pytest.mark.parametrize(
    ("call", "speaker", "text"),
    [
        ("Conversation ID", "Participant Role", "Utterance"),
        ("contactId", "sender", "message"),
        ("session", "Who", "Transcription"),
        ("chat_id", "author_type", "body"),
        ("id", "Speaker Label", "Content"),
    ],
)
def test_columns_are_found_by_many_names(frame, call: str, speaker: str, text: str) -> None:
    renamed = frame.rename(columns={"call_id": call, "speaker": speaker, "text": text})
    assert [c.id for c in calls_in(written(renamed, ","))] == ["c-1", "c-2"]


@pytest.mark.parametrize("kind", KINDS)
def test_columns_can_be_named_by_the_user(frame: pd.DataFrame, kind: str) -> None:
    renamed = frame.rename(columns={"call_id": "Vorgang", "speaker": "Wer", "text": "Was"})
    columns = {"call": "Vorgang", "speaker": "wer", "text": "Was", "campaign": "team"}
    first, _ = calls_in(written(renamed, kind), columns=columns)
    assert first.id == "c-1"
    assert first.turns[1].text == ROWS[1][2]
    assert first.metadata["campaign"] == "Faults"


def test_a_missing_column_is_told_with_those_there_are() -> None:
    with pytest.raises(ReadError, match=r"no column 'Utterance'.*Columns are: a, text, c"):
        calls_in("a,text,c\n1,2,3\n", columns={"text": "Utterance"})
    with pytest.raises(ReadError, match=r"the speaker of a turn.*--map"):
        calls_in("a,text,c\n1,2,3\n")


def test_an_unknown_field_is_a_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no field 'colour'"):
        calls_in("a,b\n1,2\n", columns={"colour": "a"})


def test_without_a_call_column_the_file_is_one_call(tmp_path: Path) -> None:
    path = tmp_path / "may.csv"
    path.write_text("id,speaker,text\n1,agent,Hello.\n2,customer,Hi.\n3,agent,Yes?\n")
    (call,) = read_calls(path)
    assert (call.id, len(call.turns)) == ("may", 3)


def test_rows_of_calls_may_be_mixed() -> None:
    (first, second) = calls_in(
        "call,speaker,text\na,agent,Hello.\nb,agent,Yes?\na,customer,Hi.\nb,customer,Hm.\n"
    )
    assert [(c.id, [t.text for t in c.turns]) for c in (first, second)] == [
        ("a", ["Hello.", "Hi."]),
        ("b", ["Yes?", "Hm."]),
    ]


def test_a_long_table_is_read_call_by_call() -> None:
    rows = (
        f"c-{number},{who},Some words.\n" for number in range(30_000) for who in ("agent", "caller")
    )

    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            Endless.taken += 1
            data = "".join(next(rows, "") for _ in range(200)).encode()
            return (b"call,speaker,text\n" if Endless.taken == 1 else b"") + data

    first = next(read_calls(Endless()))
    assert (first.id, len(first.turns)) == ("c-0", 2)
    assert Endless.taken < 200


def test_rows_are_put_in_order_by_their_number_or_time() -> None:
    (numbered,) = calls_in("call,turn,speaker,text\na,10,caller,Hi.\na,9,agent,Hello.\n")
    (timed,) = calls_in("call,time,speaker,text\na,00:09,caller,Hi.\na,00:02,agent,Hello.\n")
    assert [t.text for t in numbered.turns] == [t.text for t in timed.turns] == ["Hello.", "Hi."]


def test_messages_of_one_speaker_stay_turns_of_their_own() -> None:
    (call,) = calls_in("call,speaker,text\na,agent,Hello.\na,caller,Hi.\na,caller,It broke.\n")
    assert len(call.turns) == 3


@pytest.mark.parametrize(
    ("column", "cells", "expected"),
    [
        ("start_ms", ["0", "2500"], [0, 2500]),
        ("start", ["0", "2500"], [0, 2500]),
        ("start", ["0", "12"], [0, 12_000]),
        ("start", ["0.0", "2.5"], [0, 2500]),
        ("time", ["00:00:01", "00:01:00.5"], [1000, 60_500]),
        ("timestamp", ["2026-03-01T10:00:00Z", "2026-03-01T10:00:09.5Z"], [0, 9500]),
        ("timestamp", ["2026-03-01 10:00:00", "2026-03-01 10:00:09"], [0, 9000]),
        ("timestamp", ["1772359200", "1772359209"], [0, 9000]),
        ("timestamp", ["1772359200000", "1772359209500"], [0, 9500]),
        ("time", ["10:23:45 AM", "10:24:00 AM"], [0, 15_000]),
        ("offset", ["", "3.5"], [None, 3500]),
    ],
)
def test_times_come_in_many_notations(column: str, cells: list[str], expected: list) -> None:
    table = f"call,{column},speaker,text\na,{cells[0]},agent,Hello.\na,{cells[1]},caller,Hi.\n"
    (call,) = calls_in(table)
    assert [turn.start_ms for turn in call.turns] == expected


def test_a_length_tells_the_end() -> None:
    (call,) = calls_in("start,duration,speaker,text\n0.0,1.5,agent,Hello.\n2.0,1.0,caller,Hi.\n")
    assert [turn.end_ms for turn in call.turns] == [1500, 3000]


@pytest.mark.parametrize("cell", [time(0, 1, 23), timedelta(minutes=1, seconds=23)])
def test_cells_of_a_workbook_may_be_clocks(cell) -> None:
    book = Workbook()
    for row in (["time", "speaker", "text"], [cell, "agent", "A."], [cell, "caller", "B."]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    (call,) = calls_in(out.getvalue())
    assert call.turns[0].start_ms == 83_000


def test_a_workbook_may_have_a_title_and_other_sheets() -> None:
    out = io.BytesIO()
    with pd.ExcelWriter(out) as book:
        pd.DataFrame({"note": ["made in May"]}).to_excel(book, sheet_name="About", index=False)
        turns = pd.DataFrame(ROWS, columns=HEADER)
        turns.to_excel(book, sheet_name="Turns", startrow=3, index=False)
    assert [call.id for call in calls_in(out.getvalue())] == ["c-1", "c-2"]


def test_dates_of_a_workbook_tell_when_a_call_began() -> None:
    when = datetime(2026, 3, 1, 10)
    frame = pd.DataFrame(
        {"sent at": [when] * 2, "sender": ["agent", "caller"], "text": ["A.", "B."]}
    )
    (call,) = calls_in(written(frame, "excel"))
    assert call.metadata["started_at"] == "2026-03-01T10:00:00Z"


def test_separators_in_unquoted_words_belong_to_the_words() -> None:
    (call,) = calls_in('speaker,text\nagent,Hello, this is Dana, hi.\ncaller,"It broke, again."\n')
    assert [turn.text for turn in call.turns] == ["Hello, this is Dana, hi.", "It broke, again."]


def test_words_may_hold_line_breaks_and_quotes() -> None:
    (call,) = calls_in('speaker,text\nagent,"Hello.\nIt says ""down"" here."\ncaller,Hi.\n')
    assert call.turns[0].text == 'Hello.\nIt says "down" here.'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_may_be_saved_in_other_encodings(encoding: str) -> None:
    text = "speaker;text\r\nagent;Hello, José – how can I help?\r\ncaller;It’s broken.\r\n"
    (call,) = calls_in(text.encode(encoding))
    assert call.turns[0].text == "Hello, José – how can I help?"
    assert call.metadata.get("encoding") == ("windows-1252" if encoding == "cp1252" else None)


def test_what_is_told_of_all_of_a_call_comes_along() -> None:
    (call,) = calls_in(
        "call,speaker,text,CSAT,Queue Name,Duration,mood\n"
        "a,agent,Hello.,4,Billing,62,good\na,caller,Hi.,4,Billing,62,bad\n"
    )
    assert call.metadata == {"CSAT": "4", "queue": "Billing", "duration_ms": 62_000}


def test_a_row_may_hold_a_whole_talk() -> None:
    talk = "Agent: Hello there.\nCustomer: Hi, it broke."
    frame = pd.DataFrame({"call_id": ["a", "b"], "transcript": [talk, talk], "team": ["x", "y"]})
    first, second = calls_in(written(frame, ","))
    assert (first.id, len(first.turns), first.metadata["team"]) == ("a", 2, "x")
    assert second.id == "b"


def test_a_parquet_row_may_hold_a_list_of_turns() -> None:
    turns = [{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": "Hi."}]
    frame = pd.DataFrame({"id": ["a", "b"], "turns": [turns, turns]})
    calls = calls_in(written(frame, "parquet"))
    assert [(call.id, len(call.turns)) for call in calls] == [("a", 2), ("b", 2)]


def test_a_broken_row_with_a_list_of_turns_loses_itself_alone() -> None:
    turns = [{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": "Hi."}]
    silent = [turns[0], {"speaker": "customer", "text": None}]
    frame = pd.DataFrame({"id": list("abcd"), "turns": [None, turns, silent, turns]})
    failures: list[ReadError] = []
    calls = calls_in(written(frame, "parquet"), on_failure=failures.append)
    assert [call.id for call in calls] == ["b", "d"]
    assert [(error.source, error.place) for error in failures] == [
        ("stream", "row 1, call a"),
        ("stream", "row 3, turn 2"),
    ]


def test_a_broken_json_row_loses_itself_alone() -> None:
    rows = [json.dumps({"call": "a", "speaker": who, "text": "Some words."}) for who in "AB"]
    failures: list[ReadError] = []
    (call,) = calls_in(
        "\n".join([rows[0], '{"call": "a", "spea', rows[1], rows[0]]),
        roles={"A": "agent"},
        on_failure=failures.append,
    )
    assert len(call.turns) == 3
    assert [error.place for error in failures] == ["line 2"]


@pytest.mark.parametrize(("kind", "problem"), [("excel", "damaged"), ("parquet", "cannot be read")])
def test_a_truncated_workbook_or_parquet_file_is_told(frame, kind: str, problem: str) -> None:
    data = written(frame, kind)
    with pytest.raises(ReadError, match=f"stream: is .*{problem}"):
        calls_in(data[: len(data) // 2])
