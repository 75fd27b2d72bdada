"""Which languages are read, and which are refused."""

from __future__ import annotations

import pytest
from neutral_lines import document, lines, only_failure, read

from analyzer.corpus import LabelledCall
from analyzer.errors import UnsupportedLanguageError
from analyzer.readers.languages import foreign_language

SPANISH = (
    "Buenos días, gracias por llamar, ¿en qué puedo ayudarle?",
    "Hola, me han cobrado dos veces este mes y nadie me ha devuelto el dinero todavía.",
)


class TestLanguage:
    def in_spanish(self, **metadata: str) -> str:
        turns = [
            {"speaker": who, "text": text}
            for who, text in zip(("agent", "customer"), SPANISH, strict=True)
        ]
        return lines({"id": "es", "turns": turns, "metadata": metadata})

    def test_a_call_in_another_language_is_refused(self) -> None:
        calls, (error,) = read(lines(document()) + self.in_spanish())
        assert [call.id for call in calls] == ["c-17"]
        assert isinstance(error, UnsupportedLanguageError)
        assert (error.place, "es" in error.problem) == ("line 2", True)

    def test_a_wrong_language_in_the_export_does_not_hide_it(self) -> None:
        assert isinstance(only_failure(self.in_spanish(language="en-US")), UnsupportedLanguageError)

    def test_a_wrong_language_in_the_export_does_not_cost_an_english_call(self) -> None:
        assert read(lines(document(metadata={"language": "es-US"})))[1] == []

    def test_a_short_talk_is_believed_to_be_what_the_export_says(self) -> None:
        turns = [{"speaker": "agent", "text": "Alo?"}, {"speaker": "customer", "text": "Si, alo."}]
        assert read(lines({"id": "a", "turns": turns}))[1] == []
        told = {"id": "a", "turns": turns, "metadata": {"language": "es"}}
        assert isinstance(only_failure(lines(told)), UnsupportedLanguageError)

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("fr", "bonjour je vous appelle parce que ma commande n'est jamais arrivée hier"),
            ("de", "guten tag mein paket ist nicht angekommen und ich habe schon angerufen"),
            ("pt", "bom dia o meu pedido nao chegou e eu quero o meu dinheiro de volta por favor"),
            ("hi", "नमस्ते, मेरा इंटरनेट तीन दिन से बंद है और कोई फोन नहीं करता"),
            ("hi", "sir aapka account number bata dijiye ek minute main check kar raha hoon"),
            ("zh", "您好,我的网络从星期一开始就断了,没有人给我回电话,请帮我看看。"),
        ],
    )
    def test_many_languages_are_told_from_english(self, language: str, said: str) -> None:
        turns = [{"speaker": "agent", "text": said}, {"speaker": "customer", "text": said}]
        assert f"({language})" in only_failure(lines({"id": "a", "turns": turns})).problem

    def test_single_turns_of_english_are_never_taken_for_another_language(
        self, corpus: list[LabelledCall]
    ) -> None:
        said = [turn.text for call in corpus[::4] for turn in call.turns]
        assert not any(foreign_language([text]) for text in said)

    def test_any_language_can_be_read_where_nothing_is_scored(self) -> None:
        (call,), _ = read(self.in_spanish(), any_language=True)
        assert call.turns[0].text == SPANISH[0]

    def test_no_english_call_is_refused(self, corpus: list[LabelledCall]) -> None:
        text = "\n".join(call.model_dump_json() for call in corpus)
        assert read(text)[1] == []
