"""Samples of exports, and a call in short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analyzer.call import Call

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def speakers(call: Call) -> list[str]:
    return [turn.speaker for turn in call.turns]


def texts(call: Call) -> list[str]:
    return [turn.text for turn in call.turns]
