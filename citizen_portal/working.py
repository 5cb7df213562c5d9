"""How the worker runs jobs, and what it counts of them where somebody wants to know."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from citizen_portal import jobs
from citizen_portal.db import Sessions
from citizen_portal.queue import Run
from citizen_portal.settings import Settings


def measured(settings: Settings, sessions: Sessions, parts: Any) -> tuple[Run, Callable[[], None]]:
    """What runs a job, and what is to be told of each turn. With a port for it, both count, and
    the port is open."""

    def run(job_id: UUID) -> jobs.JobState | None:
        return jobs.run(sessions, parts, job_id)

    if not settings.worker_metrics_port:
        return run, lambda: None
    from citizen_portal.metrics.counting import Work
    from citizen_portal.metrics.port import open_port

    work = Work(sessions, parts)

    def run_and_count(job_id: UUID) -> None:
        began = time.perf_counter()
        ended = run(job_id)
        if ended is not None:
            work.job(ended.value, time.perf_counter() - began)

    open_port(settings.metrics_host, settings.worker_metrics_port, work.registry())
    return run_and_count, work.turn
