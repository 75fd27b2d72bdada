"""A turn's words as scripts are compared by: lower case, with slots where the call's facts stand.

"My name is Dana, your refund of £12.50 ..." and "my name is lee your refund of six pounds ..."
become the same words, because names, money, numbers, dates, references and the house's own name
are replaced by slots. Each word keeps its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from analyzer.call import Call

SLOT_NAMES = ("name", "company", "number", "money", "date", "reference", "email", "link", "varies")
"""Every kind of slot; `varies` is one learnt from the calls themselves."""

_LETTER_PAIR_ALIKE = 80  # a misheard house name, "mero air" for "merrow air" (of 100)

_TOKEN = re.compile(
    r"""
      (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<link>(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|co\.uk|io|in|de|fr)\b(?:/\S*)?)
    | (?P<masked>\#[A-Z][A-Z_]*\#|\[[A-Z][\w ']*\]|<[A-Z][\w ]*>|\{\{?[\w ]+\}?\})
    | (?P<money>[$£€₹¥]\s?\d[\d.,]*|\b(?:Rs\.?|INR|USD|EUR|GBP)\s?\d[\d.,]*
        |\b\d[\d.,]*\s?(?:dollars?|pounds?|quid|euros?|cents?|pence|rupees?|bucks)\b)
    | (?P<date>\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b|\b\d{1,2}:\d{2}(?:\s?[ap]\.?m\b\.?)?
        |\b\d{1,2}\s?[ap]\.?m\b|\b\d{1,2}(?:st|nd|rd|th)\b)
    | (?P<range>\b\d{1,3}\s?[-–]\s?\d{1,3}\b(?!-))
    | (?P<reference>\#?\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b
        |\#?\d+(?:-\d+)+|\#\d+|\b\d{6,}\b)
    | (?P<number>\d+(?:[.,]\d+)*%?)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    """,
    re.VERBOSE,
)


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as constants are best read."""
    return frozenset(text.split())


_NUMBER_WORDS = word_set(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million"
)
_INSIDE_NUMBERS = frozenset({"one", "and", "oh", "point", "double", "triple"})
_CURRENCY = word_set(
    "dollar dollars pound pounds quid euro euros cent cents pence rupee rupees bucks"
)
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february april june "
    "july august september october november december today tomorrow tonight yesterday"
)
_TITLES = word_set("mr mrs ms miss mister missus dr")
_BEFORE_A_NAME = frozenset(
    {
        ("my", "name", "is"),
        ("my", "names"),
        ("youre", "through", "to"),
        ("speaking", "with"),
        ("speaking", "to"),
        ("chatting", "with"),
    }
)
_LAST_BEFORE_A_NAME = frozenset(cue[-1] for cue in _BEFORE_A_NAME)
_NO_NAMES = word_set(
    "a an the and i you we it so how what may can could is was not very in on at from with "
    "here your our my this that please for"
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_ABBREVIATION = re.compile(r"\b(?:mr|mrs|ms|dr|st|no|vs|etc|e\.g|i\.e|approx|inc|ltd|rs)\.$", re.I)


@dataclass(frozen=True, slots=True)
class Word:
    """One compared word (or slot, as ``"{money}"``) and its place in the text."""

    text: str
    start: int
    end: int

    @property
    def is_slot(self) -> bool:
        """Whether it stands for a fact of the call instead of a word of the script."""
        return self.text[0] == "{"


@dataclass(frozen=True, slots=True)
class House:
    """What a call's metadata tells of names that are slots: the agent's and the company's."""

    company: str = ""
    agent: tuple[str, ...] = ()

    @classmethod
    def of(cls, call: Call) -> House:
        """The names that `call.metadata` holds."""
        agent = call.agent or ""
        return cls(company=company_of(call), agent=tuple(_plain(agent).split()))

    @property
    def company_words(self) -> tuple[str, ...]:
        """The company's name as it would be spoken."""
        return tuple(_plain(self.company).split())


def company_of(call: Call) -> str:
    """The company of a call; calls that name none are taken to be of one house."""
    return str(call.metadata.get("company") or "")


def read_words(text: str, house: House | None = None) -> list[Word]:
    """The compared words of a text, slots included, in order."""
    words = [_word(match) for match in _TOKEN.finditer(text)]
    words = _without_spoken_numbers(words)
    house = house or House()
    return list(_with_names(_with_company(words, house.company_words), house.agent))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence; one span where the text has no punctuation."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text, start, match.end()):
            continue
        if text[start : match.end()].strip():
            spans.append((start, match.end()))
        start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return spans


def split_sentences(text: str, words: list[Word]) -> list[list[Word]]:
    """The words of each sentence, empty ones left out."""
    sentences = []
    at = 0
    for _, end in sentence_spans(text):
        first = at
        while at < len(words) and words[at].start < end:
            at += 1
        if at > first:
            sentences.append(words[first:at])
    return sentences


def is_punctuated(text: str) -> bool:
    """Whether sentences can be told apart by punctuation."""
    return bool(re.search(r"[.!?…](?:\s|$)", text)) or len(text.split()) <= 3


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", name.lower()))


def _word(match: re.Match[str]) -> Word:
    kind = match.lastgroup or "word"
    start, end = match.span()
    if kind == "word":
        text = match.group().lower().replace("'", "").replace("’", "")
        return Word("{date}" if text in _DAYS else text, start, end)
    if kind == "masked":
        inside = match.group().strip("#[]<>{} ").lower()
        return Word(f"{{{inside if inside in SLOT_NAMES else 'name'}}}", start, end)
    return Word("{number}" if kind == "range" else f"{{{kind}}}", start, end)


def _without_spoken_numbers(words: list[Word]) -> list[Word]:
    """Numbers said in words become one slot, with the currency that follows."""
    kept: list[Word] = []
    at = 0
    while at < len(words):
        if words[at].text not in _NUMBER_WORDS and words[at].text != "{number}":
            kept.append(words[at])
            at += 1
            continue
        last = at
        for ahead in range(at + 1, len(words)):
            if words[ahead].text in _NUMBER_WORDS or words[ahead].text == "{number}":
                last = ahead
            elif words[ahead].text not in _INSIDE_NUMBERS:
                break
        money = last + 1 < len(words) and words[last + 1].text in _CURRENCY
        last += money
        slot = "{money}" if money else "{number}"
        kept.append(Word(slot, words[at].start, words[last].end))
        at = last + 1
    return kept


def _with_company(words: list[Word], company: tuple[str, ...]) -> list[Word]:
    """The company's name, its first word alone, or either misheard, as a slot."""
    if not company:
        return words
    joined = "".join(company)
    sizes = range(1, len(company) + 2)
    kept: list[Word] = []
    at = 0
    while at < len(words):
        likeness, size = max(
            (_name_likeness(words[at : at + size], joined, company), -size) for size in sizes
        )
        size = -size
        if likeness >= _LETTER_PAIR_ALIKE:
            kept.append(Word("{company}", words[at].start, words[at + size - 1].end))
        else:
            kept.append(words[at])
            size = 1
        at += size
    return kept


def _name_likeness(window: list[Word], joined: str, company: tuple[str, ...]) -> float:
    """How much some words sound like the company's name, 0..100."""
    text = "".join(word.text for word in window)
    if text[0] != joined[0] or abs(len(text) - len(joined)) > 3:
        first = len(company) > 1 and text == company[0] and len(text) > 4
        return 100.0 if first else 0.0
    return float(fuzz.ratio(text, joined))


def _with_names(words: list[Word], agent: Iterable[str]) -> Iterator[Word]:
    """Names of the agent, and whatever stands after a title or "my name is", as slots."""
    own = {part for part in agent if len(part) > 1}
    one = two = three = ""
    for word in words:
        said = word.text
        named = said in own or one in _TITLES
        if not named and one in _LAST_BEFORE_A_NAME and said not in _NO_NAMES:
            named = (two, one) in _BEFORE_A_NAME or (three, two, one) in _BEFORE_A_NAME
        three, two, one = two, one, said
        yield Word("{name}", word.start, word.end) if named and not word.is_slot else word
