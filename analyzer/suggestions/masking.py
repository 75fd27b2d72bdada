"""Takes personal data out of words that are quoted to others.

Plain rules and a list of first names; no model. They rather mask a place or a product too many than
let a name through, but no rule finds every name: whoever must be sure reads before passing on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from analyzer.scripts.words import word_set

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (mask, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for mask, pattern in (
        (
            "[email]",
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+ | \b[\w.]+\ at\ [\w-]+\ dot\ (?:com|org|net|co)\b",
        ),
        ("[link]", r"(?:https?://|www\.)\S+ | \b[\w-]+\.(?:com|org|net|co\.uk|io)\b(?:/\S*)?"),
        ("[name]", r"\#(?:name|prs_\w+)\# | \[(?:customer\ |agent\ )?name\]"),
        (
            "[amount]",
            r"[$£€₹¥]\s?\d[\d.,]* | \b(?:rs\.?|inr|usd|eur|gbp)\s?\d[\d.,]*"
            r" | \b\d[\d.,]*\s?(?:dollars?|pounds?|quid|euros?|cents?|pence|rupees?)\b",
        ),
        ("[date]", r"\b\d{1,4}[/.]\d{1,2}[/.]\d{2,4}\b | \b\d{4}-\d{2}-\d{2}\b"),
        ("[number]", r"\+?\(?\b\d[\d\s().-]{5,}\d\b | \#\d+ | \b\d{4,}\b | \b\d{1,3}(?:,\d{3})+\b"),
        (
            "[number]",
            r"\b(?=[a-z0-9-]*\d)(?=[a-z0-9-]*[a-z])"
            r"(?!\d{1,2}(?:st|nd|rd|th|am|pm|k|h|hrs?|min|mins|x\d+)?\b)[a-z0-9]{2,}(?:-[a-z0-9]+)*\b",
        ),
        (
            "[number]",
            r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)"
            r"[\s,-]+){3,}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|\d)\b",
        ),
    )
)
_SAID_MONEY = re.compile(
    r"\b(?:(?:a|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|hundred|thousand|and)[\s-]+)+(?:dollars?|pounds?|quid|euros?|cents?|pence|rupees?)\b",
    re.IGNORECASE,
)
_AFTER_TITLE = re.compile(
    r"\b(mr|mrs|ms|miss|mister|missus|dr|doctor|nurse|officer|sister)(\.?\s+)"
    r"(?!a\b|an\b|the\b|i\b|you\b|it\b|and\b|will\b|can\b|is\b|has\b|you\b|said\b)[^\W\d_][\w'’-]*",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(my name is|my name's|you're through to|you are through to|speaking with|this is)(\s+)"
    r"(?!a\b|an\b|the\b|my\b|your\b|our\b|not\b|what\b|why\b|how\b|for\b|on\b|in\b|it\b|is\b|to\b|"
    r"all\b|one\b|where\b|so\b|very\b|about\b|just\b|me\b|us\b|that\b|still\b|no\b)[^\W\d_][\w'’-]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_STARTS = re.compile(r"(?:^|[.!?…:]['\"”’)\]]*\s+|[\"“(\[]|\n)\s*$")
_CAPITALS_TO_KEEP = word_set(
    "i i'm i'll i've i'd i’m i’ll i’ve i’d monday tuesday wednesday thursday friday saturday "
    "sunday january february march april may june july august september october november december "
    "english christmas easter god ok okay sir ma'am madam wi-fi mr mrs ms miss mister dr"
)
_CALLED = re.compile(r"(?:(?<=^)|(?<=[.!?…]\s))([A-Z][a-zà-ÿ]{2,})(?=,\s)")
_NO_CALL = word_set(
    "right okay well yes yeah yep sure sorry thanks thank good great listen look look now then "
    "there here and but because oh aye alright true fine hello today tomorrow first second also "
    "still honestly actually sadly please hey ring records also sir madam love mate wait however "
    "unfortunately understood certainly absolutely perfect lovely monday tuesday wednesday "
    "thursday friday saturday sunday three four five six seven eight nine ten once back done "
    "read exactly see hang hmm anyway again maybe perhaps indeed nah nope cheers bless christ god "
    "wow ouch cause 'cause since when where while after before"
)
_ACRONYM = re.compile(r"[A-Z]{2,4}s?$")
_SEVERAL = re.compile(r"(\[\w+\])(?:[\s,-]+\1)+")


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with names, numbers, money, dates, addresses of mail and web masked.

    Args:
        text: What somebody said.
        names: Names known from elsewhere: the agent's, the customer's, the company's.

    Returns:
        The text with ``[name]``, ``[number]``, ``[amount]``, ``[date]``, ``[email]``, ``[link]``.
    """
    for placeholder, pattern in _PATTERNS:
        text = pattern.sub(placeholder, text)
    text = _SAID_MONEY.sub("[amount]", text)
    text = _AFTER_TITLE.sub(r"\1\2[name]", text)
    if _is_cased(text):
        text = _INTRODUCED.sub(_masked_if_capital, text)
    text = _CALLED.sub(lambda said: said[1] if said[1].lower() in _NO_CALL else "[name]", text)
    text = _without_names(text, _parts_of(names))
    return _SEVERAL.sub(r"\1", text)


def _without_names(text: str, known: frozenset[str]) -> str:
    cased = _is_cased(text)

    def masked(match: re.Match[str]) -> str:
        word = match.group()
        if text[match.start() - 1 : match.start()] == "[":
            return word
        plain = re.sub(r"['’]s?$|['’]s$", "", word.lower())
        ending = word[len(plain) :]
        if plain in known or plain in _first_names():
            return f"[name]{ending}"
        if not cased or not word[0].isupper() or word.lower() in _CAPITALS_TO_KEEP:
            return word
        if len(plain) == 1 or plain in _CAPITALS_TO_KEEP or _ACRONYM.match(word):
            return word
        if _SENTENCE_STARTS.search(text, 0, match.start()):
            return word
        return f"[name]{ending}"

    return _WORD.sub(masked, text)


def _masked_if_capital(match: re.Match[str]) -> str:
    name = match.group()[len(match.group(1)) + len(match.group(2)) :]
    return f"{match.group(1)}{match.group(2)}[name]" if name[0].isupper() else match.group()


def _is_cased(text: str) -> bool:
    return any(letter.isupper() for letter in text)


def _parts_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        part for name in names for part in re.findall(r"[^\W\d_]{3,}", name.lower())
    ) - {"the", "and", "bank", "air", "care", "home", "mobile", "house", "health", "team"}


@cache
def _first_names() -> frozenset[str]:
    text = resources.files(__package__).joinpath("first_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
