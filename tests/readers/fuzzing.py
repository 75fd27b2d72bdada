"""Damaged exports by the thousand: a reader gives valid calls or an error of ours, nothing else.

``python tests/readers/fuzzing.py --count 100000 --seed 1`` prints what came of it, and ends with
status 1 at the first input that breaks the rule, which it leaves in `fuzz-failure.bin`.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import re
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zstandard

from analyzer.call import Call
from analyzer.errors import ReadError
from analyzer.readers import formats, readings
from analyzer.readers.limits import Limits

SAMPLES = Path(__file__).parent / "samples"
SLOWEST_SECONDS = 10  # of the processor's time, so that a busy machine is no failure
LIMITS = Limits(whole=1 << 22, unpacked=1 << 24, ratio_from=1 << 20, members=200)

TOKENS = (
    *(b"null true false 0 -1 1e999 NaN Infinity 9007199254740993 [] {} \"\" , : ] }".split()),
    *(b"\0 \xff\xfe \xef\xbb\xbf \xed\xa0\x80 \r\n \r \t --- === Agent: agent customer".split()),
    b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"WEBVTT\n\n", b"00:00:01.000 --> 00:00:02.000\n",
    b"\n\n",
    b'"' * 7, b"(" * 50, b"[" * 2000, b'{"a":' * 500, b" " * 5000, b"9" * 5000, b"\n" * 999,
    b"99:99:99", b"P1Y", b"PT", b"2026-13-45T99:99:99Z", "\U0001f642".encode(), b"<v Dana>",
)  # fmt: skip
TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**70, "", " ", "\ud800", "x" * 3000, [], {}, [[]], [None],
    {"": None},
    "agent", "spk_0", "PT5S", "12.5s", "00:00:99", "2026-03-01T10:00:00Z", [0, "a", {}], "9" * 400,
)  # fmt: skip


class Broken(BaseException):
    """The rule was broken. No reader's `except Exception` may swallow it."""


def seeds() -> list[bytes]:
    """Sound exports: one of every sample, and general ones."""
    found = [path.read_bytes() for path in sorted(SAMPLES.rglob("*")) if path.is_file()]
    talk = [
        {"speaker": who, "text": words, "start_ms": n * 1000, "end_ms": n * 1000 + 900}
        for n, (who, words) in enumerate(
            [
                ("agent", "Hello, how can I help?"),
                ("customer", "It: broke, again."),
                ("agent", "Oh."),
            ]
        )
    ]
    neutral = [json.dumps({"id": f"c-{n}", "turns": talk, "metadata": {"n": n}}) for n in range(3)]
    header = "call_id,speaker,text,start,end\n"
    rows = "".join(f'c-{n},agent,"Hello, you",0.0,1.5\nc-{n},spk_1,Hi.,2,3\n' for n in range(3))
    text = "[00:00:01] Rep - Dana: Hello.\n[00:00:05] Caller: It broke.\n  Again.\n"
    found += [
        "\n".join(neutral).encode(),
        f"[{','.join(neutral)}]".encode(),
        "\n".join(json.dumps({"call": "a", **turn}) for turn in talk).encode(),
        (header + rows).encode(),
        (header + rows).replace(",", "\t").encode("utf-16"),
        text.encode(),
        f"=== Call a-1 ===\nDate: 2026-03-01\n\n{text}\n=== Call a-2 ===\n\n{text}".encode(),
        "Dana  10:23 AM\nHello, how can I help you?\n\nSam  10:24 AM\nIt broke again.\n\n"
        "Dana  10:25 AM\nSorry about that.\n".encode("cp1252"),
    ]
    return [*found, *_tables(talk)]


def _tables(talk: list[dict[str, Any]]) -> Iterator[bytes]:
    import pandas as pd

    frame = pd.DataFrame([{"call": "a", **turn} for turn in talk])
    for write, settled in (
        (frame.to_parquet, bytes),
        (lambda out: frame.to_excel(out, index=False), _without_times),
    ):
        out = io.BytesIO()
        write(out)
        yield settled(out.getvalue())


