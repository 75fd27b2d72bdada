"""A call as one spaCy Doc, what was found as span groups on it, and the pipeline component.

Span groups: `turns` (labelled with the speaker), `sentences`, `flags`, `cues`, `care` (labelled
with the codebook's labels). The `id` of a span is the number of its turn, from 1. How sure each
finding is stands in the group's `attrs["scores"]`, in the order of its spans, where spaCy's own
span categorizer keeps it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import minibatch

from analyzer.call import Call, Turn
from analyzer.readers.speakers import role_of
from analyzer.report import CallReport
from analyzer.segmentation import offsets_of, segment, sentences_of

if TYPE_CHECKING:
    from analyzer.pipeline import Analyzer

__all__ = [
    "EmpathyAnalyzer",
    "annotate",
    "call_of",
    "doc_of",
    "make_empathy_analyzer",
    "render",
    "sentences_of",
]

TURNS, SENTENCES = "turns", "sentences"
FLAGS, CUES, CARE = "flags", "cues", "care"

COLOURS: dict[str, str] = {
    "cue": "#8ecae6",
    "care": "#a7d49b",
    "scripted": "#ffd166",
    "uncaring": "#f4a259",
    "dismissive": "#ef767a",
}

_REPORT, _OFFSETS, _CALL_ID = "analyzer_report", "analyzer_turn_offsets", "analyzer_call_id"


def doc_of(call: Call, nlp: Language | None = None) -> Doc:
    """The call as one Doc, a turn a line, with the span groups `turns` and `sentences`.

    Args:
        call: The call.
        nlp: Whose vocabulary and tokenizer to use; a blank English one by default.

    Returns:
        A Doc whose text is the turns' texts. Blank turns have no span.
    """
    texts = [turn.text for turn in call.turns]
    doc, turns, sentences = segment(texts, nlp)
    spans = [
        Span(doc, first, last, label=turn.speaker, span_id=number)
        for number, (turn, (first, last)) in enumerate(zip(call.turns, turns, strict=True), 1)
        if last > first
    ]
    _set_group(doc, TURNS, spans)
    _set_group(
        doc,
        SENTENCES,
        [
            Span(doc, first, last, label=turn.speaker, span_id=number)
            for number, (turn, found) in enumerate(zip(call.turns, sentences, strict=True), 1)
            for first, last in found
        ],
    )
    doc.user_data[_OFFSETS] = offsets_of(texts)
    doc.user_data[_CALL_ID] = call.id
    return doc


def call_of(doc: Doc) -> Call | None:
    """The call that a Doc holds: the reverse of `doc_of`, for a Doc from anywhere.

    Turns are taken from the span group `turns`; without one, from lines that start with a speaker
    (``Agent: ...``), and the group is made; without those, the whole Doc is one agent turn.

    Returns:
        The call, or None where the Doc has no words.
    """
    if not doc.spans.get(TURNS):
        _find_turns(doc)
    turns: list[Turn] = []
    for number, span in _numbered_turns(doc):
        # A turn without words has no span, but keeps its number.
        turns += [Turn(speaker="other", text="")] * (number - 1 - len(turns))
        turns.append(
            Turn(speaker=role_of(span.label_) or "other", text=_text_of(doc, number, span))
        )
    return Call(id=doc.user_data.get(_CALL_ID) or "doc", turns=turns) if turns else None


def annotate(doc: Doc, report: CallReport) -> Doc:
    """Write a report onto the Doc of its call: the span groups `flags`, `cues` and `care`.

    Args:
        doc: The Doc of the call, with the span group `turns`.
        report: What was found in the call; also kept as `doc._.call_report`.

    Returns:
        The same Doc.

    Raises:
        ValueError: If the report is of another call.
    """
    starts = dict(_turn_starts(doc))
    for name, findings in ((FLAGS, report.flags), (CUES, report.cues), (CARE, report.care)):
        spans = [
            _span(doc, starts.get(one.turn), one.start_char, one.end_char, one.label, one.turn)
            for one in findings
        ]
        _set_group(doc, name, spans, scores=[finding.confidence for finding in findings])
    doc._.call_report = report
    return doc


def render(doc: Doc, group: str = FLAGS, **options: Any) -> str:
    """Draw a span group with displaCy, in the colours of the label's family.

    Args:
        doc: A Doc with the group.
        group: `flags`, `cues` or `care`.
        options: Passed on to `displacy.render`, such as ``jupyter=False`` or ``page=True``.

    Returns:
        HTML; in a notebook it is shown instead.
    """
    from analyzer.codebook import LABELS

    colours = {label.name.upper(): COLOURS[label.family] for label in LABELS}
    drawn = displacy.render(
        doc, style="span", options={"spans_key": group, "colors": colours}, **options
    )
    return drawn or ""


@Language.factory(
    "empathy_analyzer",
    default_config={"model": None},
    assigns=["doc._.call_report", "doc.spans"],
)
def make_empathy_analyzer(nlp: Language, name: str, model: str | None) -> EmpathyAnalyzer:
    """Make the pipeline component `empathy_analyzer`; spaCy calls this.

    Args:
        nlp: The pipeline it joins.
        name: Its name in the pipeline.
        model: Folder of a model; the bundled one by default.
    """
    return EmpathyAnalyzer(name, model)


class EmpathyAnalyzer:
    """Pipeline component that reads a Doc as a call and writes onto it what was found.

    ``spacy.blank("en").add_pipe("empathy_analyzer")``; see `call_of` for which Docs it can read
    and `annotate` for what it writes. The model loads when the first Doc comes.

    Args:
        name: Its name in the pipeline.
        model: Folder of a model; the bundled one by default.
    """

    def __init__(self, name: str = "empathy_analyzer", model: str | Path | None = None) -> None:
        self.name = name
        self.model = model
        self._analyzer: Analyzer | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Analyse one Doc and annotate it."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Analyse Docs in batches and yield them annotated, in order."""
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            calls = [call_of(doc) for doc in docs]
            reports = self._reports([call for call in calls if call is not None])
            for doc, call in zip(docs, calls, strict=True):
                if call is None:
                    for name in (TURNS, SENTENCES, FLAGS, CUES, CARE):
                        _set_group(doc, name, [])
                else:
                    _find_sentences(doc, call)
                    annotate(doc, next(reports))
                yield doc

    def _reports(self, calls: list[Call]) -> Iterator[CallReport]:
        """Reports in the order of the calls, also where only one side speaks.

        Such a text is no call that can be scored fairly, but what is found in it still counts.
        """
        if self._analyzer is None:
            from analyzer.pipeline import Analyzer

            self._analyzer = Analyzer.load(self.model)
        judge, tagger = self._analyzer.judge, self._analyzer.tagger
        talks = [call for call in calls if _is_talk(call)]
        speeches = [call for call in calls if not _is_talk(call)]
        of_talks = self._analyzer.analyze_many(talks)
        of_speeches = map(judge.report, speeches, tagger.tag_many(speeches))
        for call in calls:
            yield next(of_talks if _is_talk(call) else of_speeches)


