"""Leave-one-author-out: every call judged by a model that saw nothing of its author."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from analyzer.corpus import LabelledCall
from analyzer.evaluation.measures import Judged
from analyzer.fitting import TaggedCall, fit_judge
from analyzer.report import ModelInfo
from analyzer.tagger.inference import CallTags, Tagger
from analyzer.tagger.tag_store import fingerprint, load_tags, save_tags
from analyzer.tagger.training import Progress, TrainingSettings, train_tagger
from analyzer.tagger.words import WordModel

FoldProgress = Callable[[str], Progress]
"""Given the name of a fold, gives what its training reports its progress to."""


def tag_unseen_authors(
    calls: Sequence[LabelledCall],
    settings: TrainingSettings,
    folder: Path,
    *,
    always: Sequence[LabelledCall] = (),
    groups: Sequence[Sequence[str]] | None = None,
    progress: FoldProgress | None = None,
) -> dict[str, CallTags]:
    """Tag every call with a tagger trained without its author; resumable.

    Args:
        calls: The corpus.
        settings: How each fold's tagger is trained.
        folder: Where finished folds are kept; a fold found there is not trained again.
        always: Further calls, of other authors, that every fold trains on.
        groups: Authors that are left out together; each alone unless given.
        progress: Where each fold's training reports to.

    Returns:
        Tags by call id.
    """
    groups = groups or [[author] for author in sorted({call.author for call in calls})]
    tags: dict[str, CallTags] = {}
    for group in groups:
        held_out = [call for call in calls if call.author in group]
        path = folder / f"{'+'.join(group)}.npz"
        if not path.exists():
            others = [call for call in calls if call.author not in group]
            name = f"without {', '.join(group)}"
            network, tokenizer = train_tagger(
                [*others, *always], settings, progress(name) if progress else None
            )
            words = WordModel.fit([*others, *always])
            tagger = Tagger(network, tokenizer, words, settings.windows)
            unseen = [call.call() for call in held_out]
            keys = [fingerprint(call) for call in unseen]
            save_tags(path, dict(zip(keys, tagger.tag_many(unseen), strict=True)))
        tags |= load_tags(path, [call.call() for call in held_out])
    return tags


def judge_unseen_authors(calls: Sequence[LabelledCall], tags: dict[str, CallTags]) -> list[Judged]:
    """Reports on every call by a judge fitted without its author.

    The judge of an author is fitted on the other authors' tags. Those taggers had seen the author's
    calls, but neither the tags nor the judge had: what can leak is a calibration constant.
    """
    judged: list[Judged] = []
    for author in sorted({call.author for call in calls}):
        others = [TaggedCall(call, tags[call.id]) for call in calls if call.author != author]
        judge = fit_judge(others, ModelInfo(name="leave-one-author-out", version=author))
        judged.extend(
            Judged(call, judge.report(call.call(), tags[call.id]))
            for call in calls
            if call.author == author
        )
    order = {call.id: place for place, call in enumerate(calls)}
    return sorted(judged, key=lambda one: order[one.gold.id])
