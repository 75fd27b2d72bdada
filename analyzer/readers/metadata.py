"""The common names of what exports tell about a call beside its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.readers.fields import text
from analyzer.readers.times import iso, milliseconds

COMMON: tuple[str, ...] = (
    "agent",  # name, or number where there is no name
    "agent_id",
    "team",
    "queue",
    "company",
    "channel",  # phone, chat, email, sms, video ...
    "direction",  # inbound, outbound
    "started_at",  # ISO 8601
    "duration_ms",
    "language",  # as in BCP 47: en-GB
    "contact_id",  # the platform's id of the contact, where it is not the call's id
    "customer",  # the customer's id or name
    "campaign",
    "interruptions",  # how often somebody spoke over somebody
    "non_talk_ms",
    "hold_ms",
)
"""Metadata under these names means the same in every format, and becomes columns of the table."""

_SYNONYMS: dict[str, str] = {
    synonym: name
    for name, synonyms in {
        "agent": "agentname agentusername operator operatorname rep repname advisor "
        "adviser representative csr employee agentfullname assignee assigneename handledby",
        "agent_id": "agentid agentuserid employeeid operatorid repid advisorid assigneeid",
        "team": "teamname agentteam groupname department departmentname division",
        "queue": "queuename skill skillname skillgroup queueid",
        "company": "companyname brand client account accountname tenant organization organisation",
        "channel": "mediatype mediachannel channeltype medium interactiontype",
        "direction": "calldirection originatingdirection",
        "started_at": "startedat starttime startdate calldate date datetime timestamp createdat "
        "callstart callstarttime conversationstart conversationstarttime initiationtimestamp "
        "connectedtotimestamp",
        "duration_ms": "durationms totaldurationmillis durationmillis durationmilliseconds "
        "conversationdurationmillis totalconversationdurationmillis calldurationms",
        "language": "languagecode lang locale language_code",
        "contact_id": "contactid interactionid conversationid callsid",
        "customer": "customername customerid callername callerid requester",
        "campaign": "campaignname",
        "interruptions": "interruptioncount interruptionscount overtalkcount",
        "non_talk_ms": "nontalkms nontalktimems nontalktimemillis silencems deadairms",
        "hold_ms": "holdms holdtimems holddurationms",
    }.items()
    for synonym in [name, *synonyms.split()]
}
_SECONDS: dict[str, str] = {
    **dict.fromkeys(
        [
            "duration",
            "durations",
            "durationsec",
            "durationseconds",
            "durationinseconds",
            "callduration",
            "talktime",
            "length",
            "audioduration",
        ],
        "duration_ms",
    ),
    **dict.fromkeys(["nontalktime", "silence", "silenceseconds", "deadair"], "non_talk_ms"),
    **dict.fromkeys(["holdtime", "holdduration", "holdseconds"], "hold_ms"),
}
_SQUEEZE = re.compile(r"[^a-z0-9]+")
_CHANNELS = {"voice": "phone", "telephony": "phone", "call": "phone", "calls": "phone"}


def squeezed(name: str) -> str:
    """A field's name without case, spaces and punctuation: ``"Agent Name"`` as ``"agentname"``."""
    return _SQUEEZE.sub("", name.lower())


def common_name(name: str) -> str | None:
    """The common name of an export's field, or None where it has none."""
    key = squeezed(name)
    return _SYNONYMS.get(key) or _SYNONYMS.get(name.lower()) or _SECONDS.get(key)


def common_metadata(fields: Mapping[str, Any], only: Iterable[str] = ()) -> dict[str, Any]:
    """Those fields of an export that have a common name, under it and in its unit.

    Args:
        fields: Names and values as the export has them. The first that fits a name wins.
        only: Common names to take; all when empty.
    """
    wanted = set(only)
    found: dict[str, Any] = {}
    for field, value in fields.items():
        name = common_name(field)
        if name is None or name in found or (wanted and name not in wanted):
            continue
        tidy = in_common_form(name, value, seconds=squeezed(field) in _SECONDS)
        if tidy is not None:
            found[name] = tidy
    return found


def in_common_form(name: str, value: Any, *, seconds: bool = False) -> Any:
    """A value as the common name wants it; None where there is none or it makes no sense."""
    if name.endswith("_ms"):
        return milliseconds(value, "s" if seconds else "ms")
    if name == "started_at":
        return iso(value) or (text(value).strip() or None)
    if name == "interruptions":
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    tidy = text(value).strip()
    if name in ("channel", "direction"):
        tidy = _CHANNELS.get(tidy.lower(), tidy.lower())
    return tidy or None