def _without_times(workbook: bytes) -> bytes:
    """The same workbook whenever it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as written, zipfile.ZipFile(out, "w") as settled:
        for name in written.namelist():
            content = TIME.sub(b"2026-03-01T10:00:00Z", written.read(name))
            settled.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


class Mutator:
    """Damages exports, always alike for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seeds = seeds()
        self._bytes: tuple[Callable[[bytes], bytes], ...] = (
            self._flip, self._cut_out, self._repeat, self._insert, self._truncate, self._splice,
            self._recode,
        )  # fmt: skip

    def input(self) -> bytes:
        """The next damaged export."""
        data = self.random.choice(self.seeds)
        restructured = self.random.random() < 0.6
        if restructured:
            data = self._restructure(data)
        for _ in range(self.random.choice((0, 0, 0, 1, 2) if restructured else (0, 1, 1, 2, 4))):
            data = self.random.choice(self._bytes)(data)
        return self._pack(data) if self.random.random() < 0.1 else data

    def _at(self, data: bytes) -> int:
        return self.random.randrange(len(data) + 1)

    def _span(self, data: bytes) -> slice:
        start = self._at(data)
        return slice(start, start + self.random.choice((1, 2, 8, 64, 512)))

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.random.choice((1, 1, 3, 20)) if changed else 0):
            changed[self.random.randrange(len(changed))] = self.random.randrange(256)
        return bytes(changed)

    def _cut_out(self, data: bytes) -> bytes:
        span = self._span(data)
        return data[: span.start] + data[span.stop :]

    def _repeat(self, data: bytes) -> bytes:
        span = self._span(data)
        return data[: span.stop] + data[span] * self.random.choice((1, 2, 50)) + data[span.stop :]

    def _insert(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self.random.choice(TOKENS) + data[at:]

    def _truncate(self, data: bytes) -> bytes:
        return data[: self._at(data)]

    def _splice(self, data: bytes) -> bytes:
        other = self.random.choice(self.seeds)
        return data[: self._at(data)] + other[self._at(other) :]

    def _recode(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "replace")
        encoding = self.random.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32"))
        text = text.replace("\n", "\r\n") if self.random.random() < 0.5 else text
        return text.encode(encoding, "replace")

    def _pack(self, data: bytes) -> bytes:
        kind = self.random.randrange(3)
        if kind == 0:
            packed = gzip.compress(data, 1, mtime=0)
        elif kind == 1:
            packed = zstandard.compress(data)
        else:
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                archive.writestr(zipfile.ZipInfo("a.json"), data)
                archive.writestr(zipfile.ZipInfo("../b.json"), data[:100])
            packed = out.getvalue()
        return self._flip(packed) if self.random.random() < 0.5 else packed

    def _restructure(self, data: bytes) -> bytes:
        """A JSON document with some of its values changed, left out or doubled."""
        try:
            document = json.loads(data.decode("utf-8").split("\n")[0] if b"}\n{" in data else data)
        except ValueError:
            return data
        for _ in range(self.random.choice((1, 1, 2, 5))):
            document = self._changed(document)
        return json.dumps(document).encode()

    def _changed(self, value: Any) -> Any:
        if isinstance(value, dict) and value and self.random.random() < 0.9:
            key = self.random.choice(sorted(value))
            rest = {name: other for name, other in value.items() if name != key}
            return rest if self.random.random() < 0.1 else {**rest, key: self._changed(value[key])}
        if isinstance(value, list) and value and self.random.random() < 0.9:
            at = self.random.randrange(len(value))
            changed = [] if self.random.random() < 0.1 else [self._changed(value[at])]
            return [*value[:at], *changed * self.random.choice((1, 1, 2)), *value[at + 1 :]]
        return self.random.choice(VALUES)


def check(data: bytes, format: str | None) -> Counter[str]:
    """Read one input, and count what came of it.

    Raises:
        Broken: If something else came than a valid call or an error of ours.
    """
    outcome: Counter[str] = Counter()
    with _no_longer_than(SLOWEST_SECONDS):
        for reading in readings(io.BytesIO(data), format=format, limits=LIMITS):
            if reading.call is not None:
                again = Call.model_validate_json(reading.call.model_dump_json().encode())
                if again != reading.call:
                    raise Broken(f"a call changes when it is written and read: {reading.call.id}")
                outcome["calls"] += 1
            elif isinstance(reading.error, ReadError):
                if not (reading.error.source and reading.error.remedy and str(reading.error)):
                    raise Broken(f"an error without source or remedy: {reading.error}")
                outcome[type(reading.error).__name__] += 1
            else:
                raise Broken("neither a call nor an error")
    return outcome


def run(count: int, seed: int, tell: Callable[[int, Counter[str]], None] | None = None) -> Counter:
    """Read so many damaged exports, each as whatever it looks like and as some other format."""
    mutator = Mutator(seed)
    names = sorted(reader.name for reader in formats())
    total: Counter[str] = Counter()
    for number in range(1, count + 1):
        data = mutator.input()
        for format in (None, mutator.random.choice(names)):
            try:
                total += check(data, format)
            except BaseException:
                Path("fuzz-failure.bin").write_bytes(data)
                print(f"input {number} of seed {seed}, format {format}", file=sys.stderr)
                raise
        if tell and number % 1000 == 0:
            tell(number, total)
    return total


@contextmanager
def _no_longer_than(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Broken(f"read for more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def main() -> None:
    """Run, and tell how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()

    def tell(number: int, total: Counter[str]) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{number:,} inputs, {time.perf_counter() - began:.0f} s, {peak} MiB, {dict(total)}")

    total = run(options.count, options.seed, tell)
    tell(options.count, total)


if __name__ == "__main__":
    main()
