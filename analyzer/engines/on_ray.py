"""A Ray cluster: the work of one chunk is a row of a Ray dataset, scored by a pool of actors.

The results' folder must be on storage that every machine of the cluster sees under the same name,
and the package must be installed on each. Chunks wait there until they are scored, and parts are
written there as they are by the local engine. A worker that dies is replaced and its chunk scored
again.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from analyzer import errors
from analyzer.engines.base import Engine
from analyzer.engines.local import use_one_core
from analyzer.engines.scorers import Recipe
from analyzer.errors import AnalyzerError, UsageError

if TYPE_CHECKING:
    from analyzer.batch.chunks import Chunk
    from analyzer.batch.parts import Parts
    from analyzer.batch.progress import Tally


class RayEngine(Engine):
    """Scores on a Ray cluster.

    Args:
        recipe: Loads what scores, on each worker.
        workers: Actors; one a GPU by default, or one a core where the cluster has no GPU.
        address: ``HOST:PORT`` or ``ray://HOST:PORT`` of a cluster; by default one is started on
            this machine and ended with the run.

    Raises:
        UsageError: If Ray is not installed.
    """

    def __init__(
        self, recipe: Recipe, workers: int | None = None, *, address: str | None = None
    ) -> None:
        _ray()
        self.identity = recipe.identity
        self.scripts = getattr(recipe, "scripts", None)
        self.workers = workers
        self.address = address
        self._recipe = recipe

    def score(
        self, chunks: Iterator[Chunk], parts: Parts, *, text: bool
    ) -> Generator[Tally, None, None]:
        """Score chunks and write each into `parts`; see `Engine.score`."""
        ray: Any = _ray()

        from analyzer.batch.parts import Parts
        from analyzer.batch.progress import Tally

        shared = Parts(parts.folder.parent.absolute())
        names = [shared.stage(chunk) for chunk in chunks]
        if not names:
            return
        with _connected(self.address):
            gpus = int(ray.cluster_resources().get("GPU", 0))
            cpus = int(ray.cluster_resources().get("CPU", 1))
            workers = self.workers or gpus or cpus
            scored = ray.data.from_items(
                [{"name": name} for name in names], override_num_blocks=len(names)
            ).map(
                _Worker,
                fn_constructor_args=(self._recipe, shared, text),
                concurrency=min(workers, len(names)),
                num_cpus=0 if gpus else 1,
                num_gpus=1 if gpus else 0,
            )
            for row in scored.iter_rows():
                if row["error"]:
                    raise _error_of(row["error"])
                yield Tally(**row["tally"])


class _Worker:
    """An actor of the pool: loads the model once, then scores chunk after chunk."""

    def __init__(self, recipe: Recipe, parts: Parts, text: bool) -> None:
        self._recipe, self._parts, self._text = recipe, parts, text
        self._scorer: Any = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        from analyzer.batch.progress import Tally

        try:
            found = self._parts.staged(row["name"])
            tally = found if isinstance(found, Tally) else self._score(found)
            self._parts.unstage(row["name"])
        except AnalyzerError as error:
            return {"tally": None, "error": _told(error)}
        return {"tally": asdict(tally), "error": None}

    def _score(self, chunk: Chunk) -> Tally:
        from analyzer.batch.scoring import score_chunk

        if self._scorer is None:
            self._scorer = self._recipe()
            use_one_core()
        return self._parts.write(chunk, score_chunk(self._scorer, chunk, text=self._text))


def _ray() -> Any:
    """Ray, whose types are not of much help here."""
    try:
        importlib.import_module("ray.data")
        return importlib.import_module("ray")
    except ImportError as error:
        raise UsageError(
            "Ray is not installed.", remedy="Install it: pip install 'empathy-analyzer[ray]'."
        ) from error


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    """Connected to the cluster; one that was started here ends with the block."""
    ray: Any = _ray()
    # Nothing leaves the machine: Ray would tell its makers that it is used.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ours = not ray.is_initialized()
    if ours:
        try:
            ray.init(
                address or "local",
                log_to_driver=False,
                logging_level="ERROR",
                **({} if address else {"include_dashboard": False}),
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"the Ray cluster cannot be reached ({str(error).splitlines()[0]}).",
                source=address,
                remedy="Check the address, and that `ray status` shows the cluster.",
            ) from error
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    try:
        yield
    finally:
        if ours:
            ray.shutdown()


def _told(error: AnalyzerError) -> dict[str, str | None]:
    return {
        "kind": type(error).__name__,
        "problem": error.problem,
        "source": error.source,
        "place": error.place,
        "remedy": error.remedy,
    }


def _error_of(told: dict[str, str | None]) -> AnalyzerError:
    kind: type[AnalyzerError] = getattr(errors, told["kind"] or "", AnalyzerError)
    return kind(
        told["problem"] or "", source=told["source"], place=told["place"], remedy=told["remedy"]
    )