def _is_talk(call: Call) -> bool:
    return {"agent", "customer"} <= {turn.speaker for turn in call.turns if turn.text.strip()}


def _set_group(doc: Doc, name: str, spans: list[Span], **attrs: Any) -> None:
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans, attrs=attrs)


def _find_turns(doc: Doc) -> None:
    from analyzer.lines import spoken_lines

    found = [
        (span, speaker)
        for start, end, speaker in spoken_lines(doc.text)
        if (span := doc.char_span(start, end, alignment_mode="expand")) is not None
    ]
    _set_group(
        doc,
        TURNS,
        [
            Span(doc, span.start, span.end, label=speaker, span_id=number)
            for number, (span, speaker) in enumerate(found, 1)
        ],
    )


def _find_sentences(doc: Doc, call: Call) -> None:
    if doc.spans.get(SENTENCES):
        return
    starts = dict(_turn_starts(doc))
    spans = [
        _span(doc, starts.get(number), first, last, call.turns[number - 1].speaker, number)
        for number, sentences in enumerate(sentences_of(call), 1)
        for first, last in sentences
    ]
    _set_group(doc, SENTENCES, spans)


def _numbered_turns(doc: Doc) -> list[tuple[int, Span]]:
    """The spans of the turns, by their ids where they have such, else as they stand."""
    spans = sorted(doc.spans[TURNS], key=lambda span: span.start)
    ids = [span.id for span in spans]
    numbered = bool(ids) and ids[0] > 0 and all(a < b for a, b in pairwise(ids))
    return list(zip(ids, spans, strict=True)) if numbered else list(enumerate(spans, 1))


def _turn_starts(doc: Doc) -> Iterator[tuple[int, int]]:
    """The number of each turn, and the character of the Doc at which its text starts."""
    offsets = doc.user_data.get(_OFFSETS)
    for number, span in _numbered_turns(doc):
        yield number, offsets[number - 1] if offsets else span.start_char


def _text_of(doc: Doc, number: int, span: Span) -> str:
    """The turn's text, with the white space around it where the Doc was made by `doc_of`."""
    offsets = doc.user_data.get(_OFFSETS)
    if not offsets:
        return str(span.text)
    end = offsets[number] - 1 if number < len(offsets) else len(doc.text)
    return str(doc.text[offsets[number - 1] : end])


def _span(doc: Doc, turn_start: int | None, first: int, last: int, label: str, turn: int) -> Span:
    """The words from one character of a turn to another."""
    span = None
    if turn_start is not None:
        start, end = turn_start + first, turn_start + last
        span = doc.char_span(start, end, label=label, span_id=turn, alignment_mode="expand")
    if span is None:
        raise ValueError(f"turn {turn} of the report does not fit the Doc: is it of another call?")
    return span


def _get_report(doc: Doc) -> CallReport | None:
    # Kept as JSON, so that a Doc with a report can be stored and sent between processes.
    kept = doc.user_data.get(_REPORT)
    return None if kept is None else CallReport.model_validate_json(kept)


def _set_report(doc: Doc, report: CallReport) -> None:
    doc.user_data[_REPORT] = report.model_dump_json()


Doc.set_extension("call_report", getter=_get_report, setter=_set_report, force=True)
