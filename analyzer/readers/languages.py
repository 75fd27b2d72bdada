"""Which language a call is in, offline; the model knows English only.

The commonest English words settle nearly every call. Only a call without them is given to
py3langid, which tells about a hundred languages apart. Hindi and Urdu in Latin letters, often
mixed with English words, are known by their own commonest words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any

from analyzer.call import Call
from analyzer.errors import UnsupportedLanguageError

KNOWN = "en"

_ENGLISH = """
    the you to and it that my your for have can we this not with are but just what if yes thank
    please don't i'm it's they would there how will from get okay need know one has did about any
    been she them which now when why who thanks sorry could were out up because then than that's
    hello number call help account time back
"""
# The commonest words of service calls, without those that other languages have as well.
_COMMON = frozenset(_ENGLISH.split())
_ROMANISED_HINDI = """
    hai hain hoon hun nahi nahin aap aapka aapki aapke aapko mera meri mere mujhe humko hamara kya
    kaise kyun kar karna karo raha rahi rahe diya gaya gayi liya ka ki ke ko se ji haan bhi abhi
    koi kuch aur wala kijiye dijiye lijiye jaldi tak bata baar din kal hua tha thi woh yeh mein
"""
_HINDI = frozenset(_ROMANISED_HINDI.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WORDS_LOOKED_AT = 400
_TEXT_LOOKED_AT = 2000
_SHORTEST_TEXT = 60
_SHORTEST_TEXT_OF_OTHER_SCRIPTS = 20
_ENGLISH_SHARE = 0.2
_HINDI_SHARE = 0.2
_FEWEST_HINDI_WORDS = 6
_SURE = 0.20
_RARE = 0.02


def check_language(call: Call, *, source: str | None = None, place: str | None = None) -> None:
    """Let a call pass if the model can read it.

    The export's own word for the language counts unless the talk plainly contradicts it; a talk
    too short to tell passes.

    Raises:
        UnsupportedLanguageError: If the call is in another language than English.
    """
    found = foreign_language([turn.text for turn in call.turns], call.metadata.get("language"))
    if found:
        raise UnsupportedLanguageError(
            f"call {call.id} is in a language that the model does not know ({found}).",
            source=source,
            place=place,
            remedy="Leave it out, or translate it into English first.",
        )


def foreign_language(texts: Iterable[str], stated: Any = None) -> str | None:
    """The code of the language of a talk, if it is not English; None for English or unknown.

    Args:
        texts: What was said.
        stated: The language as the export states it, such as ``"en-GB"``.
    """
    listed = list(texts)
    words = list(islice((w for text in listed for w in _WORD.findall(text)), _WORDS_LOOKED_AT))
    if len(words) >= _FEWEST_HINDI_WORDS and _share(words, _HINDI) >= _HINDI_SHARE:
        return "hi"
    if not words or _share(words, _COMMON) >= _ENGLISH_SHARE:
        return None
    code = _code(stated)
    text = " ".join(listed)[:_TEXT_LOOKED_AT]
    if len(text) < (_SHORTEST_TEXT if _latin(text) else _SHORTEST_TEXT_OF_OTHER_SCRIPTS):
        return code if code not in (None, KNOWN) else None
    language, certainty, english = _classified(text)
    if language == KNOWN or english > _RARE:
        return None
    if code == KNOWN and certainty < 0.5:
        return None
    return language if certainty >= _SURE or code == language else None


def _share(words: list[str], common: frozenset[str]) -> float:
    return sum(word.lower().replace("’", "'") in common for word in words) / len(words)


def _latin(text: str) -> bool:
    return 2 * sum(letter > "\u024f" for letter in text) < len(text)


def _code(stated: Any) -> str | None:
    """``"es-MX"``, ``"ES"`` and ``"spa"`` all begin with the language; other words tell nothing."""
    if not isinstance(stated, str):
        return None
    code = re.split(r"[-_]", stated.strip().lower())[0]
    if code in ("english", "eng"):
        return KNOWN
    return code if len(code) == 2 and code.isalpha() else None


def _classified(text: str) -> tuple[str, float, float]:
    ranked = dict(_identifier().rank(text))
    language = max(ranked, key=lambda code: ranked[code])
    return language, ranked[language], ranked.get(KNOWN, 0.0)


@cache
def _identifier() -> Any:
    from py3langid.langid import (
        MODEL_FILE,
        LanguageIdentifier,
    )

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
