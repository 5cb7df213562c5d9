"""The one place that reads the time, and tells whether it can be believed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BELIEVED = timedelta(hours=1)
"""Further than this no clock of the machine drifts by itself while a process runs."""

_SHIFT: ContextVar[timedelta] = ContextVar("shift", default=timedelta())


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _SHIFT.get()


def in_ms() -> int:
    """Milliseconds since 1970: numbers that go on from here were not given before."""
    return int(now().timestamp() * 1000)


@contextmanager
def ago(span: timedelta) -> Iterator[None]:
    """Within it, it is as long ago as this: what the demo says happened before it began."""
    before = _SHIFT.set(-span)
    try:
        yield
    finally:
        _SHIFT.reset(before)


def today(zone: str) -> date:
    """The day that the calendar shows in a time zone such as "Europe/London"."""
    return now().astimezone(ZoneInfo(zone)).date()


def jumped() -> bool:
    """Whether the machine's clock was moved, back or ahead, since this process started.

    It is held against the time since the machine started, which nobody can move and which goes on
    while it sleeps. So a portal that was off for weeks is believed: it starts anew.
    """
    return abs(_apart() - STARTED) > BELIEVED.total_seconds()


def _apart() -> float:
    """Seconds between the machine's clock and the time since it started."""
    return time.time() - _since_boot()


def _since_boot() -> float:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


STARTED = _apart()
