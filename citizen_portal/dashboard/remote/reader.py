"""The reader: gives pages of records while somebody waits for them, and keeps nothing of them.

Each reading holds a thread of the web server until the body has answered, so that few may wait
for one source at once, and one that has just failed is not asked again at once.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from citizen_portal.access.remote import Caller, Line
from citizen_portal.fetch import Fault
from citizen_portal.records import remote
from citizen_portal.records.schemas import RecordPage

AT_ONCE = 3
"""So many may wait for one source in one process: others are told that it is busy."""
COOL_DOWN = 10.0
"""Seconds after a failure for which the same is not asked again; the failure is told again."""
PAGE = 20
"""Rows of one page."""

Wanted = tuple[UUID, UUID, str]
"""Whose records, at which source, in which dataset."""


class Busy(Exception):
    """Too many wait for this source just now."""


class Reader:
    """One per app; what it remembers is of its process."""

    def __init__(self, caller: Caller, *, seconds: float) -> None:
        self._caller = caller
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: Counter[UUID] = Counter()
        self._failed: dict[Wanted, tuple[float, Fault]] = {}

    def page(self, wanted: Wanted, line: Line, *, cursor: str | None) -> RecordPage:
        """A page as the source gives it now. Raises ``Fault`` and ``Busy``."""
        _, source_id, dataset = wanted
        with self._lock:
            self._check_failed(wanted)
        with self._place(source_id):
            try:
                return remote.wait_for_page(
                    self._caller, line, dataset, seconds=self._seconds, cursor=cursor, limit=PAGE
                )
            except Fault as fault:
                self._note(wanted, fault)
                raise

    def _check_failed(self, wanted: Wanted) -> None:
        """Raises the ``Fault`` of a moment ago, if there was one."""
        now = time.monotonic()
        self._failed = {key: each for key, each in self._failed.items() if each[0] > now}
        if wanted in self._failed:
            fault = self._failed[wanted][1]
            raise Fault(fault.kind, status=fault.status)

    def _note(self, wanted: Wanted, fault: Fault) -> None:
        with self._lock:
            self._failed[wanted] = time.monotonic() + COOL_DOWN, fault

    @contextmanager
    def _place(self, source_id: UUID) -> Iterator[None]:
        with self._lock:
            if self._waiting[source_id] >= AT_ONCE:
                raise Busy
            self._waiting[source_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[source_id] -= 1
