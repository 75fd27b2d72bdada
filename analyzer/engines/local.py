"""The cores of this machine: a process a core, each scoring whole chunks by itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.connection import wait as wait_for
from typing import TYPE_CHECKING

from analyzer.engines.base import Engine
from analyzer.engines.scorers import Recipe, identity_of
from analyzer.errors import AnalyzerError

if TYPE_CHECKING:
    from analyzer.batch.chunks import Chunk
    from analyzer.batch.parts import Parts
    from analyzer.batch.progress import Tally
    from analyzer.batch.scoring import Scorer
    from analyzer.scripts import ScriptBook

FEW = 8
"""Chunks up to which it is not worth while to start processes."""

_AHEAD = 2  # chunks a worker has waiting, so that it never waits itself
_MOST_TRIES = 3  # of a chunk whose workers die


class LocalEngine(Engine):
    """Scores on the cores of this machine.

    Small runs are scored in this process, large ones in processes of their own. Where these are
    used, a script must guard its entry point with ``if __name__ == "__main__":``.

    Args:
        recipe: Loads what scores.
        workers: Processes; one a core by default.
    """

    def __init__(self, recipe: Recipe, workers: int | None = None) -> None:
        self.identity = recipe.identity
        self.scripts = getattr(recipe, "scripts", None)
        self.workers = workers or cores()
        self._recipe = recipe
        self._load: Callable[[], Scorer] = recipe

    @classmethod
    def of(cls, scorer: Scorer) -> LocalEngine:
        """An engine that scores in this process, with what is loaded already."""
        return cls(_Loaded(scorer), workers=1)

    def score(
        self, chunks: Iterator[Chunk], parts: Parts, *, text: bool
    ) -> Generator[Tally, None, None]:
        """Score chunks and write each into `parts`; see `Engine.score`."""
        first = list(islice(chunks, FEW + 1))
        everything = chain(first, chunks)
        if self.workers == 1 or len(first) <= FEW:
            yield from self._score_here(everything, parts, text)
        else:
            yield from self._spread(everything, parts, text)

    def _score_here(
        self, chunks: Iterator[Chunk], parts: Parts, text: bool
    ) -> Generator[Tally, None, None]:
        from analyzer.batch.scoring import score_chunk

        scorer: Scorer | None = None
        for chunk in chunks:
            scorer = scorer or self._load()
            yield parts.write(chunk, score_chunk(scorer, chunk, text=text))

    def _spread(
        self, chunks: Iterator[Chunk], parts: Parts, text: bool
    ) -> Generator[Tally, None, None]:
        again: deque[Chunk] = deque()
        tries: Counter[int] = Counter()
        while True:
            with _pool(self.workers, (self._recipe, parts, text)) as pool:
                under_way: dict[Future[Tally], Chunk] = {}
                while True:
                    room = self.workers * (1 + _AHEAD) - len(under_way)
                    whole = _fill(pool, islice(_drained(again, chunks), room), under_way, again)
                    if whole and not under_way:
                        return
                    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    lost = [one for one in done if isinstance(one.exception(), BrokenProcessPool)]
                    for future in done.difference(lost):
                        del under_way[future]
                        yield future.result()
                    if lost or not whole:
                        again.extend(under_way.values())
                        break
            begun = islice(under_way.values(), self.workers)  # chunks are begun in order
            tries.update(chunk.number for chunk in begun)
            if max(tries.values(), default=0) >= _MOST_TRIES:
                raise AnalyzerError(
                    "worker processes keep dying over the same calls; most often memory is short.",
                    remedy="Give --workers a smaller number. The same command goes on where this "
                    "one stopped.",
                )


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Loaded:
    """A scorer that is there already, as a recipe."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def __call__(self) -> Scorer:
        return self._scorer

    @property
    def identity(self) -> str:
        return identity_of(self._scorer)

    @property
    def scripts(self) -> ScriptBook | None:
        return getattr(self._scorer, "scripts", None)


def _drained(again: deque[Chunk], chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """First what has to be done again, then what is new."""
    while again:
        yield again.popleft()
    yield from chunks


@contextmanager
def _pool(workers: int, job: tuple[Recipe, Parts, bool]) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the block, whatever ends it."""
    before = set(multiprocessing.active_children())
    # Always fresh processes: a fork of one that has run torch may hang.
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=job
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
            process.join()


def _fill(
    pool: ProcessPoolExecutor,
    chunks: Iterator[Chunk],
    under_way: dict[Future[Tally], Chunk],
    again: deque[Chunk],
) -> bool:
    """Give chunks to the pool; False where a worker has died meanwhile, and nothing is lost."""
    for chunk in chunks:
        try:
            under_way[_submit(pool, chunk)] = chunk
        except BrokenProcessPool:
            again.append(chunk)
            return False
    return True


def _submit(pool: ProcessPoolExecutor, chunk: Chunk) -> Future[Tally]:
    """Give a chunk to the pool; processes that start now leave Ctrl-C to this one."""
    with _without_interrupts():
        return pool.submit(_score, chunk)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes started in the block never see Ctrl-C; this one sees it when the block ends.

    Ignoring the signal would do the same to those processes, but a Ctrl-C in the block would be
    lost; so that is done only where signals cannot be held back.
    """
    if hasattr(signal, "pthread_sigmask"):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    elif threading.current_thread() is threading.main_thread():
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, handler)
    else:
        yield


_job: tuple[Recipe, Parts, bool]
_scorer: Scorer | None = None


def _begin(recipe: Recipe, parts: Parts, text: bool) -> None:
    global _job
    prepare_torch()
    _job = recipe, parts, text
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker must not outlive its parent: another run may soon write to the same folder."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _score(chunk: Chunk) -> Tally:
    global _scorer
    from analyzer.batch.scoring import score_chunk

    recipe, parts, text = _job
    if _scorer is None:
        _scorer = recipe()
        use_one_core()
    return parts.write(chunk, score_chunk(_scorer, chunk, text=text))


def prepare_torch() -> None:
    """Tell torch what it must know before it is loaded to score chunk after chunk.

    With large pages scoring takes 4 % less time where memory is virtual twice over, as on a rented
    machine. And oneDNN keeps a program for every shape of a product; as batches have ever new
    shapes, the usual 1,024 of them come to over 100 MB a process and are hardly used again.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")


def use_one_core() -> None:
    """Keep the numeric libraries of this process from starting threads: there are others."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
