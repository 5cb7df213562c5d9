"""Files with keys: written so that only their owner reads them, whole or not at all, and read again
by running processes once another one took their place."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
LOOKED_AT_EVERY = 2.0
"""Seconds after which a running process looks whether there is a new file."""

log = structlog.get_logger()


class KeyFile(Generic[T]):
    """What a file with keys holds, as its reader made it; raises ``FileNotFoundError`` at start.

    Later, what cannot be read changes nothing: the keys that a process has stay in use.
    """

    def __init__(self, path: Path, read: Callable[[str], T]) -> None:
        self._path, self._read = path, read
        self._stamp = self._stamped()
        self._held = read(path.read_text())
        self._looked = time.monotonic()

    def __call__(self) -> T:
        if time.monotonic() - self._looked >= LOOKED_AT_EVERY:
            self.again()
        return self._held

    def again(self) -> bool:
        """Look now; whether there was something new. For who meets what no key here fits."""
        self._looked = time.monotonic()
        try:
            stamp = self._stamped()
            if stamp == self._stamp:
                return False
            self._held = self._read(self._path.read_text())
        except Exception as error:
            log.error("keys.unreadable", where=self._path.name, fault=type(error).__name__)
            return False
        self._stamp = stamp
        return True

    def _stamped(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_ino, found.st_size


def write_private(path: Path, text: str) -> Path | None:
    """Write a file that only its owner may read; ``None`` when it is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def replace_private(path: Path, text: str) -> None:
    """Put a new file in place of this one at once: whoever reads it reads the old or the new."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write_private(beside, text)
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
