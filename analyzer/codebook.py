"""The vocabulary: every label, opportunity and score, with the words that explain it to a person.

Everything else reads names, families and texts from here. `data/CODEBOOK.md` is the same codebook
as prose, with the rules for labelling; tests compare names, families and order of the two, and the
names with those of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LabelSpeaker = Literal["agent", "customer"]
Family = Literal["cue", "care", "scripted", "uncaring", "dismissive"]


_NOUNS = {
    "canned": "canned lines",
    "sterile": "sterile language",
    "indifferent": "indifference",
    "deflecting": "deflection",
    "hurried": "hurry",
    "dismissive": "brushing off",
    "condescending": "condescension",
    "hostile": "hostility",
    "pushy": "pressing a sale",
    "hollow_apology": "hollow apologies",
    "empty_promise": "empty promises",
    "open_question": "open questions",
    "loyalty_thanks": "thanks for loyalty",
    "churn_risk": "threats to leave",
    "broken_promise": "broken promises",
}


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a turn.

    Attributes:
        name: As it stands in the corpus and in reports.
        speaker: Whose turns can carry it.
        family: `cue` (customer), `care` (agent), or a family of flags (agent).
        definition: Completes "the customer ..." or "the agent ...".
        example: A sentence that carries it.
        coaching: What a coach would be shown when it is found.
    """

    name: str
    speaker: LabelSpeaker
    family: Family
    definition: str
    example: str
    coaching: str

    @property
    def title(self) -> str:
        """The name as a person would write it."""
        return self.name.replace("_", " ")

    @property
    def noun(self) -> str:
        """What was found, as the subject of a sentence."""
        return _NOUNS.get(self.name, self.title)


@dataclass(frozen=True, slots=True)
class OpportunityKind:
    """One kind of recovery opportunity.

    Attributes:
        name: As it stands in the corpus and in reports.
        opens_when: Completes "the customer ...".
        seized_when: Completes "the agent ...".
        cues: The cues that open it.
        first_half: Moves that answer the person.
        second_half: Moves that answer the matter; empty where one half is the whole answer.
        due: What was due, in plain words, for a coach.
    """

    name: str
    opens_when: str
    seized_when: str
    cues: tuple[str, ...]
    first_half: tuple[str, ...]
    second_half: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True)
class Score:
    """One score of a call: what its ends and its middle mean."""

    name: str
    low: str
    middle: str
    high: str


def _cue(name: str, definition: str, example: str, coaching: str) -> Label:
    return Label(name, "customer", "cue", definition, example, coaching)


def _care(name: str, definition: str, example: str, coaching: str) -> Label:
    return Label(name, "agent", "care", definition, example, coaching)


def _flag(family: Family, name: str, definition: str, example: str, coaching: str) -> Label:
    return Label(name, "agent", family, definition, example, coaching)


CUES: tuple[Label, ...] = (
    _cue(
        "frustration",
        "is annoyed, angry, exasperated or bitterly sarcastic",
        "Oh, brilliant, so I get to explain it all again.",
        "Name the annoyance and what caused it before the next question.",
    ),
    _cue(
        "distress",
        "is worried, afraid, sad, panicked, overwhelmed or ashamed",
        "I opened the letter and went cold, I don't know what to do.",
        "Slow down. Say what you hear, then say what is safe or certain in this case.",
    ),
    _cue(
        "hardship",
        "discloses a vulnerable situation: bereavement, illness, disability, job loss, money "
        "trouble, danger, caring for someone",
        "My husband passed in June and the account was in his name.",
        "Answer the person first, then change what you do because of what they told you.",
    ),
    _cue(
        "effort",
        "complains of the work the company makes: repeat contacts, transfers, hold time, "
        "repeating details, forms",
        "You're the fourth person I've told this to.",
        "Take the work over: read the history, and do the next step for them.",
    ),
    _cue(
        "broken_promise",
        "reports that the company did not do what it said: no callback, no refund, wrong "
        "information, missed visit",
        "She said somebody would ring on Tuesday and nobody did.",
        "Own it as the company's promise, then make good on it now.",
    ),
    _cue(
        "churn_risk",
        "threatens or announces leaving, cancelling, switching, a bad review, a chargeback, a "
        "regulator, a lawyer",
        "I'll take my business somewhere that answers the phone.",
        "Ask for the reason, and answer the reason, not the threat.",
    ),
    _cue(
        "escalation",
        "asks for a supervisor or manager, or to make a formal complaint",
        "I want to speak to whoever is in charge.",
        "Say you will, and ask what you could put right first.",
    ),
    _cue(
        "loyalty",
        "mentions being a long-standing, frequent or faithful customer",
        "We've been with you since ninety-eight.",
        "Say that you noticed, and let it count for something.",
    ),
    _cue(
        "confusion",
        "does not understand, is lost, asks again what was just said",
        "Sorry, I'm lost, which number am I meant to be looking at?",
        "Say it again in other words, one step at a time.",
    ),
    _cue(
        "gratitude",
        'thanks or praises beyond a plain "thanks"; is relieved or delighted',
        "Oh, you've made my day, honestly.",
        "Accept it warmly; this is the moment to deepen it.",
    ),
)

