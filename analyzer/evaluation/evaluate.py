"""A model's figures on a labelled corpus, also where the model has learnt from its calls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from analyzer.bundled import JUDGE, LEARNT_FROM, OUT_OF_FOLD, UNSEEN_JUDGES, bundled_model
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.evaluation.cross_validation import judge_unseen_authors, load_judges
from analyzer.evaluation.figures import RESAMPLES, Figures, measure
from analyzer.evaluation.measures import Judged
from analyzer.judge import Judge
from analyzer.pipeline import Analyzer
from analyzer.tagger.tag_store import fingerprint, load_tags

LEFT_OUT = "each judged by a model that had seen nothing of its author"
TAGS_LEFT_OUT = "each tagged by a model that had seen nothing of its author"

UNSEEN = "none of which the model had learnt from"
LEARNT = "which the model has learnt from, so that the figures are too good"


def evaluate(
    corpus: str | Path | Sequence[LabelledCall],
    *,
    model: str | Path | None = None,
    baselines: bool = True,
    resamples: int = RESAMPLES,
) -> Figures:
    """Measure a model on labelled calls, as `judge_labelled` has them judged.

    Args:
        corpus: A JSON Lines file of labelled calls, or the calls.
        model: The folder of a model; the bundled one by default.
        baselines: Whether to fit and measure the baselines on the same calls too.
        resamples: For the bootstrap intervals; 0 for none.

    Raises:
        CorpusError: If the corpus cannot be read.
        ModelError: If the model cannot be loaded.
    """
    judged, how = judge_labelled(corpus, model=model)
    return measure(judged, how, baselines=baselines, resamples=resamples)


def judge_labelled(
    corpus: str | Path | Sequence[LabelledCall], *, model: str | Path | None = None
) -> tuple[list[Judged], str]:
    """Reports on labelled calls, and in words how it was made sure that they were unseen.

    Calls that the model has learnt from are recognised by their words and judged by what its
    cross-validation said of them; where that was not kept, it is said that they were learnt from.

    Raises:
        CorpusError: If the corpus cannot be read.
        ModelError: If the model cannot be loaded.
    """
    calls = read_corpus(corpus) if isinstance(corpus, str | Path) else list(corpus)
    folder = bundled_model() if model is None else Path(model)
    tags = {}
    if (folder / OUT_OF_FOLD).exists():
        tags = load_tags(folder / OUT_OF_FOLD, [call.call() for call in calls])
    learnt = [call for call in calls if call.id in tags]
    judges = load_judges(folder / UNSEEN_JUDGES)
    left_out = all(call.author in judges for call in learnt)
    own = Judge.load(folder / JUDGE)
    judged = judge_unseen_authors(
        learnt, tags, {call.author: judges.get(call.author, own) for call in learnt}
    )
    fresh = [call for call in calls if call.id not in tags]
    if fresh:
        analyzer = Analyzer.load(folder)
        reports = analyzer.analyze_many(call.call() for call in fresh)
        judged += [Judged(call, report) for call, report in zip(fresh, reports, strict=True)]
    known = _learnt_from(folder)
    again = sum(fingerprint(call.call()) in known for call in fresh)
    parts = {
        LEFT_OUT if left_out else TAGS_LEFT_OUT: len(learnt),
        LEARNT: again,
        UNSEEN: len(fresh) - again,
    }
    return judged, _in_words({what: count for what, count in parts.items() if count})


def _learnt_from(folder: Path) -> frozenset[str]:
    """Fingerprints of all calls that a model has learnt from; none where it does not say."""
    path = folder / LEARNT_FROM
    return frozenset(json.loads(path.read_text("utf-8")) if path.exists() else ())


def _in_words(parts: dict[str, int]) -> str:
    if len(parts) < 2:
        return next(iter(parts), UNSEEN)
    return "; ".join(f"{count} {what}" for what, count in parts.items())
