"""Time set to where a span begins, so that no span of a limit ends within a test."""

import time
from contextlib import AbstractContextManager
from datetime import timedelta

from citizen_portal import clock


def hour_begun() -> AbstractContextManager[None]:
    return clock.ago(timedelta(seconds=time.time() % 3600))


def minute_begun() -> AbstractContextManager[None]:
    """For what compares the portal's time with a system's own."""
    return clock.ago(timedelta(seconds=time.time() % 60))
