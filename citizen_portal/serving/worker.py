"""gunicorn's worker with threads, made safe against slow callers.

Its own would have as many threads as turns, each of which a caller who sends a byte a second could
hold for ever, and would wait in its main loop, up to two seconds each, for callers to hang up.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import TConn, ThreadWorker

from citizen_portal import logs
from citizen_portal.serving.bounds import BODY, LINGER
from citizen_portal.serving.callers import Caller
from citizen_portal.serving.turns import Turns

REFUSALS: dict[type[Exception], tuple[int, str]] = {
    LimitRequestLine: (414, "URI Too Long"),
    LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    ExpectationFailed: (417, "Expectation Failed"),
    UnsupportedTransferCoding: (501, "Not Implemented"),
    InvalidResponseHeader: (500, "Internal Server Error"),
    InvalidResponseHeaderName: (500, "Internal Server Error"),
    ParseException: (400, "Bad Request"),
    Exception: (500, "Internal Server Error"),
}
"""What is said of each fault; the first that fits."""

log = structlog.get_logger()


class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines, without the words of errors: those may hold what somebody sent."""

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        log.error("server.failed", **logs.fault(sys.exc_info()[1]))


class Worker(ThreadWorker):  # type: ignore[misc]
    """A thread for each caller, who has bounded time; as many turns as gunicorn has threads."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self.cfg.worker_connections)

    wsgi: Any

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi = Turns(self.wsgi, self.cfg.threads)

    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, Caller):
            conn.sock = Caller(fileno=conn.sock.detach())
        conn.data_ready = True  # its thread waits for the first byte, in bounded time
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> bool:
        """One request. Where the connection ends with it, the rest is taken here, and not in the
        main loop."""
        conn.sock.begin()
        kept = bool(super().handle(conn))
        if not kept:
            conn.sock.begin(LINGER)
            util.close_graceful(conn.sock, timeout=LINGER, max_drain=BODY)
        return kept

    def handle_error(self, req: Any, client: Caller, addr: Any, exc: Exception) -> None:
        """Say no more than the status, and log neither who called nor what they sent."""
        status, reason = next(said for kind, said in REFUSALS.items() if isinstance(exc, kind))
        if status == 500:
            log.error("server.failed", **logs.fault(exc))
        else:
            log.warning("server.refused", status=status, fault=type(exc).__name__)
        util.write_error(client, status, reason, "")
