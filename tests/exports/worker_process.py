"""A worker in a process of its own, which tests may kill at any moment."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from citizen_portal import jobs
from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.access.portal_process import STARTING
from tests.exports.world import work

SOON = timedelta(seconds=0.2)
AT_MOST = 60.0


@contextmanager
def worker(settings: Settings) -> Iterator[Any]:
    """One that works; it is killed at the end, if it was not before."""
    process = STARTING.Process(target=_work, args=(settings,), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def wait_until(is_so: Callable[[], bool]) -> None:
    until, pause = time.monotonic() + AT_MOST, threading.Event()
    while not is_so():
        assert time.monotonic() < until, "it does not come to an end"
        pause.wait(0.05)


def _work(settings: Settings) -> None:
    """As ``citizen-portal worker`` does, but without its minutes of patience."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    jobs.LOST_AFTER = SOON
    for name in jobs.RECURRING:
        jobs.RECURRING[name] = SOON if name.startswith("exports.") else timedelta(days=1)
    app = create_app(settings)
    sessions, pause = app.extensions["sessions"], threading.Event()
    while True:
        with sessions.writing() as session:
            jobs.start_recurring(session)
        jobs.reap(sessions, lambda _: None)
        work(app)
        pause.wait(0.02)
