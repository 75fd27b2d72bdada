"""The folder beside a page of very many calls: its transcripts, which the page reads as needed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from analyzer.files import PARTIAL, clear_errors

_WHAT = "the report"
_CHUNK = re.compile(r"calls-\d+\.js")


class TranscriptFolder:
    """The folder of a page, written as the calls come: a context manager, whole or not there.

    Args:
        page: The page's file.

    Attributes:
        name: The folder's name.
        chunks: How many chunks it holds.
    """

    def __init__(self, page: Path) -> None:
        self.name = f"{page.stem}_files"
        self.chunks = 0
        self._page = page
        self._partial = page.with_name(self.name + PARTIAL)

    def __enter__(self) -> Self:
        shutil.rmtree(self._partial, ignore_errors=True)  # of a run that was killed here
        return self

    def write(self, chunks: Sequence[str]) -> None:
        """Write further chunks of packed calls.

        Raises:
            OutputError: If they cannot be written.
        """
        with clear_errors(self._page, _WHAT):
            self._partial.mkdir(exist_ok=True)
            for number, chunk in enumerate(chunks, self.chunks):
                (self._partial / f"calls-{number}.js").write_text(
                    f'analyzerCalls({number},"{chunk}");', encoding="ascii"
                )
        self.chunks += len(chunks)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            with clear_errors(self._page, _WHAT):
                remove_transcripts(self._page)
                if self.chunks:
                    self._partial.replace(self._page.with_name(self.name))
        shutil.rmtree(self._partial, ignore_errors=True)


def remove_transcripts(page: Path) -> None:
    """Remove the folder of an earlier, larger page of this name; any other folder stays."""
    folder = page.with_name(f"{page.stem}_files")
    if folder.is_dir() and all(map(_is_ours, folder.iterdir())):
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    """A chunk of transcripts, or what macOS puts into every folder that somebody looks at."""
    return bool(_CHUNK.fullmatch(path.name)) or path.name == ".DS_Store"