CARE: tuple[Label, ...] = (
    _care(
        "empathy",
        "names or validates what THIS customer feels or goes through",
        "Three calls about one bill, I would be fed up too.",
        "Well done: the feeling was named in words that fit this customer.",
    ),
    _care(
        "apology",
        "apologises and the company or agent takes responsibility",
        "I'm sorry, we got that wrong.",
        "Well done: an apology with an owner.",
    ),
    _care(
        "active_listening",
        "plays back or checks the customer's own point in the agent's words",
        "So it left you on the eleventh, and it never showed up there.",
        "Well done: the customer could hear that they were heard.",
    ),
    _care(
        "open_question",
        "asks to learn about the situation or its impact, beyond identity and form-filling",
        "What has that meant for you this week?",
        "Well done: a question about the person's situation, not about the form.",
    ),
    _care(
        "ownership",
        "commits in the first person to a concrete act",
        "I'm calling the depot now and I'll ring you by three.",
        "Well done: who does what, by when, in the first person.",
    ),
    _care(
        "remedy",
        "offers or performs a concrete fix or amends: refund, credit, waiver, replacement, "
        "exception, fast-track",
        "I've taken the fee off, and the new one goes out tonight.",
        "Well done: something concrete was put right.",
    ),
    _care(
        "reassurance",
        "calms or comforts with something that is true of this case",
        "You won't be charged while we look at this.",
        "Well done: comfort that rests on a fact of the case.",
    ),
    _care(
        "expectation",
        "says plainly why something happened, or what happens next and when",
        "It will be with you on Thursday before noon.",
        "Well done: the customer knows what comes next and when.",
    ),
    _care(
        "rapport",
        "treats the customer as a person: warmth, humour, a tailored suggestion, remembering "
        "what was said",
        "Give that puppy a biscuit from me.",
        "Well done: a moment between two people.",
    ),
    _care(
        "loyalty_thanks",
        "recognises the customer's loyalty or history with the company",
        "Twelve years, thank you for sticking with us.",
        "Well done: their history was seen.",
    ),
    _care(
        "appreciation",
        "thanks the customer for patience, for calling, for pointing something out, in this "
        "context (not a stock closing)",
        "Thank you for telling me about the leak, that saves the next family.",
        "Well done: thanks for something the customer really did.",
    ),
    _care(
        "follow_up",
        "arranges a specific later check, or checks that everything is really solved before "
        "closing",
        "I'll ring you Friday morning to see that it arrived.",
        "Well done: nobody will have to call again to find out.",
    ),
)

