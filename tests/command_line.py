"""The command as a user calls it: in this process, and in one of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

runner = CliRunner()


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "analyzer.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,  # type: ignore[call-overload]
    )
