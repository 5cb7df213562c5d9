"""How often a feed may be read: a program that asks each second would tell us nothing but that."""

import threading
import time
from collections import OrderedDict, deque

from citizen_portal.errors import TooMany

MOST = 60
"""Readings of one feed within an hour, in one process."""
WITHIN = 3600.0
REMEMBERED = 10_000
"""Feeds that are counted at the same time; the ones read longest ago are forgotten first."""


class Turnstile:
    """One per app; what it remembers is of its process, and by digests alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[str, deque[float]] = OrderedDict()

    def enter(self, digest: str) -> None:
        """Count one reading; raises ``TooMany``."""
        now = time.monotonic()
        with self._lock:
            times = self._read.setdefault(digest, deque())
            self._read.move_to_end(digest)
            while len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
            while times and times[0] <= now - WITHIN:
                times.popleft()
            if len(times) >= MOST:
                raise TooMany("This feed was read too often. Read it once an hour at most.")
            times.append(now)
