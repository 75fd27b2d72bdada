"""One invented call, as facts. Every file in `samples/` tells this call in another format."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.call import Speaker

CONTACT_ID = "4b2c7f0e-93d1-4a58-8f57-6d1c2ab90e17"
STARTED_AT = "2026-03-02T09:15:00Z"
AGENT, TEAM, QUEUE, CUSTOMER = "Dana Reyes", "Broadband Care", "Faults", "Morgan Hill"
LANGUAGE = "en-GB"
DURATION_MS, INTERRUPTIONS, NON_TALK_MS = 62_000, 1, 4_500


class Part(NamedTuple):
    """What is said without a pause."""

    text: str
    start_ms: int
    end_ms: int


class Said(NamedTuple):
    """A turn, in the parts into which pauses split it."""

    speaker: Speaker
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)

    @property
    def start_ms(self) -> int:
        return self.parts[0].start_ms

    @property
    def end_ms(self) -> int:
        return self.parts[-1].end_ms


CALL: tuple[Said, ...] = (
    Said(
        "other",
        (Part("Thank you for calling Northlink. Please hold while I connect you.", 0, 4_800),),
    ),
    Said(
        "agent",
        (
            Part("Good morning, you're through to Dana at Northlink.", 6_100, 8_700),
            Part("How can I help?", 8_900, 9_800),
        ),
    ),
    Said(
        "customer",
        (
            Part("Hi. My broadband has been down since Monday,", 10_400, 13_900),
            Part("and this is the third time I've called about it.", 15_200, 18_700),
        ),
    ),
    Said(
        "agent",
        (
            Part("Three calls is far too many.", 19_300, 21_500),
            Part("I'm sorry, that's on us.", 21_900, 23_800),
        ),
    ),
    Said("customer", (Part("I work from home, so I've lost two days' pay.", 24_300, 27_600),)),
    # The agent starts before the customer has ended.
    Said(
        "agent",
        (Part("Let me run the line test now, so you needn't explain it again.", 27_100, 31_400),),
    ),
    Said("customer", (Part("Okay.", 31_900, 32_400),)),
    Said(
        "agent",
        (
            Part(
                "The fault is in the cabinet on your street, and nobody booked an engineer.",
                36_900,
                41_800,
            ),
        ),
    ),
    Said("customer", (Part("So the last person just lied to me?", 42_300, 44_600),)),
    Said(
        "agent",
        (
            Part("I can see why it feels like that.", 45_000, 47_100),
            Part("I've booked an engineer for tomorrow at nine,", 48_200, 50_300),
            Part("and I've taken this month off your bill.", 50_400, 52_700),
        ),
    ),
    Said(
        "customer",
        (Part("Thank you, that's the first straight answer I've had.", 53_200, 56_400),),
    ),
    Said("agent", (Part("I'll ring you tomorrow at noon to check it's working.", 56_900, 60_300),)),
    Said("customer", (Part("Brilliant. Bye.", 60_800, 62_000),)),
)
