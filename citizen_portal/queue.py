"""The queue of job ids between whoever enqueues and the workers, and what a worker does with it."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import UUID

import structlog
from huey import Huey, PostgresHuey, SqliteHuey
from huey.serializer import Serializer, SignedSerializer
from huey.storage import PostgresStorage
from sqlalchemy import URL, make_url

from citizen_portal.connections import REACHING
from citizen_portal.secret_keys import SecretKeys

LONG_AT_ONCE = 2
"""Long jobs that one worker does beside its others."""
PATIENCE = 2
"""Seconds that anybody waits for a queue that somebody holds: a page must not hang on it, for its
job is kept and can be handed over later."""
TICK = 30.0
"""Seconds between two looks at what is due."""
Run = Callable[[UUID], object]

log = structlog.get_logger()


class Signed(Serializer):  # type: ignore[misc]
    """Messages, signed by the newest secret, believed if any of them signed it."""

    def __init__(self, secrets: SecretKeys) -> None:
        super().__init__()
        self._secrets = secrets

    def _serialize(self, message: Any) -> bytes:
        return bytes(_signer(self._secrets()[-1]).serialize(message))

    def _deserialize(self, data: bytes) -> Any:
        """Raises ``ValueError`` for what none of them signed."""
        *older, newest = self._secrets()
        for secret in older:
            with suppress(ValueError):
                return _signer(secret).deserialize(data)
        return _signer(newest).deserialize(data)


@lru_cache(maxsize=8)
def _signer(secret: str) -> SignedSerializer:
    return SignedSerializer(secret=secret, salt="citizen-portal.jobs")


def _as_libpq_has_it(url: URL) -> str:
    """The connection string that SQLAlchemy's own connections amount to."""
    from psycopg.conninfo import make_conninfo  # an extra: not there where SQLite is used

    _, given = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**given)


class Shared(PostgresStorage):  # type: ignore[misc]
    """In a database, whose locks are waited for in bounded time. Each transaction is told so, for a
    pooler may hand its connection to others."""

    begin_sql = f"BEGIN; SET LOCAL lock_timeout = '{PATIENCE}s'"

    def db(self, commit: bool = False, close: bool = False) -> Any:
        return super().db(commit=True, close=close)


class Queue:
    """Ids, each message signed: in a file, or in a PostgreSQL database.

    Workers on several machines share one in a database. Its tables are not of the schema:
    ``prepare`` makes them, and what they hold may be lost without harm.
    """

    def __init__(
        self,
        secrets: SecretKeys,
        *,
        file: Path | None = None,
        database_url: str = "",
        pooler: bool = False,
    ) -> None:
        kept: dict[str, Any] = {
            "results": False,
            "store_intermediate_errors": False,
            "serializer": Signed(secrets),
        }
        if file is not None:
            where = str(file)
            self.huey: Huey = SqliteHuey("citizen-portal", filename=where, timeout=PATIENCE, **kept)
        else:
            where = _as_libpq_has_it(make_url(database_url))
            kept |= {"storage_class": Shared, "create_tables": False, **REACHING}
            if pooler:  # it hands on no LISTEN, and no statement that was prepared before
                kept |= {"blocking": False, "prepare_threshold": None}
            self.huey = PostgresHuey("citizen-portal", dsn=where, **kept)
        self._run: Run | None = None
        self._task = self.huey.task(name="run_job")(self._run_one)

    def prepare(self) -> None:
        """Make what the queue lies in, where that is not there yet."""
        self.huey.storage.initialize_schema()

    def put(self, job_id: UUID) -> None:
        self._task(str(job_id))

    def waiting(self) -> int:
        """How many ids wait; raises when the queue cannot be read."""
        return int(self.huey.pending_count())

    def serve(
        self,
        run: Run,
        tick: Callable[[], None],
        workers: int,
        *,
        is_long: Callable[[UUID], bool],
    ) -> None:
        """Work until told to stop (SIGINT, SIGTERM).

        Long jobs and ``tick`` have threads of their own: a body that is slow to answer for a copy
        delays other copies, and nothing else. A job that is broken off is handed over again.
        """
        long: SimpleQueue[UUID] = SimpleQueue()
        self._run = lambda job_id: long.put(job_id) if is_long(job_id) else run(job_id)
        for _ in range(LONG_AT_ONCE):
            _start(lambda: run(long.get()))
        tick()
        _start(lambda: _after_a_pause(tick))
        self.huey.create_consumer(workers=workers, periodic=False, check_worker_health=True).run()

    def _run_one(self, job_id: str) -> None:
        assert self._run is not None, "only a worker runs jobs"  # noqa: S101
        self._run(UUID(job_id))


def _after_a_pause(tick: Callable[[], None]) -> None:
    time.sleep(TICK)
    tick()


def _start(step: Callable[[], object]) -> None:
    """Do this again and again in a thread that ends with the process."""

    def repeat() -> None:
        while True:
            try:
                step()
            except Exception as error:  # such as a database that is away: the next turn may do
                log.error("worker.turn_failed", fault=type(error).__name__)

    threading.Thread(target=repeat, daemon=True).start()
