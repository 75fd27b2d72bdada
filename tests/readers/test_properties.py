"""What holds for every input, not only for the ones we thought of."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from typing import Any

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzer.call import Call, Turn
from analyzer.errors import ReadError
from analyzer.readers import Piece, read_calls, readings
from analyzer.readers.joining import attributed, in_order, joined
from analyzer.readers.languages import foreign_language
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import person_in, role_of
from analyzer.readers.stamps import timeline
from analyzer.readers.times import elapsed_ms, iso, milliseconds, moment
from analyzer.roles import infer_roles

quick = settings(max_examples=60, deadline=None)

KEYS = """
    id turns speaker text metadata segments results utterances messages role content start end
    start_ms channel dialog transcript sentences words Transcript
"""
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).map(
    lambda text: f"we {text.strip()} it"
)
ms = st.none() | st.integers(0, 10**8)
pieces = st.lists(
    st.builds(Piece, st.sampled_from(["A", "B", ""]), words, ms, ms), min_size=1, max_size=12
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS.split()) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    spoken = draw(st.lists(st.tuples(st.sampled_from(["agent", "customer"]), words), max_size=8))
    turns = [Turn(speaker="agent", text="Hello, how can I help?")]
    turns += [Turn(speaker=who, text=text) for who, text in spoken]
    turns.append(Turn(speaker="customer", text="My line is down."))
    return Call(id=draw(st.from_regex(r"[a-z]{1,3}-[0-9]{1,4}", fullmatch=True)), turns=turns)


def said(call: Call) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in call.turns]


def assert_calls_or_errors(data: bytes) -> None:
    for reading in readings(io.BytesIO(data)):
        if reading.call is None:
            assert isinstance(reading.error, ReadError)
            assert reading.error.source
            assert reading.error.remedy
        else:
            assert Call.model_validate_json(reading.call.model_dump_json()) == reading.call


@quick
@given(st.binary(max_size=300))
@example(b"[" * 5000)
@example(b"PK\x03\x04")
@example(b"\x1f\x8b\x08")
@example(b"PAR1")
def test_any_bytes_give_calls_or_errors_of_ours(data: bytes) -> None:
    assert_calls_or_errors(data)


@quick
@given(st.lists(st.text(max_size=60), max_size=12).map("\n".join))
@example("Agent:\n\nAgent:")
@example("a:" * 2000)
@example("A: x" + " " * 20_000 + "y\nA: z")
def test_any_text_gives_calls_or_errors_of_ours(text: str) -> None:
    assert_calls_or_errors(text.encode("utf-8", "surrogatepass"))
    assert_calls_or_errors(f"Agent: Hello there.\n{text}\nCustomer: {text}\n".encode("utf-16"))


@settings(max_examples=150, deadline=None)
@given(anything)
def test_any_json_gives_calls_or_errors_of_ours(document: Any) -> None:
    assert_calls_or_errors(json.dumps(document).encode())


@quick
@given(st.lists(calls(), max_size=4, unique_by=lambda call: call.id))
def test_neutral_calls_are_read_as_they_were_written(written: list[Call]) -> None:
    text = "\n".join(call.model_dump_json() for call in written) or " "
    failures: list[ReadError] = []
    options = {"any_language": True, "on_failure": failures.append}
    assert list(read_calls(io.BytesIO(text.encode()), **options)) == written


@quick
@given(st.lists(calls(), min_size=1, max_size=4, unique_by=lambda call: call.id))
def test_tables_tell_what_was_said(written: list[Call]) -> None:
    rows = [(c.id, t.speaker, t.text) for c in written for t in c.turns]
    out = io.BytesIO()
    pd.DataFrame(rows, columns=["call", "speaker", "text"]).to_csv(out, index=False)
    out.seek(0)
    found = list(read_calls(out, any_language=True))
    assert [(c.id, said(c)) for c in found] == [(c.id, said(c)) for c in written]


@quick
@given(calls())
def test_plain_text_tells_what_was_said(call: Call) -> None:
    text = "\n".join(f"{turn.speaker.title()}: {turn.text}" for turn in call.turns)
    (found,) = read_calls(io.StringIO(text), any_language=True)
    assert said(found) == [(who, " ".join(text.split("\u2028"))) for who, text in said(call)]


@quick
@given(pieces)
def test_joining_loses_no_word_and_no_time(given_pieces: list[Piece]) -> None:
    turns = joined(given_pieces)
    assert " ".join(turn.text for turn in turns) == " ".join(p.text for p in given_pieces)
    speakers = [(turn.speaker, turn.role) for turn in turns]
    assert all(one != other for one, other in pairwise(speakers))
    assert joined(turns) == turns
    assert {t.start_ms for t in turns} <= {p.start_ms for p in given_pieces}


@quick
@given(pieces)
def test_ordering_keeps_every_piece(given_pieces: list[Piece]) -> None:
    ordered = in_order(given_pieces)
    assert sorted(ordered, key=repr) == sorted(given_pieces, key=repr)
    starts = [piece.start_ms for piece in ordered]
    assert None in starts or starts == sorted(starts)


@quick
@given(pieces)
def test_only_pieces_without_a_speaker_are_given_one(given_pieces: list[Piece]) -> None:
    for before, after in zip(given_pieces, attributed(given_pieces), strict=True):
        assert before.text == after.text
        assert before.speaker in ("", after.speaker)


@quick
@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30))
@example("P")
@example("1:2")
@example("99999999999999999999h")
def test_a_time_is_sensible_or_none(value: object) -> None:
    for unit in ("s", "ms", "ticks"):
        found = milliseconds(value, unit)
        assert found is None or found >= 0
    assert moment(value) is None or str(iso(value)).startswith(("19", "20"))
    assert elapsed_ms(value, value) in (None, 0)


@quick
@given(st.lists(st.none() | st.from_regex(r"[\[(]?\d{0,4}[-/:]?\d{1,3}:\d\d.{0,9}"), max_size=6))
def test_stamps_never_fail_and_keep_their_number(stamps: list[str | None]) -> None:
    found = timeline(stamps)
    assert len(found.starts) == len(found.ends) == len(stamps)
    assert all(start is None or start >= 0 for start in found.starts)


@quick
@given(st.text(max_size=60))
def test_any_name_has_a_role_or_none(name: str) -> None:
    assert role_of(name) in ("agent", "customer", "other", None)
    assert person_in(name) is None or person_in(name).split()


@quick
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.text(max_size=40)), min_size=2, max_size=9))
def test_inferred_roles_always_have_both_sides(talk: list[tuple[str, str]]) -> None:
    if len({who for who, _ in talk}) < 2:
        return
    guess = infer_roles(talk)
    assert {"agent", "customer"} <= set(guess.roles.values())
    assert guess.roles.keys() == {who for who, _ in talk}
    assert 0.5 <= guess.confidence <= 1


@quick
@given(
    st.dictionaries(st.text(max_size=12) | st.sampled_from(["Agent Name", "duration"]), anything)
)
def test_common_metadata_can_be_written_as_json(fields: dict[str, Any]) -> None:
    assert json.dumps(common_metadata(fields), allow_nan=False)


@quick
@given(st.lists(st.text(max_size=80), max_size=4), st.none() | st.text(max_size=6))
def test_a_language_is_a_short_code_or_none(texts: list[str], stated: str | None) -> None:
    found = foreign_language(texts, stated)
    assert found is None or found.isalpha()
