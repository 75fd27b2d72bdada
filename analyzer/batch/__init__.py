"""Many calls at once: from exported transcripts to a folder of results, safely and in order."""

from __future__ import annotations

from analyzer.batch.progress import Progress, Watcher
from analyzer.batch.run import score_files

__all__ = ["Progress", "Watcher", "score_files"]
