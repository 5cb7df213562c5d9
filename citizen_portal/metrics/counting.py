"""What processes count while they work."""

from contextlib import suppress
from pathlib import Path

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from citizen_portal.db import Sessions
from citizen_portal.metrics import shared, stored

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds. A page is to be there within a tenth; a body may take ten."""
OUTCOMES = ("new", "again", "refused")
"""Of accesses that were sent."""
LONG = (0.1, 1.0, 10.0, 60.0, 600.0)

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types


class Web:
    """Of a web server. Its processes count together in a ``folder``; without one, each alone."""

    def __init__(self, folder: Path | None) -> None:
        self._counted = CollectorRegistry()
        self._folder = folder
        if folder is not None:
            shared.count_in(folder)
        self._requests = Histogram(
            "portal_request_seconds",
            "Seconds until a request was answered, by rule of its address, method and status.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self._counted,
        )
        self._events = Counter(
            "portal_events",
            "Accesses to data that systems of bodies sent, by what became of them.",
            ("outcome",),
            registry=self._counted,
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        with suppress(OSError):  # a full disk: what is not counted is served all the same
            self._requests.labels(route, method, f"{status // 100}xx").observe(seconds)

    def events(self, outcome: str, number: int) -> None:
        if not number:
            return
        with suppress(OSError):
            self._events.labels(outcome).inc(number)

    def registry(self) -> CollectorRegistry:
        """What the port tells: the counts of each process of this web server, together."""
        with suppress(OSError):
            for outcome in OUTCOMES:
                self._events.labels(outcome)  # from here on it is 0, not unknown
        if self._folder is None:
            return self._counted
        return shared.together(self._folder)


class Work:
    """Of one worker, and of what stands in the database."""

    def __init__(self, sessions: Sessions, parts: object) -> None:
        self._counted = CollectorRegistry()
        self._jobs = Histogram(
            "portal_job_seconds",
            "Seconds that an attempt at a job took, by how it ended.",
            ("outcome",),
            buckets=LONG,
            registry=self._counted,
        )
        self._turn = Gauge(
            "portal_worker_turn_timestamp_seconds",
            "When the worker last looked for what is due.",
            registry=self._counted,
        )
        ProcessCollector(registry=self._counted)
        self._counted.register(stored.Stored(sessions, parts))

    def job(self, outcome: str, seconds: float) -> None:
        self._jobs.labels(outcome).observe(seconds)

    def turn(self) -> None:
        self._turn.set_to_current_time()

    def registry(self) -> CollectorRegistry:
        return self._counted
