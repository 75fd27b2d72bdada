"""A model's figures on a labelled corpus, also where the model has learnt from its calls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analyzer.bundled import JUDGE, OUT_OF_FOLD, UNSEEN_JUDGES, bundled_model
from analyzer.corpus import LabelledCall, read_corpus
from analyzer.evaluation.cross_validation import judge_unseen_authors, load_judges
from analyzer.evaluation.figures import RESAMPLES, Figures, measure
from analyzer.evaluation.measures import Judged
from analyzer.judge import Judge
from analyzer.pipeline import Analyzer
from analyzer.tagger.tag_store import load_tags

LEFT_OUT = "each judged by a model that had seen nothing of its author"
TAGS_LEFT_OUT = "each tagged by a model that had seen nothing of its author"

UNSEEN = "none of which the model had learnt from"


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
    cross-validation said of them.

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
    unseen_authors = LEFT_OUT if left_out else TAGS_LEFT_OUT
    how = unseen_authors if not fresh else UNSEEN
    if learnt and fresh:
        how = f"{len(learnt)} of which {unseen_authors}, {len(fresh)} {UNSEEN}"
    return judged, how
