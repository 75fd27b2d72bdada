"""The judge: from what the tagger says of a call to its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from analyzer import codebook
from analyzer.call import Call
from analyzer.errors import ModelError
from analyzer.evidence import Calibration, Evidence
from analyzer.findings import find_flags, find_labels, flag_harm_of_some_kind
from analyzer.recovery import RecoveryModel, find_opportunities
from analyzer.report import CallReport, ModelInfo, Sentiment, TurnReport
from analyzer.scoring import ScoringModel, call_features, outcome_of, score_call
from analyzer.scripts.distinction import LABELS, Weights, judge_with_scripts
from analyzer.tagger.call_tags import CallTags


class Judge(BaseModel):
    """Calibration, recovery and scoring, fitted together on calls the tagger had not seen.

    Attributes:
        model: Name and version that reports carry.
        calibration: From logits to probabilities.
        recovery: Opportunities and what became of them.
        scoring: The scores.
        distinction: What a turn's recurrence in other calls adds to `boilerplate` and `canned`.
    """

    model_config = ConfigDict(extra="forbid")

    model: ModelInfo
    calibration: Calibration
    recovery: RecoveryModel
    scoring: ScoringModel
    distinction: dict[str, Weights] = {}

    @classmethod
    def load(cls, path: Path) -> Judge:
        """Read from JSON.

        Raises:
            ModelError: If the file is missing or of another version.
        """
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise ModelError(
                f"cannot be loaded ({error}).",
                source=str(path),
                remedy="Install the package again, or name the folder of a model trained with this "
                "version.",
            ) from error

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def report(
        self, call: Call, tags: CallTags, scripts: Sequence[float | None] | None = None
    ) -> CallReport:
        """The report of one call.

        Args:
            call: The call.
            tags: What the tagger says of it.
            scripts: How surely each turn's words are a house script, where that is known. It
                changes `boilerplate` and `canned`, and with them which turns are flagged for harm
                of no sure kind; scores are the same for a call by itself and among others.
        """
        evidence = self.calibration.evidence(call, tags)
        report = self._without_scripts(evidence)
        if scripts is not None:
            for turn, script in zip(report.turns, scripts, strict=True):
                turn.script = script
            report = judge_with_scripts(report, self.distinction)
            evidence = _with_recurrence(evidence, report.turns)
        flags = flag_harm_of_some_kind(report.flags, evidence, self.calibration)
        return report.model_copy(update={"flags": flags})

    def _without_scripts(self, evidence: Evidence) -> CallReport:
        call = evidence.call
        opportunities = find_opportunities(evidence, self.calibration, self.recovery)
        features = call_features(evidence, opportunities)
        scores, intervals, reasons = score_call(
            features, evidence, opportunities, self.calibration, self.scoring
        )
        outcomes = outcome_of(features, self.scoring)
        path = evidence.sentiment[evidence.turns_of("customer")]
        return CallReport(
            id=call.id,
            scores=scores,
            intervals=intervals,
            reasons=reasons,
            outcome=max(outcomes, key=outcomes.__getitem__),
            outcome_probabilities=outcomes,
            sentiment=Sentiment.of(path.tolist()),
            flags=find_flags(evidence, self.calibration),
            cues=find_labels(evidence, self.calibration, codebook.CUE_NAMES),
            care=find_labels(evidence, self.calibration, codebook.CARE_NAMES),
            opportunities=opportunities,
            turns=turn_reports(evidence),
            metadata=call.metadata,
            model=self.model,
        )


def _with_recurrence(evidence: Evidence, turns: Sequence[TurnReport]) -> Evidence:
    """The evidence with what `judge_with_scripts` made of its labels."""
    labels = evidence.labels.copy()
    judged = [
        number
        for number, turn in enumerate(turns)
        if turn.speaker == "agent" and turn.script is not None
    ]
    for label in LABELS:
        place = codebook.LABEL_NAMES.index(label)
        labels[judged, place] = [turns[number].labels[label] for number in judged]
    return replace(evidence, labels=labels)


def turn_reports(evidence: Evidence) -> list[TurnReport]:
    """What is known of each turn of a call."""
    return [_turn_report(evidence, number) for number in range(len(evidence.call.turns))]


def _turn_report(evidence: Evidence, number: int) -> TurnReport:
    turn = evidence.call.turns[number]
    sentiment = float(evidence.sentiment[number])
    return TurnReport(
        turn=number + 1,
        speaker=turn.speaker,
        sentiment=None if np.isnan(sentiment) else round(sentiment, 3),
        labels={
            name: round(float(evidence.of(name)[number]), 4)
            for name in codebook.labels_for(turn.speaker)
        },
        text=turn.text,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
    )
