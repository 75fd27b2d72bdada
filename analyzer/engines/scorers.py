"""What scores, and how it is told from another: for workers that load it themselves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analyzer.errors import ModelError

if TYPE_CHECKING:
    from analyzer.batch.scoring import Scorer

_MODEL_FILES = ("*.json", "*.npz", "*.safetensors")


class Recipe(Protocol):
    """How to come by a scorer, in another process or on another machine; can be pickled."""

    def __call__(self) -> Scorer:
        """Load it."""

    @property
    def identity(self) -> str:
        """Tells what is loaded."""


@dataclass(frozen=True)
class Stored:
    """An analyzer on disk.

    Attributes:
        model: Its folder; the bundled model by default.
        scripts: A file of house scripts.
    """

    model: Path | None = None
    scripts: Path | None = None

    def __call__(self) -> Scorer:
        """Load it."""
        from analyzer.pipeline import Analyzer
        from analyzer.scripts import ScriptBook

        book = ScriptBook.load(self.scripts) if self.scripts else None
        return Analyzer.load(self.model, scripts=book)

    @property
    def identity(self) -> str:
        """A digest of the model's files and the scripts.

        Raises:
            ModelError: If there is no model.
            ReadError: If the file of scripts is missing or is none.
        """
        from analyzer.bundled import bundled_model
        from analyzer.scripts import ScriptBook

        folder = self.model or bundled_model()
        files = sorted(path for kind in _MODEL_FILES for path in folder.glob(kind))
        if not files:
            raise ModelError(
                "holds no model.",
                source=str(folder),
                remedy="Name the folder of a trained model, or leave --model out.",
            )
        if self.scripts:
            ScriptBook.load(self.scripts)  # what is wrong with it is told before any work is done
            files.append(self.scripts)
        digest = hashlib.blake2b(digest_size=16)
        for path in files:
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel with absolute paths: a worker's working folder may be another."""
        return Stored, (
            self.model and self.model.absolute(),
            self.scripts and self.scripts.absolute(),
        )


def identity_of(scorer: Scorer) -> str:
    """Tells what a loaded scorer is."""
    judge = getattr(scorer, "judge", None)
    scripts = getattr(scorer, "scripts", None)
    if judge is None:
        return type(scorer).__name__
    told = [judge.model_dump_json(), None if scripts is None else scripts.model_dump_json()]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
