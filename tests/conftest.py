"""What many tests share: the labelled corpus, its gold reports, and the bundled model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from analyzer.call import Call
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.report import CallReport

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> list[LabelledCall]:
    return read_corpus(ROOT / "data" / "corpus.jsonl")


@pytest.fixture(scope="session")
def gold_reports(corpus: list[LabelledCall]) -> list[CallReport]:
    return [call.gold_report() for call in corpus]


@pytest.fixture(scope="session")
def analyzer():
    """The bundled model."""
    from analyzer import Analyzer

    return Analyzer.load()


class GoldAnalyzer:
    """Gives the gold report of a call of the corpus, and fails on any other call.

    For tests of what stands around the model, where the model would only cost time.
    """

    def __init__(self, corpus: list[LabelledCall]) -> None:
        self._labelled = {call.id: call for call in corpus}

    def analyze_many(
        self,
        calls: Iterable[Call],
        on_failure: Callable[[Call, Exception], None] | None = None,
    ) -> Iterator[CallReport]:
        for call in calls:
            if call.id in self._labelled:
                yield self._labelled[call.id].gold_report()
            elif on_failure is None:
                raise LookupError(call.id)
            else:
                on_failure(call, LookupError(call.turns[0].text))


@pytest.fixture(scope="session")
def gold_analyzer(corpus: list[LabelledCall]) -> GoldAnalyzer:
    return GoldAnalyzer(corpus)


@pytest.fixture
def export(tmp_path: Path, corpus: list[LabelledCall]) -> Path:
    """Four calls as neutral JSON Lines."""
    path = tmp_path / "export.jsonl"
    calls = [call.call() for call in corpus if call.author == "a7"][:4]
    path.write_text("".join(f"{call.model_dump_json()}\n" for call in calls))
    return path


@pytest.fixture
def loaded(analyzer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process share the model that is loaded already."""
    monkeypatch.setattr("analyzer.engines.scorers.Stored.__call__", lambda self: analyzer)
