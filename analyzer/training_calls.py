"""Whether labelled calls can be learnt from: told before hours of training, not after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from analyzer import codebook
from analyzer.corpus import LabelledCall
from analyzer.errors import CorpusError
from analyzer.tagger.tag_store import fingerprint
from analyzer.tagger.text_forms import as_recognised


def check_training_calls(
    corpus: Sequence[LabelledCall],
    others: Sequence[LabelledCall] = (),
) -> None:
    """Make sure that calls can be told apart, and are enough whoever of the corpus is left out.

    Args:
        corpus: Calls that are measured on: each of their authors is left out in turn.
        others: Calls of further authors that are learnt from.

    Raises:
        CorpusError: If two calls have the same id or the same words, or if without an author there
            are fewer than two others, or no call of some outcome.
    """
    calls = [*corpus, *others]
    _check_apart(calls, lambda call: call.id, "the same id")
    _check_apart(calls, lambda call: fingerprint(as_recognised(call.call())), "the same words")
    for author in sorted({call.author for call in corpus}):
        _check_enough([call for call in calls if call.author != author], author)


def _check_apart(
    calls: Sequence[LabelledCall], key: Callable[[LabelledCall], str], what: str
) -> None:
    known: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        known[key(call)].append(call.id)
    twice = [ids for ids in known.values() if len(ids) > 1]
    if twice:
        raise CorpusError(
            f"some labelled calls ({len(twice)}) stand in the files more than once: "
            f"{' and '.join(map(repr, twice[0]))} have {what}.",
            remedy="Leave one of them out; also where it stands in another of the files given.",
        )


def _check_enough(calls: Sequence[LabelledCall], author: str) -> None:
    if len({call.author for call in calls}) < 2:
        raise CorpusError(
            f"there are calls of fewer than two authors beside {author!r}.",
            remedy="Training leaves authors out and learns from several others: give calls of "
            "three authors or more.",
        )
    found = {chance.outcome for call in calls for chance in call.opportunities}
    ends = {call.outcome for call in calls}
    missing = [
        *(f"an opportunity that is {one}" for one in codebook.OUTCOMES if one not in found),
        *(f"a matter that is {one}" for one in codebook.RESOLUTIONS if one not in ends),
    ]
    if missing:
        raise CorpusError(
            f"there is no call with {missing[0]}, if those of {author!r} are left out.",
            remedy="Give calls of several authors for each outcome.",
        )
