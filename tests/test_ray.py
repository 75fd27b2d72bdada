"""The same run on a Ray cluster of two workers, started for the purpose."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from killing import Cheap, results, write_input

from analyzer.batch import score_files
from analyzer.batch.parts import FOLDER
from analyzer.engines import LocalEngine
from analyzer.errors import ModelError

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


class Missing(Cheap):
    def __call__(self) -> Missing:
        raise ModelError("is not there.", source="models")


def score(engine, export: Path, out: Path) -> dict[str, bytes]:
    score_files(engine, [export], out, formats=("jsonl", "csv", "parquet"), report=False)
    return results(out)


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
