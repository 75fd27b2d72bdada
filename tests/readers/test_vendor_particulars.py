"""What is particular to single formats, beside what `test_vendor_formats.py` asks of all."""

from __future__ import annotations

import base64
import json
import re
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.errors import InvalidCallError, ReadError
from analyzer.readers import read_calls
from analyzer.readers.vcon_writing import to_vcon

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture
def read(tmp_path: Path):
    """Calls of a document, written to a file as an export would be."""

    def read(document: Any, name: str = "export.json", **options: Any) -> list[Call]:
        path = tmp_path / name
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        return list(read_calls(path, **options))

    return read


def speakers(call: Call) -> list[str]:
    return [turn.speaker for turn in call.turns]


def texts(call: Call) -> list[str]:
    return [turn.text for turn in call.turns]


# Amazon


def test_contact_lens_roles_come_from_its_list_of_participants(read) -> None:
    document = sample("amazon-connect-voice.json")
    names = {"CUSTOMER": "9a41", "AGENT": "77fe", "SYSTEM": "0c3d"}
    for participant in document["Participants"]:
        participant["ParticipantId"] = names[participant["ParticipantId"]]
    for entry in document["Transcript"]:
        entry["ParticipantId"] = names[entry["ParticipantId"]]
    (call,) = read(document)
    assert speakers(call)[:4] == ["other", "agent", "customer", "agent"]


def test_contact_lens_redacted_names_are_no_agents(read) -> None:
    document = sample("amazon-connect-chat.json")
    for entry in document["Transcript"]:
        entry["DisplayName"] = "[PII]"
    (call,) = read(document)
    assert "agent" not in call.metadata


def test_contact_lens_messages_that_are_templates_are_left_out(read) -> None:
    document = sample("amazon-connect-chat.json")
    template = dict(document["Transcript"][1], Content='{"templateType": "ListPicker"}')
    template["ContentType"] = "application/vnd.amazonaws.connect.message.interactive"
    document["Transcript"].insert(2, template)
    (call,) = read(document)
    assert not any("templateType" in text for text in texts(call))


def test_a_connect_chat_that_was_not_analysed_is_read_too(read) -> None:
    analysed = sample("amazon-connect-chat.json")
    plain = {"Version": "2019-08-26", "ContactId": "c-1", "InstanceId": "i-1"}
    (call,) = read({**plain, "Transcript": analysed["Transcript"]})
    assert (call.id, call.metadata["channel"], len(call.turns)) == ("c-1", "chat", 13)


def test_transcribe_words_of_two_who_talk_at_once_stay_whole(read) -> None:
    def words(start: float, *contents: str) -> list[dict[str, Any]]:
        return [
            {
                "type": "pronunciation",
                "start_time": f"{start + i * 0.4:.2f}",
                "end_time": f"{start + i * 0.4 + 0.3:.2f}",
                "alternatives": [{"content": content}],
            }
            for i, content in enumerate(contents)
        ]

    long = words(0.0, "thank", "you", "for", "calling", "northlink", "how", "can", "I", "help")
    short = words(1.1, "hello")
    channels = [
        {"channel_label": "ch_0", "items": long},
        {"channel_label": "ch_1", "items": [*short, *words(6.0, "my", "line", "is", "dead")]},
    ]
    (call,) = read(
        {"results": {"transcripts": [], "channel_labels": {"channels": channels}}},
    )
    assert texts(call) == [
        "thank you for calling northlink how can I help",
        "hello my line is dead",
    ]


def test_transcribe_without_speakers_is_refused_with_a_remedy(read) -> None:
    document = sample("amazon-transcribe-speakers-older.json")
    del document["results"]["speaker_labels"]
    with pytest.raises(InvalidCallError, match="who speaks"):
        read(document)


# Google, Azure, Genesys, Twilio


