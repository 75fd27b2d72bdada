"""Placeholders of anonymised exports, read as words.

Many exports come with names and numbers masked: "my #PRS_ORG# watch", "Hi [NAME_1]", "it went to
<EMAIL_ADDRESS>". To a model that learnt from people's talk such marks are noise that hides the
sentence around them; it reads a plain word in their place. Reports keep the text as it came.
"""

from __future__ import annotations

import re

_NAME = r"([a-z][a-z_]*?)[_-]?\d*"
_NAMES = r"\s?([a-z][a-z_ ]*?)[_ -]?\d*\s?"
_PLACEHOLDER = re.compile(
    rf"\#{_NAME}\# | \[{_NAMES}\] | <{_NAMES}> | \{{\{{?{_NAMES}\}}?\}}",
    re.IGNORECASE | re.VERBOSE,
)

_READ_AS = {
    "account": "account number",
    "address": "address",
    "age": "age",
    "amount": "amount",
    "card": "card number",
    "city": "city",
    "company": "the company",
    "date": "date",
    "email": "email",
    "iban": "account number",
    "id": "number",
    "link": "link",
    "location": "place",
    "name": "name",
    "number": "number",
    "order": "order number",
    "org": "the company",
    "organisation": "the company",
    "organization": "the company",
    "person": "name",
    "phone": "phone number",
    "postcode": "postcode",
    "product": "product",
    "ssn": "number",
    "street": "address",
    "time": "time",
    "url": "link",
    "username": "name",
    "zip": "postcode",
}
_BESIDE = frozenset(
    {"agent", "alphanumeric", "bank", "birth", "code", "credit", "customer", "debit", "family"}
    | {"first", "full", "given", "home", "ip", "last", "middle", "mobile", "of", "prs", "serial"}
)
"""Words that a placeholder in brackets may hold beside those."""


def without_placeholders(text: str) -> str:
    """The text as the models read it: for "#PHONE_NUMBER#" or "[name]", "phone number" or "name".

    A word between number signs is always a placeholder; in brackets, only what names such personal
    data is ("[laughs]" and "[away from phone]" stay).
    """
    if not any(mark in text for mark in "#[<{"):
        return text
    return _PLACEHOLDER.sub(_in_words, text)


def _in_words(match: re.Match[str]) -> str:
    words = next(part for part in match.groups() if part).lower().replace("_", " ").split()
    known = [word for word in words if word in _READ_AS]
    signed = match.group().startswith("#")
    if not signed and (not known or not _BESIDE.issuperset(set(words) - set(known))):
        return match.group()
    return _apart(match, _READ_AS[known[0]] if known else " ".join(words))


def _apart(match: re.Match[str], read: str) -> str:
    """With a space where a word, or the placeholder before, would touch it."""
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    touches = before.isalnum() or before in {"#", "]", ">", "}"}
    return f"{' ' * touches}{read}{' ' * after.isalnum()}"
