"""Streams with a guard: they count what is read, stop at a limit and speak our own errors."""

from __future__ import annotations

import io
from typing import BinaryIO

from analyzer.errors import ReadError
from analyzer.readers.limits import Limits


class Budget:
    """What one packed source may still unpack to, counted over all of its members.

    Attributes:
        spent: Whether it has been overdrawn, so that there is no sense in reading on.
    """

    def __init__(self, name: str, packed: Counted, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._packed = packed
        self._unpacked = 0
        self.spent = False

    def spend(self, size: int) -> None:
        """Count unpacked bytes.

        Raises:
            ReadError: If there are too many, in all or for what was packed.
        """
        self._unpacked += size
        allowed = max(self._packed.taken * self.limits.ratio, self.limits.ratio_from)
        if self._unpacked > min(allowed, self.limits.unpacked):
            self.spent = True
            raise ReadError(
                f"unpacks to more than {self._unpacked >> 20} MiB, far more than it should.",
                source=self.name,
                remedy="If it is a real export, unpack it yourself and give the folder.",
            )


class Counted(io.RawIOBase):
    """A binary stream that counts the bytes taken from it and turns its errors into ours.

    Args:
        stream: Where the bytes come from.
        name: The file, for errors.
        budget: What every byte is charged to, for a stream that unpacks.
    """

    def __init__(self, stream: BinaryIO, name: str, budget: Budget | None = None) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._budget = budget
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all that remain when negative."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        try:
            data = self._stream.read(size) or b""
        except ReadError:
            raise
        except Exception as error:  # every unpacker and storage service brings its own
            raise ReadError(
                f"cannot be read to its end ({type(error).__name__}: {error}).",
                source=self._name,
                remedy="Export or download it again.",
            ) from error
        self.taken += len(data)
        if self._budget is not None:
            self._budget.spend(len(data))
        return data

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; how many bytes there were."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seekable(self) -> bool:
        """Only where the stream behind it is, and nothing is unpacked."""
        return self._budget is None and self._stream.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move in the stream behind."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Position in the stream behind."""
        return self._stream.tell()
