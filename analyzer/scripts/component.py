"""House scripts as a component of anyone's spaCy pipeline."""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from analyzer.language import TURNS, call_of
from analyzer.readers.speakers import role_of
from analyzer.scripts.book import ScriptBook
from analyzer.scripts.matching import Match, find_scripts
from analyzer.scripts.words import House

SCRIPTS = "scripts"


@Language.factory(
    "house_scripts", default_config={"path": None, "company": ""}, assigns=["doc.spans"]
)
def make_house_scripts(nlp: Language, name: str, path: str | None, company: str) -> HouseScripts:
    """Make the pipeline component `house_scripts`; spaCy calls this.

    Args:
        nlp: The pipeline it joins.
        name: Its name in the pipeline.
        path: A file that `ScriptBook.save` wrote; without it, nothing is found until the
            component's `book` is set.
        company: Whose scripts to look for.
    """
    return HouseScripts(name, ScriptBook.load(path) if path else ScriptBook(), company)


class HouseScripts:
    """Pipeline component that marks house scripts as the span group `scripts`.

    ``spacy.blank("en").add_pipe("house_scripts", config={"path": "scripts.json"})``. Spans are
    labelled with the script's id and how surely each is a script stands in the group's
    ``attrs["scores"]``. Turns are read as `analyzer.language.call_of` reads them.

    Args:
        name: Its name in the pipeline.
        book: The scripts.
        company: Whose scripts to look for.
    """

    def __init__(
        self, name: str = "house_scripts", book: ScriptBook | None = None, company: str = ""
    ) -> None:
        self.name = name
        self.book = book or ScriptBook()
        self.company = company

    def __call__(self, doc: Doc) -> Doc:
        """Mark the scripts in the agent's turns of one Doc."""
        call = call_of(doc)
        spans: list[Span] = []
        scores: list[float] = []
        # A Doc without turns has been taken for one turn of the agent.
        turns = list(doc.spans.get(TURNS) or ([doc[:]] if call else []))
        for turn in turns:
            if turn.label_ and role_of(turn.label_) != "agent":
                continue
            for match in find_scripts(
                turn.text, self.book, House(company=self.company), leave_out=call
            ):
                span = _span(doc, turn, match)
                if span is not None:
                    spans.append(span)
                    scores.append(match.probability)
        doc.spans[SCRIPTS] = SpanGroup(doc, name=SCRIPTS, spans=spans, attrs={"scores": scores})
        return doc

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Store the book beside the pipeline; spaCy calls this."""
        Path(path).mkdir(parents=True, exist_ok=True)
        self.book.save(Path(path) / "scripts.json")

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> HouseScripts:
        """Load the book stored beside the pipeline; spaCy calls this."""
        self.book = ScriptBook.load(Path(path) / "scripts.json")
        return self


def _span(doc: Doc, turn: Span, match: Match) -> Span | None:
    start = turn.start_char
    return doc.char_span(
        start + match.start,
        start + match.end,
        label=match.script.id,
        span_id=turn.id,
        alignment_mode="expand",
    )
