"""Families of Englishes, so that figures by dialect rest on enough calls."""

from __future__ import annotations

_FAMILIES: tuple[tuple[str, str], ...] = (
    ("American and Canadian", "new_england newengland latina chicano"),
    (
        "second language",
        "l2 second_language polish spanish german french brazilian vietnamese portuguese turkish "
        "italian czech korean arabic russian dutch romanian bulgarian ethiopian",
    ),
    ("African American", "aave aae african_american detroit"),
    ("African", "nigerian ghanaian african kenyan lagos"),
    ("Caribbean", "trinidad jamaican bajan barbadian caribbean"),
    (
        "South Asian",
        "indian pakistani punjabi bangladeshi gujarati malayali bangalor hyderabad british_asian",
    ),
    ("East and Southeast Asian", "filipino singapore hawaiian"),
    ("Irish", "irish ulster dublin galway donegal hiberno"),
    ("Scottish", "scot glas highland hebridean"),
    ("Welsh", "welsh"),
    ("Australian and New Zealand", "australian newzealand new_zealand queensland"),
    (
        "American South",
        "texan appalach southern_us us_south southern_elderly elderly_southern mississippi cajun "
        "georgia tennessee ozark louisiana alabama carolin gulf lowcountry houston",
    ),
    (
        "English of England",
        "english yorkshire geordie london brummie essex scouse rp mancunian bristol lancashire "
        "cornish midlands birmingham somerset devon norfolk hampshire cumbrian cockney british "
        "country leicester surrey northumbrian worcester estuary manchester liverpool england "
        "southern multicultural anglian",
    ),
    ("American and Canadian", ""),
)


def family_of(dialect: str) -> str:
    """The family of a dialect as the corpus names it; American where nothing else fits."""
    name = dialect.lower()
    return next(family for family, marks in _FAMILIES if not marks or _any(marks, name))


def _any(marks: str, name: str) -> bool:
    return any(mark in name for mark in marks.split())
