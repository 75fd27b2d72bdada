"""A Ray cluster: the work of one chunk is a row of a Ray dataset, scored by a pool of actors.

The results' folder must be on storage that every machine of the cluster sees under the same name,
the package of the same version must be installed on each, and its workers must run as the user who
starts the run. Chunks wait in the folder until they are scored, and parts are written there as they
are by the local engine. A worker that dies is replaced and its chunk scored again, a few times.
"""

from __future__ import annotations

import importlib
import os
import socket
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analyzer import errors
from analyzer.engines.base import Engine
from analyzer.engines.local import prepare_torch, use_one_core
from analyzer.engines.scorers import Recipe
from analyzer.errors import AnalyzerError, ModelError, UsageError
from analyzer.files import clear_errors
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.batch.chunks import Chunk
    from analyzer.batch.parts import Parts
    from analyzer.batch.progress import Tally
    from analyzer.batch.scoring import Scorer

_TRIES = 4  # workers that may die over a chunk
_PATIENCE = 10.0  # seconds until an address must answer
_CLIENT_PORT = 10001  # of ray://HOST
_GO_ON = "The same command goes on where this one stopped."


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
        from analyzer.batch.parts import Parts
        from analyzer.batch.progress import Tally

        first = next(chunks, None)
        if first is None:
            return
        shared = Parts(parts.folder.parent.absolute())
        with (
            _connected(self.address),  # first: a wrong address is told before the input is read
            _staged(chain([first], chunks), shared) as names,
            _losses_told(),
        ):
            for row in self._rows(names, shared, text):
                if row["error"]:
                    raise _error_of(row["error"])
                yield Tally(**row["tally"])

    def _rows(self, names: list[str], parts: Parts, text: bool) -> Iterator[dict[str, Any]]:
        """What the workers give back, a row a staged chunk."""
        ray: Any = _ray()
        resources = ray.cluster_resources()
        gpus, cpus = int(resources.get("GPU", 0)), int(resources.get("CPU", 1))
        workers = self.workers or gpus or cpus
        scored = ray.data.from_items(
            [{"name": name} for name in names], override_num_blocks=len(names)
        ).map(
            _Worker,
            fn_constructor_args=(self._recipe, parts, text, (self.identity, __version__), _TRIES),
            concurrency=min(workers, len(names)),
            num_cpus=0 if gpus else 1,
            num_gpus=1 if gpus else 0,
        )
        rows: Iterator[dict[str, Any]] = scored.iter_rows()
        return rows


class _Worker:
    """An actor of the pool: loads the model once, then scores chunk after chunk.

    Args:
        recipe: Loads what scores.
        parts: Where chunks wait and parts are written.
        text: Whether what was said may stand in the reports.
        wanted: Identity and version of what has to score, lest two models' reports be mixed.
        tries: How many workers may take up the same chunk, each after the one before died.
    """

    def __init__(
        self, recipe: Recipe, parts: Parts, text: bool, wanted: tuple[str, str], tries: int
    ) -> None:
        prepare_torch()
        self._recipe, self._parts, self._text = recipe, parts, text
        self._wanted, self._tries = wanted, tries
        self._scorer: Scorer | None = None

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        from analyzer.batch.progress import Tally

        name = row["name"]
        try:
            found = self._parts.staged(name)
            if isinstance(found, Tally):
                tally = found
            else:
                self._count_try(name)
                tally = self._score(found)
            _unstage(self._parts, name)
        except AnalyzerError as error:
            return {"tally": None, "error": _told(error)}
        except Exception as error:  # Ray would log its message, which may hold what was said
            return {"tally": None, "error": _told(_unexpected(error))}
        return {"tally": asdict(tally), "error": None}

    def _score(self, chunk: Chunk) -> Tally:
        from analyzer.batch.scoring import score_chunk

        if self._scorer is None:
            self._check()
            self._scorer = self._recipe()
            use_one_core()
        return self._parts.write(chunk, score_chunk(self._scorer, chunk, text=self._text))

    def _count_try(self, name: str) -> None:
        """Give up a chunk that kills its workers: Ray would start one after another for ever."""
        with (
            clear_errors(self._parts.folder.parent),
            (self._parts.folder / _tries(name)).open("ab") as file,
        ):
            file.write(b".")
            count = file.tell()
        if count > self._tries:
            raise _dying()

    def _check(self) -> None:
        """Refuse to score with anything else than the machine that started the run has."""
        identity, version = self._wanted
        if version != __version__:
            raise ModelError(
                f"has version {__version__} of the package, but the run was started with version "
                f"{version}.",
                source=f"worker on {socket.gethostname()}",
                remedy="Install the same version on every machine of the cluster.",
            )
        if identity != self._recipe.identity:
            raise ModelError(
                "has another model or other scripts than the machine that started the run.",
                source=f"worker on {socket.gethostname()}",
                remedy="Install the same version on every machine of the cluster, and let --model "
                "and --scripts name the same files on each.",
            )


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
    ours = not ray.is_initialized()
    if ours:
        _connect(address)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    try:
        yield
    finally:
        if ours:
            ray.shutdown()


