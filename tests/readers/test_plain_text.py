from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.call import Call
from analyzer.errors import ReadError, UnknownFormatError
from analyzer.readers import Export, read_calls, recognise


@pytest.fixture
def pasted(tmp_path: Path):
    """Reads a pasted text as a file `pasted.txt`."""

    def read(text: str, **options) -> list[Call]:
        path = tmp_path / "pasted.txt"
        path.write_text(text, encoding="utf-8")
        return list(read_calls(path, **options))

    return read


def said(call: Call) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in call.turns]


TALK = [
    ("agent", "Hi, you're through to Dana, how can I help?"),
    ("customer", "My parcel never came: it was due on Monday."),
    ("agent", "I'm sorry about that, may I have your order number?"),
]
NOTATIONS = {
    "roles": ("Agent: {}", "Customer: {}"),
    "roles and names": ("[00:00:01] Rep - Dana: {}", "[00:00:09] Customer - Mrs Hill: {}"),
    "capitals": ("AGENT: {}", "CALLER: {}"),
    "numbered speakers": ("Speaker 1: {}", "Speaker 2: {}"),
    "time behind the name": ("Speaker A (00:02): {}", "Speaker B (00:09): {}"),
    "a range of times": ("[00:01 - 00:04] Dana: {}", "[00:05 - 00:09] Sam: {}"),
    "time and dash": ("00:01:23 - Rep: {}", "00:01:30 - Caller: {}"),
    "time of day": ("(10:23:45 AM) Dana: {}", "(10:24:01 AM) Visitor: {}"),
    "seconds since the start": ("( 12s ) Dana: {}", "( 1m 10s ) Visitor: {}"),
    "phone chat": ("[12/03/2026, 10:23:45] Dana: {}", "[12/03/2026, 10:24:45] Mrs Hill: {}"),
    "phone chat with dash": ("12/03/2026, 10:23 - Dana: {}", "12/03/2026, 10:24 - Sam: {}"),
    "ISO times": ("2026-03-12T10:23:45Z Dana: {}", "2026-03-12T10:23:55Z Sam: {}"),
    "markdown": ("**Agent:** {}", "**Customer:** {}"),
    "a list": ("- Agent: {}", "- Customer: {}"),
    "tabs": ("Agent\t{}", "Customer\t{}"),
    "a name on its own line": ("Dana Reyes  0:03\n{}\n", "Sam Hill  0:09\n{}\n"),
    "a role on its own line": ("AGENT:\n{}\n", "CUSTOMER:\n{}\n"),
    "a time on its own line": ("00:00:02\nAgent: {}", "00:00:05\nCustomer: {}"),
}


@pytest.mark.parametrize(("agent", "customer"), NOTATIONS.values(), ids=NOTATIONS)
def test_the_same_talk_is_read_from_every_notation(pasted, agent: str, customer: str) -> None:
    lines = [(agent if who == "agent" else customer).format(words) for who, words in TALK]
    (call,) = pasted("\n".join(lines))
    assert said(call) == TALK


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("[00:01:23]", "[00:01:30.5]", [83_000, 90_500]),
        ("1:23", "2:00", [83_000, 120_000]),
        ("10:23:45 AM", "10:24:00 AM", [0, 15_000]),
        ("11:59:30 PM", "12:00:30 AM", [0, 60_000]),
        ("[12/03/2026, 23:59:00]", "[13/03/2026, 00:01:00]", [0, 120_000]),
        ("10:23", "10:25", [0, 120_000]),
        ("( 12s )", "( 1m 10s )", [12_000, 70_000]),
    ],
)
def test_times_count_from_the_start_of_the_call(pasted, first, second, expected) -> None:
    (call,) = pasted(f"{first} Agent: Hello there.\n{second} Customer: Hi, it broke.\n")
    assert [turn.start_ms for turn in call.turns] == expected


def test_a_range_tells_when_a_turn_ends(pasted) -> None:
    (call,) = pasted("[00:01 --> 00:04] Agent: Hello.\n[00:05 --> 00:09] Customer: Hi there.\n")
    assert [turn.end_ms for turn in call.turns] == [4_000, 9_000]


def test_a_date_tells_when_the_call_began(pasted) -> None:
    (call,) = pasted("[2026-03-12 10:23:45] Agent: Hello.\n[2026-03-12 10:24:00] Customer: Hi.\n")
    assert call.metadata["started_at"] == "2026-03-12T10:23:45"


def test_wrapped_lines_go_on_with_the_turn(pasted) -> None:
    (call,) = pasted(
        "Agent: There are two ways:\n  first: call us\nsecond: write\n\nCustomer: Ok.\n"
    )
    assert said(call) == [
        ("agent", "There are two ways: first: call us second: write"),
        ("customer", "Ok."),
    ]


def test_a_colon_in_the_words_starts_no_turn(pasted) -> None:
    (call,) = pasted(
        "Agent: Note: it closes at five.\nNote: that is new.\n"
        "Customer: See https://x.example: it says six.\n"
    )
    assert said(call) == [
        ("agent", "Note: it closes at five. Note: that is new."),
        ("customer", "See https://x.example: it says six."),
    ]


