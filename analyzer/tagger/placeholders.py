"""Placeholders of anonymised exports, read as words.

Many exports come with names and numbers masked: "my #PRS_ORG# watch", "Hi [NAME_1]", "it went to
<EMAIL_ADDRESS>". To a model that learnt from people's talk such marks are noise that hides the
sentence around them; it reads a plain word in their place. Reports keep the text as it came.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"#([a-z][a-z_ ]*?)_?\d*#|\[([a-z][a-z_ ]*?)_?\d*\]|<([a-z][a-z_ ]*?)_?\d*>"
    r"|\{\{?([a-z][a-z_ ]*?)_?\d*\}?\}",
    re.IGNORECASE,
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
    "zip": "postcode",
}


def without_placeholders(text: str) -> str:
    """The text as the models read it: for "#PHONE_NUMBER#" or "[name]", "phone number" or "name".

    What stands between number signs is always a placeholder; in brackets, only what names such
    personal data is ("[laughs]" stays).
    """
    if not any(mark in text for mark in "#[<{"):
        return text
    return _PLACEHOLDER.sub(_in_words, text)


def _in_words(match: re.Match[str]) -> str:
    words = next(part for part in match.groups() if part).lower().replace("_", " ").split()
    for word in words:
        if word in _READ_AS:
            return _READ_AS[word]
    return " ".join(words) if match.group().startswith("#") else match.group()
