"""What is particular to recognisers and subtitles; `test_vendor_formats.py` asks the rest."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from exports import SAMPLES, sample, speakers, texts

from analyzer.errors import InvalidCallError
from analyzer.readers import read_calls


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
