"""How the processes of one web server count together: each in files of its own place in a folder.

``prometheus_client`` keeps such files by process id, so that they become more with each process
that is replaced. Here a process takes the first place that is free, and counts on in its files:
what was counted stays, and there are never more files than there were processes at one time.
"""

import fcntl
import os
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

ROOM = 1 << 16
"""Bytes of a file to begin with; the library doubles them."""
WHERE = "PROMETHEUS_MULTIPROC_DIR"
"""By which the library knows the folder, and by nothing else."""


def count_in(folder: Path) -> None:
    """From here on this process, and those that it forks, count in this folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ[WHERE] = str(folder)
    values.MmapedDict = Reserved  # type: ignore[attr-defined]
    values.ValueClass = values_in(folder)


class Reserved(MmapedDict):
    """A file that has its room on the disk before anything is written to it: on a full disk that is
    an error, where a write to a page without room would end the process (SIGBUS, mmap(2))."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        with open(filename, "ab") as file:
            os.posix_fallocate(file.fileno(), 0, max(file.tell(), ROOM))
        super().__init__(filename, read_mode)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        room = self._capacity
        while self._used + len(key.encode()) + 64 > room:  # with what stands around a key
            room *= 2
        if room > self._capacity:
            os.posix_fallocate(self._f.fileno(), 0, room)
        super()._init_value(key)  # type: ignore[no-untyped-call]


@cache
def values_in(folder: Path) -> type:
    """The library's numbers, kept there. One kind for each folder, however often the app is made in
    this process: each would take a place."""
    found: type = values.MultiProcessValue(places(folder))  # type: ignore[no-untyped-call]
    return found


def together(folder: Path) -> CollectorRegistry:
    found = CollectorRegistry()
    MultiProcessCollector(found, path=str(folder))  # type: ignore[no-untyped-call]
    return found


def places(folder: Path) -> Callable[[], str]:
    """Gives the place of the process that asks, the same each time; another one after a fork."""
    owner, mine = -1, ""

    def place() -> str:
        nonlocal owner, mine
        if owner != os.getpid():
            owner, mine = os.getpid(), _take_first(folder)
        return mine

    return place


def _take_first(folder: Path) -> str:
    return next(str(number) for number in count() if _take(folder / f"place-{number}"))


def _take(file: Path) -> bool:
    """Whether it is ours now: it is held until the process ends, however that is."""
    held = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return False
    return True