def test_google_insights_is_read_as_client_libraries_write_it(read) -> None:
    def snake(value: Any) -> Any:
        if isinstance(value, list):
            return [snake(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            "".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(item)
            for key, item in value.items()
        }

    document = sample("google-insights-conversation.json")
    (camel,) = read(document)
    (snaked,) = read(snake(document))
    assert snaked == camel


def test_google_insights_channels_say_who_is_who_where_participants_do_not(read) -> None:
    document = sample("google-insights-conversation.json")
    del document["transcript"]["transcriptSegments"][0]
    for segment in document["transcript"]["transcriptSegments"]:
        del segment["segmentParticipant"]
    (call,) = read(document)
    assert speakers(call)[:3] == ["agent", "customer", "agent"]


def test_azure_reads_whichever_times_a_version_writes(read) -> None:
    document = sample("azure-batch-channels.json")
    (expected,) = read(document)
    for phrase in document["recognizedPhrases"]:
        del phrase["offsetInTicks"], phrase["durationInTicks"]
    assert read(document) == [expected]


def test_azure_phrases_that_failed_are_left_out(read) -> None:
    document = sample("azure-batch-channels.json")
    failed = dict(document["recognizedPhrases"][0], recognitionStatus="Failure")
    failed["nBest"] = [{"display": "Garbled."}]
    document["recognizedPhrases"].append(failed)
    (call,) = read(document)
    assert not any("Garbled" in text for text in texts(call))


def test_azure_access_signatures_stay_out_of_the_id(read) -> None:
    (call,) = read(sample("azure-batch-channels.json"))
    assert "sig" not in call.id


def test_genesys_people_and_machines_are_told_apart_by_who_was_on_the_call(read) -> None:
    document = sample("genesys-cloud.json")
    (call,) = read(document)
    assert speakers(call)[0] == "other"
    document["participants"] = []
    (call,) = read(document)
    assert speakers(call)[0] == "agent"


def test_twilio_participants_overrule_its_default_channels(read) -> None:
    document = sample("twilio-sentences.json")
    for sentence in document["sentences"]:
        sentence["media_channel"] = 3 - sentence["media_channel"]
    document["transcript"] = {
        "sid": "GT" + "a" * 32,
        "language_code": "en-US",
        "channel": {
            "participants": [
                {"channel_participant": 1, "role": "Customer"},
                {"channel_participant": 2, "role": "Agent", "full_name": "Dana Reyes"},
            ]
        },
    }
    (call,) = read(document)
    assert speakers(call)[:2] == ["agent", "customer"]
    assert (call.id, call.metadata["agent"]) == ("GT" + "a" * 32, "Dana Reyes")


# Recognisers and subtitles


def test_deepgram_and_whisper_speakers_may_be_missing_here_and_there(read) -> None:
    document = sample("whisperx.json")
    for segment in document["segments"][4:5]:
        del segment["speaker"]
        for word in segment["words"]:
            del word["speaker"]
    (call,) = read(document, roles={"SPEAKER_00": "other"})
    assert speakers(call)[:4] == ["other", "agent", "customer", "agent"]


UNNAMED = ["whisper.json", "faster-whisper.json"]


@pytest.mark.parametrize("file", UNNAMED)
def test_segments_without_speakers_get_them_by_their_words(file: str) -> None:
    (call,) = read_calls(SAMPLES / file)
    assert call.metadata["roles"] == "guessed"
    talk = [(turn.speaker, turn.text) for turn in call.turns]
    assert ("customer", "I work from home, so I've lost two days' pay.") in talk
    assert ("agent", "Three calls is far too many. I'm sorry, that's on us.") in talk
    assert len({one for one, _ in talk}) == 2
    assert all(one != other for one, other in pairwise(speakers(call)))


@pytest.mark.parametrize("file", UNNAMED)
def test_guessed_turns_keep_every_segment_whole_and_its_times(file: str) -> None:
    (call,) = read_calls(SAMPLES / file)
    document = sample(file)
    segments = document if isinstance(document, list) else document["segments"]
    told = [one["text"].strip() for one in segments if one["text"].strip()]
    assert " ".join(texts(call)) == " ".join(told)
    starts = {one["text"].strip(): round(one["start"] * 1000) for one in segments}
    ends = {one["text"].strip(): round(one["end"] * 1000) for one in segments}
    for turn in call.turns:
        assert turn.start_ms == min(starts[text] for text in told if text in turn.text)
        assert turn.end_ms == max(ends[text] for text in told if text in turn.text)


@pytest.mark.parametrize("kind", ["vtt", "srt"])
def test_subtitles_without_names_get_speakers_by_their_words(read, kind: str) -> None:
    text = (SAMPLES / "names.srt").read_text("utf-8")
    text = re.sub(r"^[A-Z][A-Za-z ]+: ", "", text, flags=re.MULTILINE)
    if kind == "vtt":
        text = "WEBVTT\n\n" + re.sub(r"(\d\d),(\d\d\d)", r"\1.\2", text)
    (call,) = read(text)
    assert call.metadata["roles"] == "guessed"
    assert ("customer", "I work from home, so I've lost two days' pay.") in [
        (turn.speaker, turn.text) for turn in call.turns
    ]


def test_a_recording_before_unnamed_segments_is_nobodys(read) -> None:
    document = sample("faster-whisper.json")
    document[0]["text"] = "This call may be recorded for training and quality purposes."
    (call,) = read(document)
    assert speakers(call)[:3] == ["other", "agent", "customer"]
    assert call.turns[0].text == document[0]["text"]


def test_a_few_segments_without_speakers_are_refused_with_a_remedy(read) -> None:
    with pytest.raises(InvalidCallError, match="who speaks") as caught:
        read(sample("faster-whisper.json")[:5])
    assert "diarisation" in (caught.value.remedy or "")


def test_unnamed_segments_of_a_lone_speaker_are_refused(read) -> None:
    said = "Thank you for calling, may I have your account number please?"
    segments = [{"start": n, "end": n + 1, "text": said} for n in range(12)]
    with pytest.raises(InvalidCallError, match="who speaks"):
        read({"segments": segments})


def test_a_list_of_segments_with_speakers_is_one_call(read) -> None:
    (call,) = read(sample("openai-diarized.json")["segments"], roles={"A": "other"})
    assert len(call.turns) == 13


def test_voice_tags_may_hold_entities_and_several_speakers_in_a_cue(read) -> None:
    (call,) = read(
        "WEBVTT\n\nNOTE made by hand\n\n"
        "00:01.000 --> 00:04.000\n"
        "<v.loud Agent &amp; Co>How can I <i>help</i> &lt;today&gt;?</v>\n"
        "<v Customer: Mrs Hill>My line is dead.</v>\n",
        "call.vtt",
    )
    assert [(turn.speaker, turn.text, turn.start_ms) for turn in call.turns] == [
        ("agent", "How can I help <today>?", 1000),
        ("customer", "My line is dead.", 1000),
    ]


def test_colons_in_what_is_said_are_not_names(read) -> None:
    (call,) = read(
        "1\n00:00:01,000 --> 00:00:03,000\nAgent: One thing: is the light on?\n\n"
        "2\n00:00:03,500 --> 00:00:05,000\nCustomer: The box says: no service.\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\nand then it stops\n\n"
        "4\n00:00:06,500 --> 00:00:08,000\nAgent: Understood.\n",
        "call.srt",
    )
    assert texts(call) == [
        "One thing: is the light on?",
        "The box says: no service. and then it stops",
        "Understood.",
    ]


def test_bracketed_names_as_whisperx_writes_them_are_speakers(read) -> None:
    (call,) = read(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n[SPEAKER_00]: How can I help?\n\n"
        "00:03.000 --> 00:05.000\n[SPEAKER_01]: My line is dead.\n",
        "call.vtt",
        roles={"SPEAKER_00": "agent", "SPEAKER_01": "customer"},
    )
    assert speakers(call) == ["agent", "customer"]


def test_an_eight_hour_recording_keeps_its_times(read) -> None:
    (call,) = read(
        "WEBVTT\n\n08:00:01.000 --> 08:00:03.000\nAgent: Still here.\n\n"
        "08:00:04.000 --> 08:00:05.000\nCustomer: Good.\n",
        "call.vtt",
    )
    assert call.turns[0].start_ms == (8 * 3600 + 1) * 1000


# vCon


def test_a_signed_vcon_is_read_like_its_payload(read) -> None:
    document = sample("vcon-text.json")
    payload = base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
    signed = {"payload": payload, "signatures": [{"protected": "e30", "signature": "x"}]}
    assert read(signed) == read(document)


def test_an_encrypted_vcon_says_so(read) -> None:
    encrypted = {"unprotected": {"cty": "application/vcon"}, "ciphertext": "x", "recipients": []}
    with pytest.raises(ReadError, match="encrypted"):
        read(encrypted)


def test_a_transcript_counts_from_its_recording(read) -> None:
    document = sample("vcon-transcript.json")
    later = {"type": "text", "start": "2026-03-02T09:14:50+00:00", "parties": [0], "body": "Hello?"}
    document["dialog"].append({**later, "encoding": "none"})
    (call,) = read(document, roles={"speaker 0": "other"})
    assert texts(call)[0] == "Hello?"
    assert [turn.start_ms for turn in call.turns[:2]] == [0, 10_000]


def test_a_vcon_closes_the_circle(read, corpus: list[LabelledCall]) -> None:
    call, report = corpus[0].call(), corpus[0].gold_report()
    written = to_vcon(call, report)
    (again,) = read(written)
    assert again.id == call.id
    assert again.turns == call.turns
    assert again.metadata == {**call.metadata, "vcon": written["uuid"]}
    (analysis,) = written["analysis"]
    assert type(report).model_validate(analysis["body"]) == report
    assert analysis["dialog"] == list(range(len(call.turns)))


def test_a_vcon_keeps_times_and_amends_the_one_it_came_from(read) -> None:
    (call,) = read(sample("vcon-text.json"))
    written = to_vcon(call)
    (again,) = read(written)
    assert again.turns == call.turns
    assert written["amended"] == {"uuid": call.id}
    assert written["uuid"] != call.id
    assert to_vcon(call)["uuid"] == written["uuid"]


# Chats, tickets, data sets


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
