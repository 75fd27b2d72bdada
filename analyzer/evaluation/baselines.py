"""What a user would otherwise do: always say the usual, look for keywords, or count words.

Each baseline gives reports like the analyzer's, so that the same measures apply.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from analyzer import codebook
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.errors import CorpusError
from analyzer.evaluation.measures import Judged
from analyzer.evidence import best_threshold
from analyzer.report import (
    CallReport,
    Finding,
    Flag,
    ModelInfo,
    Opportunity,
    Scores,
    Sentiment,
    TurnReport,
)
from analyzer.tagger.tag_store import fingerprint
from analyzer.tagger.words import WordModel

Fit = Callable[[Sequence[LabelledCall]], Callable[[LabelledCall], CallReport]]

KEYWORDS: dict[str, str] = {
    "frustration": r"ridiculous|unacceptable|frustrat\w*|fed up|sick of|joke|for crying|again\b",
    "distress": r"worried|scared|afraid|panic\w*|crying|upset|don't know what to do|terrified",
    "hardship": r"passed away|died|funeral|cancer|hospital|lost my job|disab\w*|can't afford",
    "effort": r"(third|fourth|second) time|on hold|transferr?ed|already told|called .* times",
    "broken_promise": r"promised|said (someone|you|they) would|never (called|came|arrived)",
    "churn_risk": r"cancel|leaving|switch\w*|competitor|lawyer|review|chargeback|ombudsman",
    "escalation": r"supervisor|manager|complaint|in charge",
    "loyalty": r"years|loyal|always (used|been|bought)|long[- ]time",
    "confusion": r"don't understand|confus\w*|what do you mean|lost me|sorry, what",
    "gratitude": r"thank you so much|brilliant|wonderful|lifesaver|appreciate|made my day",
    "empathy": r"must (be|have been)|i can (see|hear|imagine)|that sounds|i understand how",
    "apology": r"i'm (so )?sorry|we got that wrong|our (fault|mistake)|apologi[sz]e for",
    "active_listening": r"so (you|what you)|let me (make sure|check) i|if i('ve)? (understand|got)",
    "open_question": r"what happened|how (has|did|are)|tell me|what would",
    "ownership": r"i'll|i will|i'm going to|leave it with me|let me",
    "remedy": r"refund\w*|credit|replac\w*|waive\w*|free of charge|no charge|discount",
    "reassurance": r"don't worry|you won't|no need to|you're (fine|all right|covered|safe)",
    "expectation": r"within|by (monday|tuesday|wednesday|thursday|friday)|because|working days",
    "rapport": r"haha|congratulations|lovely|enjoy|good luck|happy birthday",
    "loyalty_thanks": r"thank you for (being|staying)|loyal\w*|years with us",
    "appreciation": r"thank you for (your patience|waiting|telling|letting)|appreciate",
    "follow_up": r"call you back|ring you|check (in|back)|follow up|anything else before",
    "boilerplate": r"thank you for calling|may be recorded|anything else|how (can|may) i help",
    "canned": r"i understand your frustration|important to us|i (do )?apologi[sz]e for the",
    "sterile": r"as per|account holder|actioned|per (our )?policy|in accordance|processed",
    "hollow_apology": r"any inconvenience|sorry you feel|sorry (that )?you feel|sorry if",
    "indifferent": r"^(ok|okay|right|alright)[.,]? .*(number|name|address|code)\??$",
    "deflecting": r"not my department|nothing i can do|the system|another team|can't help",
    "hoops": r"you('ll| will)? (need|have) to (call|ring|contact|fill|send|go)|call (back|the)",
    "empty_promise": r"someone will|get back to you|should (sort|be)|as soon as possible",
    "hurried": r"quickly|other (callers|customers)|queue|just (tell|give) me|is that (it|all)",
    "dismissive": r"it's only|just a|calm down|that's normal|not a big deal|everyone",
    "condescending": r"as i (already )?(said|explained|told)|you should have|listen",
    "hostile": r"hang up|end(ing)? (this|the) call|not my problem|whatever|rude",
    "pushy": r"before (i|you) (cancel|go)|interest you|special offer|upgrade|premium",
}
"""One pattern a label, as somebody would write them in an afternoon."""


def fit_majority(calls: Sequence[LabelledCall]) -> Callable[[LabelledCall], CallReport]:
    """Always the usual: no finding, sentiment 0, the median scores, the commonest outcome."""
    rates = _rates(calls)
    scores = _median_scores(calls)
    outcome = Counter(call.outcome for call in calls).most_common(1)[0][0]

    def judge(call: LabelledCall) -> CallReport:
        probabilities = [
            {name: rates[name] for name in codebook.labels_for(turn.speaker)} for turn in call.turns
        ]
        sentiment = [0.0] * len(call.turns)
        return _report(call, "majority", probabilities, {}, sentiment, scores, outcome)

    return judge


def fit_keywords(calls: Sequence[LabelledCall]) -> Callable[[LabelledCall], CallReport]:
    """A pattern a label; scores by a ridge regression on how often each was found."""
    patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in KEYWORDS.items()}

    def found(call: LabelledCall) -> list[dict[str, float]]:
        return [
            {
                name: float(bool(patterns[name].search(turn.text)))
                for name in codebook.labels_for(turn.speaker)
            }
            for turn in call.turns
        ]

    return _scored_by_counts("keywords", calls, found, dict.fromkeys(codebook.LABEL_NAMES, 0.5))


def fit_words(calls: Sequence[LabelledCall]) -> Callable[[LabelledCall], CallReport]:
    """TF-IDF of the turn and of the turn before it, with a logistic regression a label."""
    model = WordModel.fit(calls)

    def found(call: LabelledCall) -> list[dict[str, float]]:
        probabilities = 1.0 / (1.0 + np.exp(-model.logits(call.call())))
        return [
            {
                name: float(probabilities[number, codebook.LABEL_NAMES.index(name)])
                for name in codebook.labels_for(turn.speaker)
            }
            for number, turn in enumerate(call.turns)
        ]

    every: dict[str, tuple[list[float], list[float]]] = {
        name: ([], []) for name in codebook.LABEL_NAMES
    }
    for call in calls:
        for turn, values in zip(call.turns, found(call), strict=True):
            for name, value in values.items():
                every[name][0].append(value)
                every[name][1].append(float(name in turn.labels))
    thresholds = {
        name: best_threshold(np.array(values), np.array(gold))
        for name, (values, gold) in every.items()
    }
    return _scored_by_counts("words", calls, found, thresholds)


BASELINES: dict[str, Fit] = {
    "majority": fit_majority,
    "keywords": fit_keywords,
    "TF-IDF + logistic regression": fit_words,
}


def read_baseline_calls(
    paths: Sequence[Path], measured: Sequence[LabelledCall]
) -> list[LabelledCall]:
    """Labelled calls for baselines to learn from, none of which is measured.

    Raises:
        CorpusError: If a file cannot be read, or holds calls of the same words as a measured one.
    """
    known = {fingerprint(call.call()) for call in measured}
    calls: list[LabelledCall] = []
    for path in paths:
        found = read_corpus(path)
        again = sum(fingerprint(call.call()) in known for call in found)
        if again:
            raise CorpusError(
                f"holds {again} of the calls that are measured.",
                source=str(path),
                remedy="Let the baselines learn from other calls.",
            )
        calls.extend(found)
    return calls


def judge_by_baseline(
    calls: Sequence[LabelledCall], fit: Fit, learn_from: Sequence[LabelledCall] = ()
) -> list[Judged]:
    """A baseline's reports, fitted on other calls if any are given, else leave-one-author-out."""
    if learn_from:
        judge = fit(learn_from)
        return [Judged(call, judge(call)) for call in calls]
    judged: list[Judged] = []
    for author in sorted({call.author for call in calls}):
        judge = fit([call for call in calls if call.author != author])
        judged.extend(Judged(call, judge(call)) for call in calls if call.author == author)
    return judged