def test_somebody_who_is_spoken_of_says_nothing(pasted) -> None:
    (call,) = pasted(
        "Agent: What happened?\nCustomer: Well,\nI told your agent: no more calls.\n"
        "the customer: that is me, by the way.\nAgent: Right.\n"
    )
    assert [who for who, _ in said(call)] == ["agent", "customer", "agent"]


def test_messages_of_one_speaker_stay_turns_of_their_own(pasted) -> None:
    (call,) = pasted("Agent: Hello.\nCustomer: Hi.\nCustomer: It broke.\n")
    assert len(call.turns) == 3


def test_a_named_agent_is_known_by_name(pasted) -> None:
    (call,) = pasted("Rep - Dana: Hello.\nCaller: Hi.\n")
    assert call.metadata["agent"] == "Dana"


def test_events_of_a_chat_are_nobodys_words(pasted) -> None:
    (call,) = pasted("You are now chatting with Dana\nDana: How can I help?\nVisitor: It broke.\n")
    assert said(call)[1:] == [("agent", "How can I help?"), ("customer", "It broke.")]
    assert call.turns[0].speaker == "other"


SEVERAL = {
    "headings": (
        "Call a-17\n\nAgent: Hello.\nCustomer: Hi.\n\nCall a-18\n\nAgent: Yes?\nCustomer: Hm.\n"
    ),
    "headings in rules": (
        "=== Call a-17 ===\nAgent: Hello.\nCustomer: Hi.\n\n"
        "=== Call a-18 ===\nAgent: Yes?\nCustomer: Hm.\n"
    ),
    "markdown headings": (
        "# Conversation a-17\nAgent: Hello.\nCustomer: Hi.\n\n"
        "# Conversation a-18\nAgent: Yes?\nCustomer: Hm.\n"
    ),
    "fields and rules": (
        "Call ID: a-17\n-----\nAgent: Hello.\nCustomer: Hi.\n\n"
        "-----\nCall ID: a-18\n-----\nAgent: Yes?\nCustomer: Hm.\n"
    ),
}


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
def test_several_calls_in_a_file_are_told_apart(pasted, text: str) -> None:
    assert [(call.id, said(call)) for call in pasted(text)] == [
        ("a-17", [("agent", "Hello."), ("customer", "Hi.")]),
        ("a-18", [("agent", "Yes?"), ("customer", "Hm.")]),
    ]


def test_calls_without_names_are_named_after_the_file(pasted) -> None:
    text = "Agent: Hello.\nCustomer: Hi.\n\n---\n\nAgent: Yes?\nCustomer: Hm.\n"
    assert [call.id for call in pasted(text)] == ["pasted", "pasted-2"]


def test_fields_above_the_talk_are_metadata(pasted) -> None:
    (call,) = pasted(
        "Call ID: a-17\nAgent: Dana Reyes\nDate: 2026-03-01\nQueue: Billing\nDuration: 5:32\n\n"
        "Agent: Hello there.\nCustomer: Hi.\n"
    )
    assert call.id == "a-17"
    assert len(call.turns) == 2
    assert call.metadata == {
        "agent": "Dana Reyes",
        "started_at": "2026-03-01T00:00:00Z",
        "queue": "Billing",
        "duration_ms": 332_000,
    }


@pytest.mark.parametrize(
    "text",
    [
        "name: one\nversion: 3\nname: two\nversion: 4\nname: three\nversion: 5\n",
        "# Setting up\n\nInstall it first.\n\nNote: it needs Python.\n\nWarning: not 3.8.\n",
        "Dear team,\n\nthe calls are attached.\n\nRegards,\nDana\n",
        "2026-03-12 10:00:01 INFO start\n2026-03-12 10:00:02 INFO stop\n",
    ],
)
def test_other_texts_are_no_transcripts(text: str) -> None:
    with pytest.raises(UnknownFormatError, match="sample"):
        recognise(Export.of(text))


def test_text_that_is_said_to_be_a_transcript_but_has_no_speakers_is_an_error(pasted) -> None:
    with pytest.raises(ReadError, match="no call"):
        pasted("Dear team,\n\nthe calls are attached.\n", format="text")


RECORDED = "This call may be recorded for training and quality purposes."
TALKERS = {
    "numbered": ("Voice 3", "Voice 1", "Voice 2"),
    "with roles": ("Voice 3", "Agent", "Customer"),
    "a company": ("Northlink", "Agent", "Customer"),
}


@pytest.mark.parametrize(("machine", "agent", "customer"), TALKERS.values(), ids=TALKERS)
def test_a_voice_that_speaks_once_at_the_top_is_a_turn(pasted, machine, agent, customer) -> None:
    named = {"agent": agent, "customer": customer}
    talk = [*TALK, ("customer", "It is four four one."), ("agent", "Thanks, one moment please.")]
    lines = [f"{machine}: {RECORDED}", *(f"{named[who]}: {words}" for who, words in talk)]
    (call,) = pasted("\n".join(lines))
    assert said(call) == [("other", RECORDED), *talk]


@pytest.mark.parametrize(
    "field", ["Topic: My parcel never came", "Summary: The customer asks where a parcel is."]
)
def test_a_field_at_the_top_is_still_no_turn(pasted, field: str) -> None:
    lines = [f"{who.title()}: {words}" for who, words in TALK]
    (call,) = pasted("\n".join([field, *lines]))
    assert said(call) == TALK
