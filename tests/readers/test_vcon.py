"""What is particular to vCon; `test_vendor_formats.py` asks the rest."""

from __future__ import annotations

import base64
import json

import pytest
from exports import sample, texts

from analyzer.corpus import LabelledCall
from analyzer.errors import ReadError
from analyzer.readers.vcon_writing import to_vcon


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
