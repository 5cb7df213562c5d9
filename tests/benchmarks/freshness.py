"""From an event's acceptance to the citizen's page: `python -m tests.benchmarks.freshness`.

A body sends 10,000 events in 100 batches for 100 citizens, to the web server and the worker as the
demo runs them. Each batch holds one event of a citizen whose page is read all the while: measured
is when the page shows that event, and when the page's numbers count it.
"""

import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import requests

from tests.access.pushing import NOW, PATH, Pushing, row, rows, stamp
from tests.access.running import browser, running
from tests.benchmarks.fan_out import portal

BATCHES, EACH, CITIZENS = 100, 100, 100
BAR = 60.0
"""Seconds after which an accepted event is to be on the page."""
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
            page = self.session.get(f"{self.address}/my/access", timeout=BAR)
            page.raise_for_status()
            self.note(page.text, time.perf_counter())
            if len(self.accepted) == BATCHES and time.perf_counter() > self.accepted[-1] + BAR:
                return

    def note(self, text: str, at: float) -> None:
        for mark in re.findall(r"MARK-(\d+)", text):
            self.shown.setdefault(int(mark), at)
        if told := KNOWN.search(text):
            for number in range(int(told[1].replace(",", ""))):
                self.counted.setdefault(number, at)

    def waits(self, seen: dict[int, float]) -> list[float]:
        """Seconds from the answer; what came before the sender had it counts as none."""
        return [max(0.0, seen[n] - at) if n in seen else BAR for n, at in enumerate(self.accepted)]


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pushing = Pushing(portal(folder))
        watched, known = pushing.person()
        others = [pushing.person()[1]["clinic"] for _ in range(CITIZENS - 1)]
        with running(pushing.app.extensions["settings"], folder, worker=True) as server:
            page = Watched(server.address, browser(pushing.app, watched))
            reading = threading.Thread(target=page.watch)
            reading.start()
            push(page, pushing.headers["clinic"], known["clinic"], others)
            reading.join()
    return told(page)


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


def told(page: Watched) -> int:
    took = page.accepted[-1] - page.accepted[0]
    print(f"{BATCHES * EACH} events for {CITIZENS} citizens, sent within {took:.0f} s")
    most = 0.0
    for what, seen in (("on the page", page.shown), ("in the numbers", page.counted)):
        waits = page.waits(seen)
        most = max(most, *waits)
        middle = statistics.median(waits)
        print(f"{what}: {len(seen)} seen, median {middle:.2f} s, most {max(waits):.2f} s")
    print(f"(bar: {BAR:.0f} s)")
    return 0 if most < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
