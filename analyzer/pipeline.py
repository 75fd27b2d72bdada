"""The analyzer: calls in, reports out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.bundled import JUDGE, bundled_model
from analyzer.call import Call
from analyzer.errors import InvalidCallError
from analyzer.judge import Judge
from analyzer.report import CallReport
from analyzer.scripts import Recurrence, ScriptBook
from analyzer.scripts import judge as judge_scripts
from analyzer.suggestions import Suggester
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.inference import CALLS_IN_FLIGHT, Tagger

if TYPE_CHECKING:
    import pandas as pd

OnFailure = Callable[[Call, Exception], None]


class Analyzer:
    """Finds what an agent's words did to a customer, and scores it.

    Args:
        tagger: Labels turns and sentences.
        judge: Makes reports from labels.
        suggester: Finds words that would have served; from the bundled answers unless given.
        scripts: House scripts by which `turns[].script` is judged.
        recurrence: What agents say in the calls of a batch that was read ahead, by which it is
            judged otherwise. Without either, calls are judged by those that `analyze_many` has read
            so far, `CALLS_IN_FLIGHT` at a time.
    """

    def __init__(
        self,
        tagger: Tagger,
        judge: Judge,
        suggester: Suggester | None = None,
        scripts: ScriptBook | None = None,
        recurrence: Recurrence | None = None,
    ) -> None:
        self.tagger = tagger
        self.judge = judge
        self.suggester = suggester or Suggester()
        self.scripts = scripts
        self.recurrence = recurrence

    @classmethod
    def load(
        cls, model: str | Path | None = None, *, scripts: ScriptBook | None = None
    ) -> Analyzer:
        """Load a model; nothing is fetched from a network.

        Args:
            model: The folder of a trained model; the bundled one by default.
            scripts: House scripts, learnt from a company's calls.

        Raises:
            ModelError: If the folder holds no model of this version.
        """
        folder = bundled_model() if model is None else Path(model)
        return cls(Tagger.load(folder), Judge.load(folder / JUDGE), scripts=scripts)

    def analyze(self, call: Call) -> CallReport:
        """The report of one call.

        Raises:
            InvalidCallError: If the call cannot be scored.
        """
        return next(self.analyze_many([call]))

    def analyze_many(
        self, calls: Iterable[Call], on_failure: OnFailure | None = None
    ) -> Iterator[CallReport]:
        """Reports on calls, in their order, batched and lazy.

        Args:
            calls: Any iterable; only `CALLS_IN_FLIGHT` of them are held at a time.
            on_failure: Gets each call that cannot be scored, with the error; without it the first
                such error is raised.

        Raises:
            InvalidCallError: If a call cannot be scored and there is no `on_failure`.
        """
        remaining = iter(calls)
        suggester = self.suggester.afresh()
        so_far = Recurrence()
        while group := list(islice(remaining, CALLS_IN_FLIGHT)):
            fit = [call for call in group if _accept(call, on_failure)]
            scripts = self._scripts(fit, so_far)
            for call, tags, script in zip(fit, self._tags(fit, on_failure), scripts, strict=True):
                if tags is None:
                    continue
                try:
                    report = suggester.improve(self.judge.report(call, tags, script))
                except Exception as error:
                    if on_failure is None:
                        raise
                    on_failure(call, error)
                    continue
                yield report
                suggester.learn(report)

    def _scripts(self, calls: list[Call], so_far: Recurrence) -> list[list[float | None]]:
        """How surely each turn is a house script: by a book, the batch, or the calls so far."""
        if self.scripts is not None:
            return [judge_scripts(call, self.scripts) for call in calls]
        if self.recurrence is not None:
            return [self.recurrence.judge(call) for call in calls]
        return so_far.judge_added(calls)

    def _tags(self, calls: list[Call], on_failure: OnFailure | None) -> list[CallTags | None]:
        """Tags of calls; where a batch fails, each of its calls is tried alone."""
        try:
            return list(self.tagger.tag_many(calls))
        except Exception as error:
            if on_failure is None:
                raise
            if len(calls) == 1:
                on_failure(calls[0], error)
                return [None]
            return [tags for call in calls for tags in self._tags([call], on_failure)]

    @staticmethod
    def to_frame(reports: Iterable[CallReport]) -> pd.DataFrame:
        """One row a call; see `analyzer.frames` for findings, opportunities and turns."""
        from analyzer.frames import calls_frame

        return calls_frame(reports)


def _accept(call: Call, on_failure: OnFailure | None) -> bool:
    """Whether a call can be scored: an agent and a customer must both have said something."""
    for speaker in ("agent", "customer"):
        if not any(turn.speaker == speaker and turn.text.strip() for turn in call.turns):
            error = InvalidCallError(
                f"the {speaker} says nothing, so there is nothing to judge.",
                place=f"call {call.id}",
                remedy="Check the speakers of the export, or name them with --roles.",
            )
            if on_failure is None:
                raise error
            on_failure(call, error)
            return False
    return True
