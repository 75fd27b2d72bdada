"""Finds a company's house scripts in its calls.

Five readings of the calls, none of which keeps them in memory:

1. in how many calls each run of three words occurs, by a sketch of fixed size;
2. the sentences made of runs that recur: near-equal ones are grouped into scripts;
3. in text without punctuation, the recurring runs that those scripts leave over: grouped as well;
4. every agent turn is searched for the scripts, and what is found is counted: once with overlaps,
   to drop long lines that only one call says in full, and once without, for the figures.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from analyzer.call import Call
from analyzer.scripts.book import HouseSize, Script, ScriptBook, fingerprint, packed
from analyzer.scripts.counting import count_sayings
from analyzer.scripts.grouping import group_lines, varying_places, with_slots
from analyzer.scripts.limits import Calls, Limits, agent_words, length_of, parts_of, texts_of
from analyzer.scripts.matching import ScriptIndex
from analyzer.scripts.sketch import GRAM, CallCounts, gram_hashes
from analyzer.scripts.template import template_of
from analyzer.scripts.wordings import Wordings
from analyzer.scripts.words import Word, company_of, is_punctuated, split_sentences

_COVERED = 0.7  # share of a sentence's words that must lie in recurring runs
_BRIDGE = 2  # words of an unpunctuated run that may differ from call to call
_RUN = 4  # fewest words of an unpunctuated run


def discover_scripts(
    calls: Iterable[Call], *, minimum_calls: int = 2, minimum_share: float = 0.001
) -> ScriptBook:
    """Find the lines that agents of a company say word for word, or nearly, across its calls.

    Args:
        calls: Calls of one or more companies (``metadata["company"]``; calls that name none are
            taken to be of one house). An iterator is copied to a temporary file, so that it can be
            read more than once; memory stays flat.
        minimum_calls: Fewest calls that say a line.
        minimum_share: Fewest calls that say a line, as a share of the company's calls.

    Returns:
        The scripts, the most said first.
    """
    limits = Limits(minimum_calls, minimum_share)
    with _readable_again(calls) as read:
        counts, sizes, seen = _count_runs(read)
        sentences = _sentences(read, counts, sizes, limits)
        proposed = _group(sentences, sizes, limits)
        index = ScriptIndex(proposed)
        runs = _runs(read, counts, sizes, limits, index)
        proposed += _group(runs, sizes, limits, first=len(proposed))
        supported = count_sayings(read, proposed, sizes, limits, overlapping=True)
        scripts = count_sayings(read, supported, sizes, limits)
    return ScriptBook(
        companies=sizes,
        scripts=scripts,
        learnt_from=packed(seen),
        recurring_runs=packed(sentences.recurring),
    )


@contextmanager
def _readable_again(calls: Iterable[Call]) -> Iterator[Calls]:
    if iter(calls) is not calls:
        yield lambda: iter(calls)
        return
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        for call in calls:
            spool.write(call.model_dump_json() + "\n")

        def read() -> Iterator[Call]:
            spool.seek(0)
            return (Call.model_validate_json(line) for line in spool)

        yield read


def _count_runs(read: Calls) -> tuple[CallCounts, dict[str, HouseSize], set[int]]:
    counts = CallCounts()
    agents: dict[str, set[str]] = defaultdict(set)
    number = Counter[str]()
    seen: set[int] = set()
    for call in read():
        company = company_of(call)
        number[company] += 1
        seen.add(fingerprint(call))
        if call.agent:
            agents[company].add(call.agent)
        counts.add(
            gram_hashes(texts_of(part), company)
            for _, text, words in agent_words(call)
            for part in parts_of(text, words)
        )
    sizes = {
        company: HouseSize(calls=count, agents=len(agents[company]))
        for company, count in sorted(number.items())
    }
    return counts, sizes, seen


def _sentences(
    read: Calls, counts: CallCounts, sizes: dict[str, HouseSize], limits: Limits
) -> Wordings:
    lines = Wordings()
    for call in read():
        company = company_of(call)
        fewest = limits.fewest(sizes[company])
        lines.start(call)
        for _, text, words in agent_words(call):
            for part in parts_of(text, words):
                lines.note_recurring(part, counts, company, fewest)
            if not is_punctuated(text):
                continue
            for sentence in split_sentences(text, words):
                covered = _covered(sentence, counts, company, fewest)
                if sum(covered) >= _COVERED * len(sentence):
                    lines.add(company, sentence, text, limits)
    return lines


def _runs(
    read: Calls,
    counts: CallCounts,
    sizes: dict[str, HouseSize],
    limits: Limits,
    known: ScriptIndex,
) -> Wordings:
    lines = Wordings()
    for call in read():
        company = company_of(call)
        fewest = limits.fewest(sizes[company])
        lines.start(call)
        for _, text, words in agent_words(call):
            if is_punctuated(text):
                continue
            covered = _covered(words, counts, company, fewest)
            for _, hit in known.find(text, words, company):
                covered[hit.first : hit.last + 1] = [False] * (hit.last + 1 - hit.first)
            for run in _bridged(words, covered):
                lines.add(company, run, text, limits)
    return lines


def _covered(words: list[Word], counts: CallCounts, company: str, fewest: int) -> list[bool]:
    covered = [False] * len(words)
    for place, count in enumerate(counts.of(gram_hashes(texts_of(words), company))):
        if count >= fewest:
            covered[place : place + GRAM] = [True] * min(GRAM, len(words) - place)
    return covered


def _bridged(words: list[Word], covered: list[bool]) -> Iterator[list[Word]]:
    start = end = -1
    for place in [*(i for i, yes in enumerate(covered) if yes), len(words) + _BRIDGE + 1]:
        if start >= 0 and place - end > _BRIDGE + 1:
            if end + 1 - start >= _RUN:
                yield words[start : end + 1]
            start = -1
        if start < 0:
            start = place
        end = place


def _group(
    lines: Wordings, sizes: dict[str, HouseSize], limits: Limits, first: int = 0
) -> list[Script]:
    scripts: list[Script] = []
    for company, wordings in sorted(lines.by_company().items()):
        for group in group_lines(wordings):
            varying = varying_places(group)
            words = with_slots(group.leader.words, varying)
            # Half of what is needed will do here: the other half may stand in unpunctuated text,
            # or inside longer lines. What recurs too seldom is left out when sayings are counted.
            if 2 * group.calls < limits.fewest(sizes[company]) or length_of(words) < limits.words:
                continue
            scripts.append(
                Script(
                    id=str(first + len(scripts)),
                    company=company,
                    template=template_of(group.leader.pieces, varying),
                    words=words,
                    count=1,
                    calls=group.calls,
                    agents=0,
                )
            )
    return scripts
