"""How the text of a file may be encoded."""

from __future__ import annotations

import json

import pytest
from neutral_lines import document, lines, read


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
