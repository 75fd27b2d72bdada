"""Every format tells the same call: `one_call.py` in words, `samples/` as exports write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import one_call as facts
import pytest

from analyzer.call import Call, Speaker
from analyzer.readers import Export, read_calls, recognise

SAMPLES = Path(__file__).parent / "samples"

PHONE = {"channel": "phone", "language": facts.LANGUAGE, "duration_ms": facts.DURATION_MS}
MEASURED = {"interruptions": facts.INTERRUPTIONS, "non_talk_ms": facts.NON_TALK_MS}
PEOPLE = {"agent": facts.AGENT, "customer": facts.CUSTOMER}


@dataclass(frozen=True)
class Sample:
    """What one file of `samples/` tells of the call.

    `machine` is false where only the two people are on the recording. `times` are those that the
    format has: of starts and ends, of starts, or of starts in whole seconds. `roles` are what the
    user has to say where voices are told apart, but not who they are.
    """

    file: str
    format: str
    metadata: dict[str, Any] = field(default_factory=dict)
    machine: bool = True
    times: Literal["both", "starts", "seconds"] = "both"
    roles: dict[str, Speaker] | None = None
    id: str | None = None

    def read(self) -> Call:
        call, *_ = read_calls(SAMPLES / self.file, roles=self.roles)
        return call


ALL = (
    Sample("amazon-connect-voice.json", "amazon-connect", PHONE | MEASURED, id=facts.CONTACT_ID),
    Sample(
        "amazon-connect-chat.json",
        "amazon-connect",
        {"channel": "chat", "agent": facts.AGENT, "started_at": facts.STARTED_AT},
        times="starts",
        id=facts.CONTACT_ID,
    ),
    Sample("amazon-call-analytics.json", "amazon-call-analytics", PHONE | MEASURED, machine=False),
    Sample("amazon-transcribe-channels.json", "amazon-transcribe", machine=False),
    Sample("amazon-transcribe-speakers.json", "amazon-transcribe", roles={"spk_0": "other"}),
    Sample("amazon-transcribe-speakers-older.json", "amazon-transcribe", roles={"spk_0": "other"}),
    Sample(
        "google-insights-import.json",
        "google-insights-import",
        {"started_at": facts.STARTED_AT},
        times="starts",
    ),
    Sample(
        "google-insights-conversation.json",
        "google-insights",
        {
            **PHONE,
            "started_at": facts.STARTED_AT,
            "agent": facts.AGENT,
            "team": facts.TEAM,
            "queue": facts.QUEUE,
        },
        id=facts.CONTACT_ID,
    ),
    Sample(
        "google-insights-bigquery.jsonl",
        "google-insights-bigquery",
        {
            **PHONE,
            "started_at": facts.STARTED_AT,
            "non_talk_ms": facts.NON_TALK_MS,
            "team": facts.TEAM,
            "queue": facts.QUEUE,
        },
        id=facts.CONTACT_ID,
    ),
    Sample(
        "azure-batch-channels.json",
        "azure-speech",
        {"duration_ms": facts.DURATION_MS},
        machine=False,
        id=facts.CONTACT_ID,
    ),
    Sample(
        "azure-batch-diarised.json",
        "azure-speech",
        {"duration_ms": facts.DURATION_MS, "language": facts.LANGUAGE},
        roles={"speaker 1": "other"},
        id=facts.CONTACT_ID,
    ),
    Sample(
        "azure-fast.json",
        "azure-speech",
        {"duration_ms": facts.DURATION_MS, "language": facts.LANGUAGE},
        roles={"speaker 0": "other"},
    ),
    Sample(
        "genesys-cloud.json",
        "genesys-cloud",
        {**PHONE, "started_at": facts.STARTED_AT, "direction": "inbound"},
        id=facts.CONTACT_ID,
    ),
    Sample("twilio-sentences.json", "twilio-intelligence", {"channel": "phone"}, machine=False),
    Sample(
        "deepgram-utterances.json",
        "deepgram",
        {"duration_ms": facts.DURATION_MS, "language": "en"},
        roles={"speaker 0": "other"},
    ),
    Sample(
        "deepgram-words.json",
        "deepgram",
        {"duration_ms": facts.DURATION_MS},
        roles={"speaker 0": "other"},
    ),
    Sample("deepgram-channels.json", "deepgram", machine=False),
    Sample(
        "assemblyai.json",
        "assemblyai",
        {"duration_ms": facts.DURATION_MS, "language": facts.LANGUAGE},
        roles={"A": "other"},
    ),
    Sample("whisperx.json", "whisper", {"language": "en"}, roles={"SPEAKER_00": "other"}),
    Sample(
        "openai-diarized.json",
        "whisper",
        {"duration_ms": facts.DURATION_MS},
        roles={"A": "other"},
    ),
    Sample("zoom.vtt", "subtitles"),
    Sample("teams.vtt", "subtitles"),
    Sample("webex.vtt", "subtitles"),
    Sample("names.srt", "subtitles"),
    Sample(
        "vcon-text.json",
        "vcon",
        {**PEOPLE, "started_at": facts.STARTED_AT, "queue": facts.QUEUE},
    ),
    Sample(
        "vcon-transcript.json",
        "vcon",
        {**PEOPLE, "started_at": facts.STARTED_AT, "duration_ms": facts.DURATION_MS},
        roles={"speaker 0": "other"},
    ),
    Sample(
        "convokit/utterances.jsonl",
        "convokit",
        {
            "started_at": facts.STARTED_AT,
            "agent": facts.AGENT,
            "team": facts.TEAM,
            "queue": facts.QUEUE,
            "language": facts.LANGUAGE,
        },
        times="starts",
    ),
    Sample(
        "zendesk-chat.json",
        "zendesk-chat",
        {
            **PEOPLE,
            "channel": "chat",
            "started_at": facts.STARTED_AT,
            "team": facts.TEAM,
            "duration_ms": facts.DURATION_MS,
        },
        times="seconds",
    ),
    Sample(
        "zendesk-ticket.json",
        "zendesk-ticket",
        {**PEOPLE, "channel": "web", "started_at": facts.STARTED_AT, "team": facts.TEAM},
        times="seconds",
        id="8841",
    ),
    Sample(
        "intercom.json",
        "intercom",
        {**PEOPLE, "channel": "chat", "started_at": facts.STARTED_AT},
        times="seconds",
        id="215468",
    ),
    Sample(
        "messages.jsonl",
        "messages",
        {"started_at": facts.STARTED_AT, "agent": facts.AGENT, "team": facts.TEAM},
        times="starts",
        id=facts.CONTACT_ID,
    ),
)

every_sample = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.file)


def told(sample: Sample) -> list[facts.Said]:
    return [said for said in facts.CALL if sample.machine or said.speaker != "other"]


@every_sample
def test_a_sample_is_recognised_by_its_content(sample: Sample) -> None:
    data = (SAMPLES / sample.file).read_bytes()
    assert recognise(Export.of(data, "no-name-to-go-by")).name == sample.format


@every_sample
def test_every_format_tells_the_same_turns(sample: Sample) -> None:
    turns = [(turn.speaker, turn.text) for turn in sample.read().turns]
    assert turns == [(said.speaker, said.text) for said in told(sample)]


@every_sample
def test_every_format_tells_the_times_it_has(sample: Sample) -> None:
    step = 1000 if sample.times == "seconds" else 1
    expected = [
        (
            said.start_ms // step * step,
            said.end_ms if sample.times == "both" else None,
        )
        for said in told(sample)
    ]
    assert [(turn.start_ms, turn.end_ms) for turn in sample.read().turns] == expected


@every_sample
def test_metadata_comes_under_common_names(sample: Sample) -> None:
    call = sample.read()
    assert {name: call.metadata.get(name) for name in sample.metadata} == sample.metadata
    assert sample.id is None or call.id == sample.id


@pytest.mark.parametrize(
    "sample", [one for one in ALL if one.roles], ids=lambda sample: sample.file
)
def test_agent_and_customer_are_told_apart_by_what_they_say(sample: Sample) -> None:
    call, *_ = read_calls(SAMPLES / sample.file)
    assert call.metadata["roles"] == "inferred"
    # The recording at the start is one more voice; who the two people are is what counts.
    assert [turn.speaker for turn in call.turns[1:]] == [said.speaker for said in told(sample)[1:]]
