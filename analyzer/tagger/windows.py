"""A conversation cut into windows that an encoder can read.

A window packs as many whole turns as fit, each behind a marker that says who speaks, and begins
with the turns before it as context. Each word piece is thus encoded about once, yet every turn is
read within its conversation. In training, some calls are read turn by turn instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.call import Call, Speaker
from analyzer.tagger.placeholders import without_placeholders
from analyzer.tagger.word_pieces import WordPieces

MARKERS: dict[Speaker, str] = {
    "agent": "[AGENT]",
    "customer": "[CUSTOMER]",
    "other": "[OTHER]",
}

SentenceSpans = Sequence[Sequence[tuple[int, int]]]
"""For each turn of a call, where its sentences start and end in the turn's text."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How a call is cut.

    Attributes:
        pieces: Word pieces a window holds at most, markers and frame included.
        context: Word pieces of earlier turns a window begins with at most.
    """

    pieces: int = 192
    context: int = 64


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one turn, no longer than a window: the unit of packing.

    Attributes:
        turn: Index of the turn in the call, from 0.
        speaker: Who speaks.
        sentences: Index of each sentence in the turn, with its word pieces.
    """

    turn: int
    speaker: Speaker
    sentences: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def length(self) -> int:
        """Word pieces with the marker."""
        return 1 + sum(len(pieces) for _, pieces in self.sentences)


@dataclass(slots=True)
class Window:
    """What the encoder reads in one go.

    Attributes:
        tokens: Word pieces with frame and markers.
        sentences: One row a sentence to label: turn, sentence in the turn, place of the turn's
            marker, first word piece, one past the last.
    """

    tokens: list[int] = field(default_factory=list)
    sentences: list[tuple[int, int, int, int, int]] = field(default_factory=list)


class WindowMaker:
    """Cuts calls into windows.

    Args:
        tokenizer: It knows `MARKERS` as special tokens.
        settings: Sizes.
    """

    def __init__(self, tokenizer: WordPieces, settings: WindowSettings) -> None:
        self.settings = settings
        self._tokenizer = tokenizer
        self._markers: dict[Speaker, int] = {
            speaker: tokenizer.number_of(marker) for speaker, marker in MARKERS.items()
        }

    def windows(self, call: Call, sentences: SentenceSpans) -> list[Window]:
        """The windows of one call, in order; every sentence is labelled in exactly one."""
        return list(self._pack(list(self._passages(call, sentences))))

    def single_turns(self, call: Call, sentences: SentenceSpans) -> list[Window]:
        """Every turn in a window of its own (a very long one in several)."""
        passages = self._passages(call, sentences)
        return [self._window([passage], labelled_from=0) for passage in passages]

    def _passages(self, call: Call, sentences: SentenceSpans) -> Iterator[Passage]:
        texts = [
            without_placeholders(turn.text[start:end])
            for turn, spans in zip(call.turns, sentences, strict=True)
            for start, end in spans
        ]
        if not texts:
            return
        encoded = self._tokenizer.of(texts)
        room = self.settings.pieces - self.settings.context - 3
        position = 0
        for number, (turn, spans) in enumerate(zip(call.turns, sentences, strict=True)):
            passage: list[tuple[int, tuple[int, ...]]] = []
            used = 0
            for index in range(len(spans)):
                pieces = tuple(encoded[position][:room])
                position += 1
                if passage and used + len(pieces) > room:
                    yield Passage(number, turn.speaker, tuple(passage))
                    passage, used = [], 0
                passage.append((index, pieces))
                used += len(pieces)
            if passage:
                yield Passage(number, turn.speaker, tuple(passage))

    def _pack(self, passages: Sequence[Passage]) -> Iterator[Window]:
        first = 0
        while first < len(passages):
            begin = self._context_before(passages, first)
            used = 2 + sum(passage.length for passage in passages[begin:first])
            last = first
            while last < len(passages) and used + passages[last].length <= self.settings.pieces:
                used += passages[last].length
                last += 1
            yield self._window(passages[begin:last], labelled_from=first - begin)
            first = last

    def _context_before(self, passages: Sequence[Passage], first: int) -> int:
        begin, used = first, 0
        while begin > 0 and used + passages[begin - 1].length <= self.settings.context:
            begin -= 1
            used += passages[begin].length
        return begin

    def _window(self, passages: Sequence[Passage], labelled_from: int) -> Window:
        window = Window(tokens=[self._tokenizer.start])
        for number, passage in enumerate(passages):
            marker_at = len(window.tokens)
            window.tokens.append(self._markers[passage.speaker])
            for index, pieces in passage.sentences:
                begin = len(window.tokens)
                window.tokens.extend(pieces)
                if number >= labelled_from:
                    window.sentences.append(
                        (passage.turn, index, marker_at, begin, len(window.tokens))
                    )
        window.tokens.append(self._tokenizer.stop)
        return window
