"""Where those who write to one SQLite file wait for each other. It knows no database.

SQLite has one lock for writers, and those who wait look again after pauses that grow to a tenth of
a second: the lock lies idle meanwhile, and whoever comes later may be first. Here one thread of a
process looks for the turn of all of them, often, and hands it on without a pause.
"""

import fcntl
import os
import threading
import time
from pathlib import Path

PATIENCE = 5.0
"""Seconds. Whoever had no turn by then does without: the lock is the database's own."""
PAUSE = 0.0005


class Line:
    """Of this process; those of others meet it at the file, which stays empty."""

    def __init__(self, file: Path, *, patience: float = PATIENCE) -> None:
        self._file, self._patience = file, patience
        self._here = threading.Lock()

    def place(self) -> "Place":
        return Place(
            self._here, os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600), self._patience
        )


class Place:
    """The one of a connection, and gone with it; with its process, however that ends."""

    def __init__(self, here: threading.Lock, file: int, patience: float) -> None:
        self._here, self._file, self._patience = here, file, patience
        self._first = False

    def __del__(self) -> None:
        os.close(self._file)

    def wait(self) -> None:
        """Until it is the first in the line, or its patience is over."""
        until = time.monotonic() + self._patience
        if self._first or not self._here.acquire(timeout=self._patience):
            return
        self._first = True
        while not self._taken() and time.monotonic() < until:
            time.sleep(PAUSE)

    def leave(self) -> None:
        if self._first:
            self._first = False
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._here.release()

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
