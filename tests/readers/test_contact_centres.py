"""What is particular to exports of contact centres; `test_vendor_formats.py` asks the rest."""

from __future__ import annotations

from typing import Any

import pytest
from exports import sample, speakers, texts

from analyzer.errors import InvalidCallError


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
