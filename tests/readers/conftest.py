"""What tests of formats share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.call import Call
from analyzer.readers import read_calls


@pytest.fixture
def read(tmp_path: Path):
    """Calls of a document, written to a file as an export would be."""

    def read(document: Any, name: str = "export.json", **options: Any) -> list[Call]:
        path = tmp_path / name
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        return list(read_calls(path, **options))

    return read
