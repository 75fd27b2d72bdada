"""Leave-one-author-out: every call judged by a model that saw nothing of its author."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analyzer.call import Call
from analyzer.corpus import LabelledCall
from analyzer.errors import ModelError
from analyzer.evaluation.fairness import shifts
from analyzer.evaluation.measures import Judged
from analyzer.fitting import TaggedCall, fit_judge
from analyzer.judge import Judge
from analyzer.report import ModelInfo
from analyzer.scripts.recurrence import Recurrence
from analyzer.tagger.call_tags import CallTags
from analyzer.tagger.exchange_training import fit_exchange
from analyzer.tagger.inference import Tagger
from analyzer.tagger.storage import TaggerParts
from analyzer.tagger.tag_store import fingerprint, load_tags, rounded, save_tags
from analyzer.tagger.text_forms import as_recognised
from analyzer.tagger.training import Progress, train_tagger
from analyzer.tagger.training_settings import TrainingSettings
from analyzer.tagger.words import WordModel

FoldProgress = Callable[[str], Progress]
"""Given the name of a fold, gives what its training reports its progress to."""


@dataclass(frozen=True, slots=True)
class UnseenTags:
    """Tags of calls by taggers that had seen nothing of their authors, by call id.

    Attributes:
        as_written: Of the calls as they stand.
        as_recognised: Of the same calls as a speech recogniser gives them.
    """

    as_written: dict[str, CallTags] = field(default_factory=dict)
    as_recognised: dict[str, CallTags] = field(default_factory=dict)


def tag_unseen_authors(
    calls: Sequence[LabelledCall],
    settings: TrainingSettings,
    folder: Path,
    *,
    tagged_only: Sequence[LabelledCall] = (),
    groups: Sequence[Sequence[str]] | None = None,
    progress: FoldProgress | None = None,
) -> UnseenTags:
    """Tag every call with a tagger trained without its author; resumable.

    Args:
        calls: Labelled calls.
        settings: How each fold's tagger is trained.
        folder: Where finished folds are kept; a fold found there is not trained again, if it was
            trained in the same way on the same labelled calls, and tags the same ones.
        tagged_only: Further calls that are tagged too, and that no tagger learns from.
        groups: Authors that are left out together; each alone unless given.
        progress: Where each fold's training reports to.
    """
    authors = {call.author for call in (*calls, *tagged_only)}
    groups = groups or [[author] for author in sorted(authors)]
    tags = UnseenTags()
    for group in groups:
        unseen = [call.call() for call in (*calls, *tagged_only) if call.author in group]
        recognised = [as_recognised(call) for call in unseen]
        others = [call for call in calls if call.author not in group]
        name = f"{'+'.join(group)}.{_identity(others, settings, unseen)}"
        paths = folder / f"{name}.npz", folder / f"{name}.recognised.npz"
        if not all(path.exists() for path in paths):
            tagger = _train(others, settings, progress and progress(f"without {', '.join(group)}"))
            for path, some in zip(paths, (unseen, recognised), strict=True):
                keys = [fingerprint(call) for call in some]
                save_tags(path, dict(zip(keys, tagger.tag_many(some), strict=True)))
        tags.as_written.update(load_tags(paths[0], unseen))
        tags.as_recognised.update(load_tags(paths[1], recognised))
    return tags


def _train(
    calls: Sequence[LabelledCall], settings: TrainingSettings, progress: Progress | None
) -> Tagger:
    network, tokenizer = train_tagger(calls, settings, progress)
    return Tagger(TaggerParts.of(network, tokenizer, settings.windows), WordModel.fit(calls))


def read_unseen_exchanges(
    tags: UnseenTags, calls: Sequence[LabelledCall], groups: Sequence[Sequence[str]]
) -> None:
    """Add to the tags what models of the exchange say that learnt nothing of the calls' authors.

    As with `judges_without`, the taggers of the others had seen the author's calls. Fitting takes
    minutes a group and begins anew when training is interrupted.

    Args:
        tags: As `tag_unseen_authors` gives them; they are added to.
        calls: Labelled calls, all of them tagged.
        groups: Authors that are left out together.
    """
    for group in groups:
        unseen = [call for call in calls if call.author in group]
        if not unseen:
            continue
        others = [call for call in calls if call.author not in group]
        model = fit_exchange(others, tags.as_written, tags.as_recognised)
        written = [call.call() for call in unseen]
        for known, some in (
            (tags.as_written, written),
            (tags.as_recognised, [as_recognised(call) for call in written]),
        ):
            own = [known[call.id] for call in some]
            for one, said in zip(own, model.read(some, own), strict=True):
                one.exchange = rounded(said)


def _identity(
    learnt: Sequence[LabelledCall], settings: TrainingSettings, tagged: Sequence[Call]
) -> str:
    """What tells a fold from others: how its tagger is trained, on what, and what it tags."""
    digest = hashlib.sha256(repr(settings).encode())
    for labelled in learnt:
        digest.update(labelled.model_dump_json().encode())
    for call in tagged:
        digest.update(fingerprint(call).encode())
    return digest.hexdigest()[:12]


def judges_without(
    calls: Sequence[LabelledCall],
    tags: Mapping[str, CallTags],
    authors: Iterable[str],
) -> dict[str, Judge]:
    """For each of some authors, a judge fitted on the calls of all others (see `fit_judge`).

    What is said of the author's calls was said by a tagger and a model of the exchange that had
    not seen them. Those that spoke of the others' calls had: what can leak is how far the judge
    trusts such models.
    """
    return {
        author: fit_judge(
            [TaggedCall(call, tags[call.id]) for call in calls if call.author != author],
            ModelInfo(name="leave-one-author-out", version=author),
        )
        for author in sorted(set(authors))
    }


def judge_unseen_authors(
    calls: Sequence[LabelledCall], tags: Mapping[str, CallTags], judges: Mapping[str, Judge]
) -> list[Judged]:
    """Reports on calls, each by the judge that was fitted without its author.

    Args:
        calls: Labelled calls.
        tags: What taggers that had not seen their authors say of them, by call id.
        judges: For each author, as `judges_without` gives them.
    """
    recurrence = Recurrence.of(call.call() for call in calls)
    judged = []
    for call in calls:
        plain = call.call()
        report = judges[call.author].report(plain, tags[call.id], recurrence.judge(plain))
        judged.append(Judged(call, report))
    return judged


def save_judges(path: Path, judges: Mapping[str, Judge]) -> None:
    """Write judges, packed, by author."""
    stored = {author: judge.model_dump(mode="json") for author, judge in judges.items()}
    path.write_bytes(gzip.compress(json.dumps(stored).encode(), mtime=0))


def load_judges(path: Path) -> dict[str, Judge]:
    """Read what `save_judges` wrote; nothing where there is no such file.

    Raises:
        ModelError: If they are broken or of another version.
    """
    if not path.exists():
        return {}
    try:
        stored = json.loads(gzip.decompress(path.read_bytes()))
        return {author: Judge.model_validate(judge) for author, judge in stored.items()}
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ModelError(
            f"the judges of left-out authors cannot be loaded ({error}).",
            source=str(path),
            remedy="Install the package again, or train the model again with this version.",
        ) from error


def recogniser_shift(
    calls: Sequence[LabelledCall], tags: UnseenTags, judges: Mapping[str, Judge]
) -> dict[str, float]:
    """How far each score moves, on average without sign, in points of 100.

    Between the same unseen call as written and as a speech recogniser without punctuation gives it.
    """
    written, recognised = [], []
    for call in calls:
        judge, plain = judges[call.author], call.call()
        written.append(judge.report(plain, tags.as_written[call.id]))
        recognised.append(judge.report(as_recognised(plain), tags.as_recognised[call.id]))
    return {
        name: round(float(np.mean(np.abs(moved))), 2)
        for name, moved in shifts(written, recognised).items()
    }