FLAGS: tuple[Label, ...] = (
    _flag(
        "scripted",
        "boilerplate",
        "says a stock line in its routine place: greeting, recording notice, hold line, closing, "
        "survey, mandatory disclosure",
        "Thank you for calling, this call may be recorded.",
        "Routine: no harm where it stands.",
    ),
    _flag(
        "scripted",
        "canned",
        "says a stock line in place of a real answer to what this customer just said, or repeats "
        "the same line",
        "I understand your frustration, your call is important to us.",
        "Leave the line out and answer what this customer just said.",
    ),
    _flag(
        "scripted",
        "sterile",
        "speaks bureaucratically, as if processing a case",
        "The matter has been actioned as per policy for the account holder.",
        "Say it as you would to a neighbour: who did what, for you.",
    ),
    _flag(
        "scripted",
        "hollow_apology",
        "apologises without responsibility",
        "We apologise for any inconvenience this may have caused.",
        "Say what went wrong and that it was ours, or leave the apology out.",
    ),
    _flag(
        "uncaring",
        "indifferent",
        "shows no reaction to an expressed feeling or hardship and carries on",
        "Okay. Account number?",
        "One sentence for what they just told you, and only then the number.",
    ),
    _flag(
        "uncaring",
        "deflecting",
        "refuses ownership: not my department, nothing I can do, that's the system, blames "
        "another team",
        "That's billing, there's nothing I can do from here.",
        "Say what you can do, and bring in whoever can do the rest.",
    ),
    _flag(
        "uncaring",
        "hoops",
        "puts work on the customer that the agent could do or avoid: call another number, start "
        "over, repeat details already given",
        "You'll have to ring the other number and start again.",
        "Do it for them, or warm-transfer with the story told.",
    ),
    _flag(
        "uncaring",
        "empty_promise",
        "promises vaguely",
        "Someone will get back to you.",
        "Name who, what and when, or do not promise.",
    ),
    _flag(
        "uncaring",
        "hurried",
        "treats the customer as an interruption: rushes, cuts off, ends early, complains about "
        "other callers",
        "Look, I've got a queue here, what is it you need?",
        "Give the minute; a second call costs ten.",
    ),
    _flag(
        "dismissive",
        "dismissive",
        "minimises or brushes off",
        "It's only a few dollars, that's normal.",
        "Take its size from the customer: ask what it means for them.",
    ),
    _flag(
        "dismissive",
        "condescending",
        "talks down, lectures, blames or implies that the customer is stupid or lying",
        "As I already explained, you should have read the terms.",
        "Assume they are right until shown otherwise, and explain without blame.",
    ),
    _flag(
        "dismissive",
        "hostile",
        "is rude, argues, threatens to hang up, mocks, swears",
        "If you keep on like that I'm ending the call.",
        "Lower your voice, say what you can do, and ask for help if you need it.",
    ),
    _flag(
        "dismissive",
        "pushy",
        "presses a sale or retention pitch against the customer's stated wish, or at a moment of "
        "distress",
        "Before I cancel that, can I interest you in our premium plan?",
        "Do what they asked first; offer only what fits what they told you.",
    ),
)

LABELS: tuple[Label, ...] = CUES + CARE + FLAGS
BY_NAME: dict[str, Label] = {label.name: label for label in LABELS}

CUE_NAMES: tuple[str, ...] = tuple(label.name for label in CUES)
CARE_NAMES: tuple[str, ...] = tuple(label.name for label in CARE)
FLAG_NAMES: tuple[str, ...] = tuple(label.name for label in FLAGS)
LABEL_NAMES: tuple[str, ...] = CUE_NAMES + CARE_NAMES + FLAG_NAMES

FLAG_FAMILIES: dict[str, tuple[str, ...]] = {
    family: tuple(label.name for label in FLAGS if label.family == family)
    for family in ("scripted", "uncaring", "dismissive")
}
HARMFUL: tuple[str, ...] = tuple(name for name in FLAG_NAMES if name != "boilerplate")

