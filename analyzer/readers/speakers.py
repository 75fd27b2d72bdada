"""Names of roles: who `Rep`, `AGENT`, `CALLER` or `IVR` is, in the exports of many platforms."""

from __future__ import annotations

import re

from analyzer.call import Speaker

_AGENT = """
    agent rep reps csr advisor adviser operator associate assistant_agent representative
    support_agent support specialist consultant employee staff attendant teller clerk dispatcher
    internal host_agent human_agent live_agent customer_service customer_support customer_care
    service_representative sales_rep salesperson sales_agent advocate help_desk helpdesk
    technician admin supervisor manager team_lead team_leader answerer callee_agent
    contact_center call_center colleague handler service_agent service_rep service teammate
    system_agent company seller
"""
_CUSTOMER = """
    customer caller client user end_user enduser visitor contact guest consumer member patient
    external lead requester shopper buyer subscriber cardholder claimant tenant passenger
    customer_caller end_customer author_customer subject prospect policyholder resident cust
"""
_OTHER = """
    other bot virtual_agent virtual_assistant voicebot chatbot ivr system automated_agent acd
    workflow dialog_flow dialogflow automation robot machine recording announcement automated
    automated_system notification trigger messaging_bot app flow voice_bot lex
    interactive_voice_response background noise music trace action event narrator third_party
"""
_ROLES: dict[str, Speaker] = {}
for _names, _role in ((_AGENT, "agent"), (_CUSTOMER, "customer"), (_OTHER, "other")):
    _ROLES.update(dict.fromkeys(_names.split(), _role))  # type: ignore[arg-type]

_NAMELESS = """
    speaker spk channel ch participant person party unknown voice side track line left right male
    female null none undefined leg the a an and or of mr mrs
"""
_NO_NAMES = frozenset(word for name in (*_ROLES, *_NAMELESS.split()) for word in name.split("_"))
_PERSON = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_MOST_NAMES = 4

_SPLIT = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def role_of(name: str) -> Speaker | None:
    """The role that a speaker's name tells, or None where it tells none (`spk_0`, `Dana`).

    A number behind the role and a person's name beside it do not matter: ``"AGENT_2"``,
    ``"Rep - Dana"``, ``"Customer (Mrs Hill)"``. A bot that is called an agent is a bot.
    """
    if len(name) > 200:
        return None
    words = [word for word in _SPLIT.split(_CAMEL.sub(" ", name).lower()) if word]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if words and (exact := _ROLES.get("_".join(words)) or _role_without_digits(words)):
        return exact
    return _role_inside(words)


def person_in(name: str) -> str | None:
    """The person's name within a speaker's: `Dana` in ``"Rep - Dana"``, None in ``"spk_0"``."""
    if "@" in name:
        return None
    words = [word for word in _PERSON.findall(name) if word.casefold() not in _NO_NAMES]
    rest = _PERSON.sub("", name)
    if not words or len(words) > _MOST_NAMES or any(sign.isdigit() for sign in rest):
        return None
    found = " ".join(words)
    return found if len(found) > 1 and role_of(found) is None else None


def _role_without_digits(words: list[str]) -> Speaker | None:
    return _ROLES.get(words[0].rstrip("0123456789")) if len(words) == 1 else None


def _role_inside(words: list[str]) -> Speaker | None:
    """The role that some of the words name, if they do not name several."""
    found: set[Speaker] = set()
    skip = -1
    for position, word in enumerate(words):
        if position <= skip:
            continue
        pair = _ROLES.get("_".join(words[position : position + 2]))
        if pair and len(words) > position + 1:
            found.add(pair)
            skip = position + 1
        elif word in _ROLES:
            found.add(_ROLES[word])
    if "other" in found and "customer" not in found:
        return "other"
    return found.pop() if len(found) == 1 else None