def _fit_outcomes(
    rows: np.ndarray, outcomes: Sequence[str]
) -> LogisticRegression | DummyClassifier:
    if len(set(outcomes)) > 1:
        return LogisticRegression(C=0.1, max_iter=500).fit(rows, outcomes)
    return DummyClassifier().fit(rows, outcomes)


def _scored_by_counts(
    name: str,
    calls: Sequence[LabelledCall],
    found: Callable[[LabelledCall], list[dict[str, float]]],
    thresholds: dict[str, float],
) -> Callable[[LabelledCall], CallReport]:
    rows = np.array([_counts(found(call)) for call in calls])
    scores = {
        score: Ridge(alpha=10.0).fit(rows, [call.scores[score] for call in calls])
        for score in codebook.SCORE_NAMES
    }
    outcomes = _fit_outcomes(rows, [call.outcome for call in calls])
    positive, negative = {"gratitude"}, {"frustration", "effort", "broken_promise", "churn_risk"}

    def judge(call: LabelledCall) -> CallReport:
        probabilities = found(call)
        row = np.array([_counts(probabilities)])
        sentiment = [
            1.0 * any(turn.get(cue, 0) >= thresholds[cue] for cue in positive)
            - 1.0 * any(turn.get(cue, 0) >= thresholds[cue] for cue in negative)
            for turn in probabilities
        ]
        points = {
            score: float(np.clip(model.predict(row)[0], 1, 5)) for score, model in scores.items()
        }
        outcome = str(outcomes.predict(row)[0])
        return _report(call, name, probabilities, thresholds, sentiment, points, outcome)

    return judge


