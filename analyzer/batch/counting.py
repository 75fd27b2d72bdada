"""How many calls an input holds, found out while the first of them are scored."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.batch.progress import Progress
from analyzer.errors import AnalyzerError
from analyzer.readers.reading import readings


def count_ahead(sources: Sequence[str], options: Mapping[str, Any], progress: Progress) -> None:
    """Read the input once more beside the run, only to set `progress.total`.

    Reading takes about a hundredth of the time of scoring. What can be read only once (standard
    input, a pipe) or only from afar is not counted.
    """
    if any(map(_cannot_be_read_twice, sources)):
        return

    def count() -> None:
        total = 0
        try:
            for _ in readings(sources, **options):
                total += 1
                if progress.total is not None:  # the run itself came to the end first
                    return
        except (AnalyzerError, OSError):
            return
        progress.total = total

    threading.Thread(target=count, daemon=True).start()


def _cannot_be_read_twice(source: str) -> bool:
    if source == "-" or "://" in source:
        return True
    return os.path.exists(source) and not (os.path.isfile(source) or os.path.isdir(source))
