"""Making a model: from labelled calls to everything that `Analyzer.load` needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from analyzer.bundled import JUDGE, LEARNT_FROM, OUT_OF_FOLD, UNSEEN_JUDGES
from analyzer.corpus import LabelledCall
from analyzer.errors import CorpusError
from analyzer.evaluation.cross_validation import (
    FoldProgress,
    UnseenTags,
    judge_unseen_authors,
    judges_without,
    read_unseen_exchanges,
    recogniser_shift,
    save_judges,
    tag_unseen_authors,
)
from analyzer.evaluation.elsewhere import forget_elsewhere
from analyzer.evaluation.evaluate import LEFT_OUT
from analyzer.evaluation.fairness import audit_fairness
from analyzer.evaluation.figures import RESAMPLES, Figures, measure
from analyzer.evaluation.history import append_run
from analyzer.evaluation.model_card import write_model_card
from analyzer.files import write_lines
from analyzer.fitting import TaggedCall, fit_judge
from analyzer.pipeline import Analyzer
from analyzer.report import ModelInfo
from analyzer.tagger.averaging import mean_of
from analyzer.tagger.exchange_training import fit_exchange
from analyzer.tagger.storage import load_model, save_model
from analyzer.tagger.tag_store import fingerprint, save_tags
from analyzer.tagger.training import train_tagger
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.tagger.words import WordModel
from analyzer.training_calls import check_training_calls
from analyzer.version import __version__

MODEL_NAME = "empathy-minilm"
FOLDS = "folds"

GROUPS = 3
"""Into how many groups authors are put, unless each is left out alone."""

AUDITED = 120
"""About how many calls the fairness audit reads."""


def train_model(
    corpus: Sequence[LabelledCall],
    out: Path,
    *,
    further: Sequence[LabelledCall] = (),
    beside: Sequence[LabelledCall] = (),
    settings: TrainingSettings | None = None,
    groups: Sequence[Sequence[str]] | None = None,
    mean_with: Path | None = None,
    resamples: int = RESAMPLES,
    note: str = "",
    progress: FoldProgress | None = None,
) -> Figures:
    """Train a model and measure it.

    First, taggers that leave authors out tag the calls of those authors: on such tags what reads
    the exchange and the judge are fitted, and the figures are measured. Then one tagger learns from
    all calls. Interrupted, the same command goes on after the last finished fold of the taggers.

    Args:
        corpus: Labelled calls that are learnt from and measured on.
        out: The folder to write to.
        further: Calls that are learnt from and not measured on, of other authors.
        beside: Calls of a style of their own that all learn from but the tagger. A
            tagger that knows a style is surer in it than one that does not, and the judge is
            fitted on tags of the latter: it would take the former's sureness for care.
        settings: How taggers are trained.
        groups: Authors that are left out together; `GROUPS` groups unless given.
        mean_with: The folder of a model trained from the same encoder on other calls: the tagger
            becomes the mean of both. Those of the cross-validation stay single.
        resamples: How often calls are drawn anew for the intervals of the figures.
        note: What is tried, for the history of runs.
        progress: Where training reports to.

    Raises:
        CorpusError: If there are too few authors or outcomes to leave an author out, or two calls
            have the same id or the same words.
        ModelError: If `mean_with` holds no model, or one of another shape.
    """
    check_training_calls(corpus, [*further, *beside])
    settings = settings or TrainingSettings()
    learnt = [*corpus, *further]
    other = None if mean_with is None else load_model(mean_with)[0]  # a wrong one is told at once
    groups = groups or author_groups([*learnt, *beside])
    tags = tag_unseen_authors(
        learnt,
        settings,
        out / FOLDS,
        tagged_only=beside,
        groups=groups,
        progress=progress,
    )
    network, tokenizer = train_tagger(
        learnt, settings, progress("on all calls") if progress else None
    )
    if other is not None:
        network = mean_of(network, other)
    save_model(out, network, tokenizer, settings.windows, training=asdict(settings))
    WordModel.fit(learnt).save(out)
    return finish_model(
        corpus,
        out,
        tags,
        groups,
        further=[*further, *beside],
        resamples=resamples,
        note=note,
    )


def finish_model(
    corpus: Sequence[LabelledCall],
    out: Path,
    tags: UnseenTags,
    groups: Sequence[Sequence[str]],
    *,
    further: Sequence[LabelledCall] = (),
    resamples: int = RESAMPLES,
    note: str = "",
) -> Figures:
    """Fit and measure everything that comes after the taggers, and write it beside them.

    Args:
        corpus: Labelled calls to learn from and to measure on.
        out: The folder of the tagger.
        tags: What taggers say of all these calls that had not seen their authors; what models of
            the exchange say that had not is added.
        groups: Authors that were left out together.
        further: Labelled calls to learn from alone.
        resamples: How often calls are drawn anew for the intervals of the figures.
        note: What is tried, for the history of runs.
    """
    info = ModelInfo(name=MODEL_NAME, version=__version__)
    everything = [*corpus, *further]
    read_unseen_exchanges(tags, everything, groups)
    fit_exchange(everything, tags.as_written, tags.as_recognised).save(out)
    seen = [TaggedCall(call, tags.as_written[call.id]) for call in everything]
    fit_judge(seen, info).save(out / JUDGE)
    save_tags(out / OUT_OF_FOLD, {fingerprint(c.call()): tags.as_written[c.id] for c in corpus})
    fingerprints = sorted(fingerprint(call.call()) for call in everything)
    write_lines(out / LEARNT_FROM, [json.dumps(fingerprints)])
    authors = {call.author for call in corpus}
    judges = judges_without(everything, tags.as_written, authors)
    save_judges(out / UNSEEN_JUDGES, judges)
    judged = judge_unseen_authors(corpus, tags.as_written, judges)
    figures = measure(judged, LEFT_OUT, resamples=resamples)
    figures.recogniser_shift = recogniser_shift(corpus, tags, judges)
    figures.fairness = audit_fairness(
        Analyzer.load(out), [call.call() for call in corpus[:: max(1, len(corpus) // AUDITED)]]
    )
    figures.save(out)
    forget_elsewhere(out)
    append_run(out, figures, note)
    write_model_card(out, figures)
    return figures


def author_groups(corpus: Sequence[LabelledCall], number: int = GROUPS) -> list[list[str]]:
    """Authors dealt into a number of groups, in order of their names.

    Raises:
        CorpusError: If there are too few authors.
    """
    authors = sorted({call.author for call in corpus})
    if not 2 <= number <= len(authors):
        raise CorpusError(
            f"has calls of {len(authors)} author(s), which cannot be dealt into {number} groups.",
            remedy="Training leaves authors out: give calls of more authors, or fewer groups.",
        )
    return [authors[start::number] for start in range(number)]