def _report(
    call: LabelledCall,
    name: str,
    probabilities: Sequence[dict[str, float]],
    thresholds: dict[str, float],
    sentiment: Sequence[float],
    points: dict[str, float],
    outcome: str,
) -> CallReport:
    findings = [
        Finding(
            turn=number,
            label=label,
            confidence=value,
            quote=call.turns[number - 1].text,
            start_char=0,
            end_char=len(call.turns[number - 1].text),
        )
        for number, turn in enumerate(probabilities, 1)
        for label, value in turn.items()
        if value >= thresholds.get(label, 2.0)
    ]
    family = {finding.label: codebook.BY_NAME[finding.label].family for finding in findings}
    return CallReport(
        id=call.id,
        scores=Scores(
            **{
                score: value if score == "csat" else codebook.from_points(value)
                for score, value in points.items()
            }
        ),
        outcome=outcome,
        sentiment=Sentiment(),
        cues=[finding for finding in findings if family[finding.label] == "cue"],
        care=[finding for finding in findings if family[finding.label] == "care"],
        flags=[
            Flag(family=family[finding.label], **finding.model_dump())
            for finding in findings
            if finding.label in codebook.FLAG_NAMES
        ],
        opportunities=_opportunities(call, findings),
        turns=[
            TurnReport(
                turn=number,
                speaker=turn.speaker,
                sentiment=sentiment[number - 1] if turn.speaker == "customer" else None,
                labels=probabilities[number - 1],
            )
            for number, turn in enumerate(call.turns, 1)
        ],
        model=ModelInfo(name=name, version="baseline"),
    )


def _opportunities(call: LabelledCall, findings: Sequence[Finding]) -> list[Opportunity]:
    """An opportunity at the first turn of each kind's own cue; seized by a care move soon after."""
    care = {finding.turn for finding in findings if finding.label in codebook.CARE_NAMES}
    found = []
    for kind in codebook.OPPORTUNITY_KINDS:
        opened = [finding for finding in findings if finding.label == kind.cues[0]]
        if not opened:
            continue
        first = min(opened, key=lambda finding: finding.turn)
        answers = [turn for turn in sorted(care) if first.turn < turn <= first.turn + 12]
        found.append(
            Opportunity(
                turn=first.turn,
                kind=kind.name,
                outcome="seized" if answers else "missed",
                by=answers[0] if answers else None,
                confidence=first.confidence,
                quote=first.quote,
                expected=kind.due,
                suggestion="",
            )
        )
    return found


def _counts(probabilities: Sequence[dict[str, float]]) -> list[float]:
    return [
        float(np.mean([turn[name] for turn in probabilities if name in turn] or [0.0]))
        for name in codebook.LABEL_NAMES
    ]


def _rates(calls: Sequence[LabelledCall]) -> dict[str, float]:
    turns = [turn for call in calls for turn in call.turns]
    rates = {}
    for label in codebook.LABELS:
        own = [turn for turn in turns if turn.speaker == label.speaker]
        rates[label.name] = sum(label.name in turn.labels for turn in own) / max(1, len(own))
    return rates


def _median_scores(calls: Sequence[LabelledCall]) -> dict[str, float]:
    return {
        name: float(np.median([call.scores[name] for call in calls]))
        for name in codebook.SCORE_NAMES
    }
