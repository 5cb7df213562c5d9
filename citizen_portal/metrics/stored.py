"""What stands in the database, asked anew each time that somebody asks for the numbers."""

from collections.abc import Iterable, Iterator

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from citizen_portal.db import Sessions
from citizen_portal.metrics.told import TOLD, Told

log = structlog.get_logger()


class Stored(Collector):
    """Numbers that slices tell. One that cannot be had is left out, and `portal_database_up` is 0;
    so an alert sees that nothing is known, rather than an old number."""

    def __init__(self, sessions: Sessions, parts: object) -> None:
        self._sessions, self._parts = sessions, parts

    def describe(self) -> Iterable[Metric]:
        """Nothing: whoever registers this asks no database."""
        return []

    def collect(self) -> Iterator[Metric]:
        up = 1.0
        for one in sorted(TOLD.values(), key=lambda one: one.name):
            try:
                yield self._asked(one)
            except Exception as error:  # whatever its driver raises
                log.error("metrics.not_told", where=one.name, fault=type(error).__name__)
                up = 0.0
        yield GaugeMetricFamily(
            "portal_database_up", "Whether the database told all it was asked for.", value=up
        )

    def _asked(self, one: Told) -> Metric:
        found = GaugeMetricFamily(one.name, one.says, labels=one.labels)
        with self._sessions.of(one.reach).reading() as session:
            for labels, value in sorted(one.ask(session, self._parts).items()):
                found.add_metric(labels, value)
        return found
