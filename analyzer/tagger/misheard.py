"""Speech as a recogniser mishears it: homophones, dropped words, doubled words."""

from __future__ import annotations

import random

from analyzer.call import Call

_SOUND_ALIKE = """
    their there they're
    to too two
    your you're
    its it's
    hear here
    know no
    knew new
    right write
    wait weight
    whole hole
    by buy bye
    for four
    one won
    been bin
    would wood
    our hour are
    meet meat
    week weak
    mail male
    pair pear
    piece peace
    break brake
    great grate
    sent cent scent
    see sea
    sun son
    some sum
    through threw
    where wear
    which witch
    whether weather
    who's whose
    heard herd
    allowed aloud
    bill bull
    card car
    call called
    can can't
    could couldn't
    did didn't
    is isn't
    was wasn't
    will we'll
    i'll aisle
    i'm um
    i've have
    he's his
    she's cheese
    we're were
    than then
    accept except
    affect effect
    fair fare
    flour flower
    made maid
    main mane
    passed past
    patients patience
    plain plane
    principal principle
    quite quiet
    role roll
    sale sail
    site sight
    stationary stationery
    steel steal
    tail tale
    waste waist
    way weigh
    reel real
    lose loose
    need knead
    not knot
    ate eight
    billed build
    board bored
    cell sell
    days daze
    dear deer
    die dye
    due do
    fined find
    guessed guest
    higher hire
    him hymn
    in inn
    led lead
    lessen lesson
    loan lone
    mind mined
    missed mist
    nights knights
    of off
    or oar
    paid pate
    poor pour
    rain reign
    raise rays
    read red
    sorry sari
    seen scene
    seem seam
    so sew
    sore soar
    stairs stares
    tide tied
    time thyme
    wrap rap
    ring wring
    what watt
    please police
    ticket thicket
    order border
    cancel cancer
    told towed
    fault fort
    later letter
    booking looking
    price prize
    sure shore
    thanks thank
    hold old
    phone foam
    service surface
    actually actual
    apologise apologies
    apologize apologies
    frustrated frustrating
    help held
    fix fixed
    want won't
    send sand
    charged charge
    charges charged
    month months
    minute minutes
    day days
"""
"""Words that recognisers take for each other, a group a line; an unheard "n't" is among them."""

_HEARD_AS_SEVERAL: dict[str, str] = {
    "account": "a count",
    "address": "a dress",
    "appreciate": "a appreciate",
    "customer": "costume her",
    "delivery": "deliver he",
    "email": "e mail",
    "manager": "manage her",
    "number": "numb her",
    "policy": "police e",
    "refund": "re fund",
    "understand": "under stand",
    "wanted": "one did",
}
"""Words that are heard as several."""

_TAKEN_FOR_ANOTHER = 0.27
"""How often a word that sounds like another is taken for it; about 7 of 100 words are."""

_DROPPED = 0.03
_DOUBLED = 0.03
"""How often a word is lost, or heard twice."""


def mishear(call: Call, chance: random.Random) -> Call:
    """The call with some of its words taken for others, dropped or doubled; turns stay.

    Args:
        call: As a recogniser gives it that hears every word.
        chance: Decides which words.
    """
    turns = [turn.model_copy(update={"text": _misheard(turn.text, chance)}) for turn in call.turns]
    return call.model_copy(update={"turns": turns})


def _misheard(text: str, chance: random.Random) -> str:
    """Some of the text at least is always heard."""
    heard: list[str] = []
    for word in text.split():
        alike = _ALIKE.get(word.lower())
        if alike and chance.random() < _TAKEN_FOR_ANOTHER:
            word = chance.choice(alike)
        what = chance.random()
        if what >= _DROPPED:
            heard.extend([word, word] if what > 1 - _DOUBLED else [word])
    return " ".join(heard) or text


def _alike() -> dict[str, list[str]]:
    alike: dict[str, list[str]] = {word: [heard] for word, heard in _HEARD_AS_SEVERAL.items()}
    for group in _SOUND_ALIKE.strip().splitlines():
        words = group.split()
        for word in words:
            alike.setdefault(word, []).extend(other for other in words if other != word)
    return alike


_ALIKE = _alike()
