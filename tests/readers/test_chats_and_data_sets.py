"""What is particular to chats, tickets and data sets; `test_vendor_formats.py` asks the rest."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path

from exports import SAMPLES, sample, speakers, texts

from analyzer.readers import read_calls


def test_internal_notes_are_no_part_of_the_conversation() -> None:
    for file in ("zendesk-ticket.json", "intercom.json"):
        (call,) = read_calls(SAMPLES / file)
        assert not any("abinet job" in text for text in texts(call))


def test_a_ticket_without_its_users_is_the_requester_against_the_rest(read) -> None:
    document = sample("zendesk-ticket.json")
    del document["users"]
    (call,) = read(document)
    assert speakers(call)[:4] == ["other", "agent", "customer", "agent"]


def test_zendesk_exports_of_many_chats_are_many_calls(read) -> None:
    chat = sample("zendesk-chat.json")
    calls = read({"chats": [chat, {**chat, "id": "second"}], "count": 2, "next_page": None})
    assert [call.id for call in calls] == [chat["id"], "second"]


def test_intercom_html_becomes_text_and_its_ai_agent_a_machine(read) -> None:
    document = sample("intercom.json")
    part = document["conversation_parts"]["conversation_parts"][0]
    part["body"] = "<p>Hi &amp; welcome.</p><p>Which&nbsp;<b>street</b>?<br>And number?</p>"
    part["author"]["from_ai_agent"] = True
    (call,) = read(document)
    assert (call.turns[1].speaker, call.turns[1].text) == (
        "other",
        "Hi & welcome.\nWhich street?\nAnd number?",
    )


def test_convokit_groups_utterances_that_are_interleaved(read) -> None:
    lines = [
        {"id": f"{of}{i}", "conversation_id": of, "speaker": who, "text": f"{of} says {i}"}
        | {"reply-to": None, "timestamp": None, "meta": {"speaker_role": who.rstrip("12")}}
        for i, who in enumerate(["agent1", "customer1"])
        for of in ("one", "two")
    ]
    calls = read("\n".join(json.dumps(line) for line in lines), "utterances.jsonl")
    assert {call.id: texts(call) for call in calls} == {
        "one": ["one says 0", "one says 1"],
        "two": ["two says 0", "two says 1"],
    }


def packed_in_zip(folder: Path, out: Path) -> Path:
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"corpus/{path.name}")
    return out


def packed_in_tar(folder: Path, out: Path) -> Path:
    with tarfile.open(out, "w:gz") as archive:
        archive.add(folder, "corpus")
    return out


def test_a_convokit_folder_or_zip_is_one_corpus_and_nothing_in_it_fails(tmp_path: Path) -> None:
    folder = SAMPLES / "convokit"
    for source in (folder, packed_in_zip(folder, tmp_path / "corpus.zip")):
        (call,) = read_calls(source)
        assert (call.metadata["agent"], call.metadata["team"]) == ("Dana Reyes", "Broadband Care")
        assert "roles" not in call.metadata


def test_a_streamed_convokit_archive_tells_its_roles_by_the_talk(tmp_path: Path) -> None:
    (call,) = read_calls(packed_in_tar(SAMPLES / "convokit", tmp_path / "corpus.tar.gz"))
    assert speakers(call)[1:4] == ["agent", "customer", "agent"]


def test_a_file_named_like_a_companion_is_read_where_there_is_no_corpus(read) -> None:
    document = {"id": "a", "turns": [{"speaker": "agent", "text": "Hello."}]}
    (call,) = read(document, "corpus.json")
    assert call.id == "a"


def test_harper_valley_prefers_what_a_person_heard() -> None:
    (call,) = read_calls(SAMPLES / "harper-valley.json")
    assert "elizabeth" in call.turns[0].text
    assert "noise" not in " ".join(texts(call))
    assert call.turns[0].start_ms == 1669


def test_abcd_actions_are_said_by_nobody() -> None:
    call, *others = read_calls(SAMPLES / "abcd.json")
    assert (call.id, len(others)) == ("3592", 2)
    assert call.turns[6].speaker == "other"
    assert call.turns[6].text == "Account has been pulled up for Crystal Minh."


def test_an_assistant_alone_with_its_user_is_the_agent(read) -> None:
    messages = [
        {"role": "system", "content": "You are a helpful clerk."},
        {"role": "user", "content": [{"type": "text", "text": "Where is it?"}, {"type": "image"}]},
        {"role": "assistant", "content": "On its way."},
    ]
    (call,) = read(messages)
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("customer", "Where is it?"),
        ("agent", "On its way."),
    ]


def test_an_assistant_beside_an_agent_is_a_machine(read) -> None:
    turns = [
        {"from": "assistant", "value": "I'll fetch someone."},
        {"from": "agent", "value": "Dana here."},
        {"from": "customer", "value": "Hello Dana."},
    ]
    (call,) = read({"conversations": turns})
    assert speakers(call) == ["other", "agent", "customer"]
