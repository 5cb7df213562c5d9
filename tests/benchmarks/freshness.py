"""From an event's acceptance to the citizen's page.

A body sends 10,000 events in 100 batches for 100 citizens, to the web server and the worker as the
demo runs them. Each batch holds one event of a citizen whose page is read all the while: measured
is when the page shows that event, and when the page's numbers count it.
"""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import requests

from tests.access.pushing import NOW, PATH, Pushing, row, rows, stamp
from tests.access.running import browser, running
from tests.benchmarks.portals import portal
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

BATCHES, EACH, CITIZENS = size(100, 4), 100, 100
LONGEST = 120.0
"""Seconds after which nobody waits any more."""
KNOWN = re.compile(r"We know of (?:<[^>]+>)*([\d,]+)")


@dataclass
class Watched:
    """One citizen's page. Event n of theirs names the receiver ``MARK-n``."""

    address: str
    session: requests.Session
    accepted: list[float] = field(default_factory=list)
    shown: dict[int, float] = field(default_factory=dict)
    counted: dict[int, float] = field(default_factory=dict)

    def watch(self) -> None:
        """Read the page again and again until it holds everything, or that takes too long."""
        while min(len(self.shown), len(self.counted)) < BATCHES:
            page = self.session.get(f"{self.address}/my/access", timeout=LONGEST)
            page.raise_for_status()
            self.note(page.text, time.perf_counter())
            if len(self.accepted) == BATCHES and time.perf_counter() > self.accepted[-1] + LONGEST:
                return

    def note(self, text: str, at: float) -> None:
        for mark in re.findall(r"MARK-(\d+)", text):
            self.shown.setdefault(int(mark), at)
        if told := KNOWN.search(text):
            for number in range(int(told[1].replace(",", ""))):
                self.counted.setdefault(number, at)

    def waits(self, seen: dict[int, float]) -> list[float]:
        """Seconds from the answer; what came before the sender had it counts as none."""
        return [
            max(0.0, seen[n] - at) if n in seen else LONGEST for n, at in enumerate(self.accepted)
        ]


@contextmanager
def freshness(place: Place) -> Iterator[list[Case]]:
    pushing = Pushing(portal(place))
    watched, known = pushing.person()
    others = [pushing.person()[1]["clinic"] for _ in range(CITIZENS - 1)]
    settings = pushing.app.extensions["settings"]
    with running(settings, place.folder, worker=True) as server:
        page = Watched(server.address, browser(pushing.app, watched))

        def longest() -> float:
            reading = threading.Thread(target=page.watch)
            reading.start()
            push(page, pushing.headers["clinic"], known["clinic"], others)
            reading.join()
            return max(*page.waits(page.shown), *page.waits(page.counted))

        yield [Case(longest, rounds=1, warm=0, server=server.master)]


def push(page: Watched, headers: dict[str, str], subject: str, others: Sequence[str]) -> None:
    with requests.Session() as sender:
        for number in range(BATCHES):
            mark = f"MARK-{number}"
            newest = stamp(NOW - timedelta(seconds=BATCHES - number))
            named = {"occurred": newest, "receiver_code": mark, "receiver_name": mark}
            events = [row(subject, mark, **named)]
            for at, other in enumerate(others[: EACH - 1]):
                events += rows(other, [f"{number}-{at}"])
            answer = sender.post(page.address + PATH, json={"events": events}, headers=headers)
            assert answer.json()["new"] == EACH, answer.text
            page.accepted.append(time.perf_counter())