OPPORTUNITY_KINDS: tuple[OpportunityKind, ...] = (
    OpportunityKind(
        "emotion",
        "shows frustration or distress",
        "names the feeling or comforts, and adapts",
        ("frustration", "distress", "confusion"),
        ("empathy", "reassurance", "active_listening", "apology", "rapport"),
        (),
        "name the feeling in your own words, and let it change what you do next",
    ),
    OpportunityKind(
        "hardship",
        "discloses a vulnerable situation",
        "responds to the person first, then accommodates",
        ("hardship", "distress"),
        ("empathy", "reassurance", "rapport", "open_question"),
        ("ownership", "remedy", "reassurance", "expectation", "follow_up"),
        "answer the person first, then make the process fit their situation",
    ),
    OpportunityKind(
        "failure",
        "reports that the company failed (fault, error, delay, broken promise)",
        "apologises with responsibility AND moves to a remedy",
        ("broken_promise", "frustration"),
        ("apology",),
        ("remedy", "ownership"),
        "apologise as the one responsible, and put it right or start to, in the same breath",
    ),
    OpportunityKind(
        "effort",
        "complains of repeat contacts, transfers, hoops",
        "takes the work over",
        ("effort", "frustration"),
        ("ownership", "remedy", "follow_up"),
        (),
        "take the work over: do the next step yourself and say so",
    ),
    OpportunityKind(
        "churn",
        "threatens to leave or escalate",
        "listens to the reason and answers it, without pushing",
        ("churn_risk", "escalation"),
        ("open_question", "active_listening", "empathy", "apology"),
        ("remedy", "ownership", "expectation"),
        "ask what brought them to this, and answer that reason without pressing",
    ),
    OpportunityKind(
        "loyalty",
        "mentions history with the company",
        "recognises it and acts on it",
        ("loyalty",),
        ("loyalty_thanks", "appreciation", "rapport"),
        ("remedy", "ownership"),
        "say that their history was noticed, and let it count for something",
    ),
    OpportunityKind(
        "delight",
        "is pleased, or has a need that a fitting suggestion would serve",
        "deepens it: a tailored tip or offer, thanks, an invitation",
        ("gratitude",),
        ("rapport", "appreciation", "remedy", "loyalty_thanks", "follow_up"),
        (),
        "deepen the good moment: a tip or offer made for them, thanks, an invitation",
    ),
)
KINDS_BY_NAME: dict[str, OpportunityKind] = {kind.name: kind for kind in OPPORTUNITY_KINDS}
KIND_NAMES: tuple[str, ...] = tuple(kind.name for kind in OPPORTUNITY_KINDS)

OUTCOMES: tuple[Literal["seized", "partial", "missed"], ...] = ("seized", "partial", "missed")
RESOLUTIONS: tuple[str, ...] = ("resolved", "partial", "unresolved")

SCORES: tuple[Score, ...] = (
    Score(
        "empathy",
        "cold or hurtful throughout",
        "polite, routine, no harm and little care",
        "attuned: the customer is heard, and it shapes what is done",
    ),
    Score("respect", "belittled", "civil", "dignity kept even in conflict"),
    Score(
        "ownership",
        "passed on, nobody answers for it",
        "does the job asked",
        "makes it their own until done",
    ),
    Score("ease", "many hoops", "ordinary effort", "everything taken off the customer"),
    Score(
        "resolution",
        "nothing solved",
        "partly solved or a clear next step",
        "solved, and amends made where due",
    ),
    Score("human", "reads a script", "mixed", "talks like a person to a person"),
    Score(
        "csat",
        "the customer would rate 1",
        "the customer would rate 3",
        "the customer would rate 5",
    ),
)
SCORE_NAMES: tuple[str, ...] = tuple(score.name for score in SCORES)

SENTIMENTS: tuple[int, ...] = (-2, -1, 0, 1, 2)

ANSWER_WITHIN_AGENT_TURNS = 6
"""An answer that comes more than this many agent turns later is `partial` at best."""


def labels_for(speaker: str) -> tuple[str, ...]:
    """Names of the labels that turns of this speaker can carry; none for `other`."""
    if speaker == "customer":
        return CUE_NAMES
    if speaker == "agent":
        return CARE_NAMES + FLAG_NAMES
    return ()


def from_points(points: float) -> float:
    """A codebook score of 1 to 5 on the reports' scale of 0 to 100."""
    return (points - 1.0) * 25.0


def to_points(score: float) -> float:
    """A report's score of 0 to 100 on the codebook's scale of 1 to 5."""
    return score / 25.0 + 1.0