def _connect(address: str | None) -> None:
    ray: Any = _ray()
    # Nothing leaves the machine: Ray would tell its makers that it is used.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        if address:
            _knock(address)
        ray.init(
            address or "local",
            log_to_driver=False,
            logging_level="ERROR",
            **({} if address else {"include_dashboard": False}),
        )
    except Exception as error:  # of many kinds, and bare ones where a machine is slow
        why = next(iter(str(error).strip().splitlines()), "").rstrip(".") or type(error).__name__
        if address is None:
            raise AnalyzerError(
                f"no Ray cluster can be started on this machine ({why}).",
                remedy="Leave --engine ray out, or give the --address of a cluster.",
            ) from error
        raise UsageError(
            f"the Ray cluster cannot be reached ({why}).",
            source=address,
            remedy="Check the address, and that `ray status` shows the cluster.",
        ) from error


def _knock(address: str) -> None:
    """Fail at once where nobody answers: Ray would go on trying for minutes."""
    named = urlsplit(address if "://" in address else f"//{address}")
    port = named.port or (_CLIENT_PORT if named.scheme == "ray" else None)
    if named.hostname and port:  # not "auto", say
        socket.create_connection((named.hostname, port), timeout=_PATIENCE).close()


@contextmanager
def _staged(chunks: Iterator[Chunk], parts: Parts) -> Iterator[list[str]]:
    """Chunks put where the workers read them; none is left there, whatever ends the block."""
    names: list[str] = []
    try:
        for chunk in chunks:
            names.append(parts.stage(chunk))
        yield names
    finally:
        with suppress(OSError):  # what ended the block is what has to be told
            for name in names:
                _unstage(parts, name)


def _unstage(parts: Parts, name: str) -> None:
    for one in (name, _tries(name)):
        parts.unstage(one)


def _tries(name: str) -> str:
    """The file beside a staged chunk that holds a dot for each worker that took it up."""
    return f"{name}.tries"


@contextmanager
def _losses_told() -> Iterator[None]:
    """Tell what Ray says of workers and machines that it lost as an error of ours."""
    ray: Any = _ray()
    try:
        yield
    except ray.exceptions.RayError as error:
        raise _loss(error) from error


def _loss(error: Any) -> AnalyzerError:
    """What befell the run, by the kind of Ray's error; its own words are many and help little."""
    ray: Any = _ray()
    if getattr(error, "actor_init_failed", False):
        return AnalyzerError(
            "a worker of the Ray cluster could not start.",
            remedy=f"Install the same version on every machine of the cluster. {_GO_ON}",
        )
    if isinstance(error, ray.exceptions.RayActorError | ray.exceptions.OutOfMemoryError):
        return _dying()
    return AnalyzerError(
        f"the Ray cluster failed ({type(error).__name__}).",
        remedy=f"Check that `ray status` shows the cluster. {_GO_ON}",
    )


def _dying() -> AnalyzerError:
    return AnalyzerError(
        "workers of the Ray cluster keep dying over the same calls; most often memory is short.",
        remedy=f"Give --workers a smaller number. {_GO_ON}",
    )


def _unexpected(error: Exception) -> AnalyzerError:
    """Tells where a worker went wrong, but not what the error says."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return AnalyzerError(
        f"a worker failed with {type(error).__name__}.",
        source=f"worker on {socket.gethostname()}",
        place=f"{Path(last.filename).name} line {last.lineno}",
        remedy=_GO_ON,
    )


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
