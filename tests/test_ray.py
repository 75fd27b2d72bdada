"""The same run on a Ray cluster of two workers, started for the purpose."""

from __future__ import annotations

import os
import signal
import stat
import time
from pathlib import Path

import pytest
from killing import Cheap, results, write_input

from analyzer.batch import score_files
from analyzer.batch.chunks import Chunk
from analyzer.batch.parts import FOLDER, Parts
from analyzer.engines import LocalEngine
from analyzer.engines.scorers import Stored
from analyzer.errors import AnalyzerError, ModelError, UsageError

ray = pytest.importorskip("ray", reason="needs the extra [ray]")


@pytest.fixture(scope="module")
def cluster():
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(
        "local",
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}},
    )
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("input") / "in.jsonl"
    write_input(path, 400)
    return path


class Mortal(Cheap):
    """Kills the process it runs in, once."""

    def __init__(self, grave: Path) -> None:
        self.grave = grave

    def __call__(self) -> Mortal:
        return self

    def analyze_many(self, calls, on_failure=None):
        if not self.grave.exists():
            self.grave.write_text("here")
            os.kill(os.getpid(), signal.SIGKILL)
        return super().analyze_many(calls, on_failure)


class Deadly(Cheap):
    """Kills every process that scores a certain call, once there is a part of other calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self) -> Deadly:
        return self

    def analyze_many(self, calls, on_failure=None):
        calls = list(calls)
        if any(call.id == "c-1" for call in calls):
            while not list(self.folder.glob("part-*.parquet")):
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().analyze_many(calls, on_failure)


class Elsewhere(Cheap):
    """Another model on every machine."""

    @property
    def identity(self) -> str:
        return str(os.getpid())


class Missing(Cheap):
    def __call__(self) -> Missing:
        raise ModelError("is not there.", source="models")


class Talkative(Cheap):
    """Fails with words of a call in its message."""

    def __call__(self) -> Talkative:
        raise RuntimeError("my secret")


def score(engine, export: Path, out: Path) -> dict[str, bytes]:
    score_files(engine, [export], out, formats=("jsonl", "csv", "parquet"), report=False)
    return results(out)


def work(parts: Parts, recipe, wanted: tuple[str, str]) -> tuple[str, dict[str, str]]:
    """What a worker tells of a staged chunk, without a cluster."""
    from analyzer.engines.on_ray import _Worker

    parts.folder.mkdir()
    name = parts.stage(Chunk(number=3, items=[]))
    return name, _Worker(recipe, parts, True, wanted, 1)({"name": name})["error"]


# What needs no cluster comes first: it is started for the first test that does.


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ConnectionError("gone."), "gone"),
        (ray.exceptions.RpcError("not there"), "not there"),
        (ray.exceptions.GetTimeoutError(""), "GetTimeoutError"),
        (Exception("too slow"), "too slow"),
    ],
)
def test_a_cluster_that_cannot_be_reached_is_told_before_the_input_is_staged(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    from analyzer.engines.on_ray import RayEngine

    def init(*_: object, **__: object) -> None:
        assert not list((tmp_path / "out" / FOLDER).glob("todo-*"))
        raise error

    monkeypatch.setattr(ray, "init", init)
    with pytest.raises(UsageError, match=rf"auto: .*cannot be reached \({why}\)\. Check"):
        score(RayEngine(Cheap(), address="auto"), export, tmp_path / "out")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1"])
def test_a_wrong_address_is_told_without_asking_ray_which_would_try_for_minutes(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from analyzer.engines.on_ray import RayEngine

    monkeypatch.setattr(ray, "init", lambda *_, **__: pytest.fail("Ray was asked"))
    with pytest.raises(UsageError, match=r"cannot be reached .*refused"):
        score(RayEngine(Cheap(), address=address), export, tmp_path / "out")
    assert not (tmp_path / "out" / FOLDER).exists()


def test_a_worker_of_another_version_does_not_score(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    _, error = work(parts, Cheap(), ("cheap", "0.0.9"))
    assert error["kind"] == "ModelError"
    assert "started with version 0.0.9" in error["problem"]
    assert not parts.count()


def test_what_a_worker_did_not_expect_is_told_without_its_words(tmp_path: Path) -> None:
    from analyzer.version import __version__

    _, error = work(Parts(tmp_path), Talkative(), ("cheap", __version__))
    assert error["problem"] == "a worker failed with RuntimeError."
    assert error["place"].startswith("test_ray.py line ")
    assert "secret" not in str(error)


def test_a_staged_chunk_is_for_its_owner_and_has_a_name_of_its_own(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    parts.folder.mkdir()
    chunk = Chunk(number=3, items=[])
    old, new = parts.stage(chunk), parts.stage(chunk)
    assert stat.S_IMODE((parts.folder / new).stat().st_mode) == 0o600
    parts.unstage(old)
    assert parts.staged(new) == chunk
    tally = parts.write(chunk, [])
    assert parts.staged(old) == tally


def test_paths_are_absolute_where_they_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pickle

    monkeypatch.chdir(tmp_path)
    sent = pickle.dumps(Stored(Path("my"), Path("x.json")))
    monkeypatch.chdir("/")
    assert pickle.loads(sent) == Stored(tmp_path / "my", tmp_path / "x.json")
    assert pickle.loads(pickle.dumps(Stored())) == Stored()


@pytest.mark.usefixtures("cluster")
def test_a_cluster_writes_what_one_machine_writes_though_a_worker_is_killed(
    tmp_path: Path, export: Path
) -> None:
    from analyzer.engines.on_ray import RayEngine

    here = score(LocalEngine(Cheap(), workers=1), export, tmp_path / "here")
    grave = tmp_path / "grave"
    there = score(RayEngine(Mortal(grave), workers=2), export, tmp_path / "there")
    assert grave.exists()
    assert there == here
    assert not (tmp_path / "there" / FOLDER).exists()


@pytest.mark.usefixtures("cluster")
def test_what_is_wrong_on_a_worker_is_told(tmp_path: Path, export: Path) -> None:
    from analyzer.engines.on_ray import RayEngine

    with pytest.raises(ModelError, match="models: is not there"):
        score(RayEngine(Missing(), workers=2), export, tmp_path / "out")


@pytest.mark.usefixtures("cluster")
def test_a_worker_with_another_model_is_told(tmp_path: Path, export: Path) -> None:
    from analyzer.engines.on_ray import RayEngine

    with pytest.raises(ModelError, match=r"worker on .* has another model .* Install the same"):
        score(RayEngine(Elsewhere(), workers=2), export, tmp_path / "out")


@pytest.mark.usefixtures("cluster")
def test_a_chunk_that_kills_every_worker_ends_the_run_and_what_is_finished_is_kept(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.engines import on_ray

    monkeypatch.setattr(on_ray, "_TRIES", 1)  # the fewer the faster
    folder = tmp_path / "out" / FOLDER
    with pytest.raises(AnalyzerError, match="keep dying") as told:
        score(on_ray.RayEngine(Deadly(folder), workers=2), export, tmp_path / "out")
    assert "the same command goes on" in str(told.value).lower()
    assert list(folder.glob("part-*.parquet"))
    assert not list(folder.glob("todo-*"))
    here = score(LocalEngine(Cheap(), workers=1), export, tmp_path / "here")
    assert score(LocalEngine(Cheap(), workers=1), export, tmp_path / "out") == here
