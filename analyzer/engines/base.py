"""What an engine is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.batch.chunks import Chunk
    from analyzer.batch.parts import Parts
    from analyzer.batch.progress import Tally
    from analyzer.scripts import ScriptBook


class Engine(ABC):
    """Scores chunks somewhere and keeps what became of them.

    Attributes:
        identity: Tells what scores: two engines of the same identity make the same reports.
        scripts: The house scripts that are known beforehand, or their file.
    """

    identity: str
    scripts: ScriptBook | Path | None = None

    @abstractmethod
    def score(
        self, chunks: Iterator[Chunk], parts: Parts, *, text: bool
    ) -> Generator[Tally, None, None]:
        """Score chunks, in any order, and write each into `parts`.

        Args:
            chunks: What to score, read lazily: only a few are held at a time.
            parts: Where to keep what became of them.
            text: Whether what was said may stand in the reports.

        Yields:
            The tally of each chunk when its part is written.

        Raises:
            AnalyzerError: If nothing can be scored at all (no model), or parts cannot be written.
        """
