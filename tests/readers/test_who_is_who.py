"""Roles of speakers: told by names, by the user, by the metadata, or by the talk."""

from __future__ import annotations

from neutral_lines import document, lines, only_failure, read

from analyzer.errors import InvalidCallError


class TestRoles:
    def unknown(self, *speakers: str) -> str:
        said = ["Thank you for calling, how can I help?", "My card was stolen.", "May I have it?"]
        turns = [{"speaker": s, "text": t} for s, t in zip(speakers, said, strict=False)]
        return lines({"id": "a", "turns": turns})

    def test_unknown_names_of_two_speakers_are_told_apart_by_the_talk(self) -> None:
        (call,), _ = read(self.unknown("spk_1", "spk_0", "spk_1"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
        assert call.metadata["roles"] == "inferred"
        assert call.metadata["roles_confidence"] > 0.8

    def test_names_that_put_everybody_on_one_side_tell_nothing(self) -> None:
        (call,), _ = read(self.unknown("User 2", "User 1", "User 2"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]

    def test_beside_a_known_side_the_other_is_known_too(self) -> None:
        (call,), _ = read(self.unknown("Agent", "Mrs Hill", "Agent"))
        assert [turn.speaker for turn in call.turns] == ["agent", "customer", "agent"]
        assert "roles" not in call.metadata

    def test_the_user_s_word_counts_most(self) -> None:
        roles = {"agent": "customer", "CUSTOMER": "agent"}
        (call,), _ = read(lines(document()), roles=roles)
        assert [turn.speaker for turn in call.turns] == ["customer", "agent"]
        (call,), _ = read(self.unknown("spk_1", "spk_0", "spk_1"), roles={"spk_0": "agent"})
        assert [turn.speaker for turn in call.turns] == ["customer", "agent", "customer"]

    def test_the_agent_s_name_in_the_metadata_tells_who_is_who(self) -> None:
        turns = [{"speaker": "Sam", "text": "Hello?"}, {"speaker": "Dana", "text": "Yes."}]
        (call,), _ = read(lines({"id": "a", "turns": turns, "metadata": {"agent": "Dana"}}))
        assert [turn.speaker for turn in call.turns] == ["customer", "agent"]

    def test_a_bot_is_neither(self) -> None:
        (call,), _ = read(self.unknown("IVR", "Customer", "Dana"))
        assert [turn.speaker for turn in call.turns] == ["other", "customer", "agent"]
        assert call.metadata["agent"] == "Dana"

    def test_one_unknown_speaker_is_an_error(self) -> None:
        error = only_failure(self.unknown("spk_0", "spk_0"))
        assert isinstance(error, InvalidCallError)
        assert "--roles" in (error.remedy or "")

    def test_a_call_in_which_no_agent_speaks_cannot_be_scored(self) -> None:
        error = only_failure(self.unknown("customer", "customer"))
        assert "no turn of an agent" in error.problem

    def test_an_agent_alone_is_read_and_said_to_be(self) -> None:
        (call,), _ = read(self.unknown("agent", "agent"))
        assert call.metadata["one_speaker"] is True

    def test_speech_that_nobody_is_said_to_say_is_refused(self) -> None:
        assert "who speaks" in only_failure(self.unknown("", "", "")).problem
