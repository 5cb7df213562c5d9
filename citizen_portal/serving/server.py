"""gunicorn as the portal is served by it: made once, then shared by each worker."""

import gc
import os
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from citizen_portal import logs
from citizen_portal.serving import bounds
from citizen_portal.wsgi import from_environment, post_worker_init

REQUESTS = 50_000
"""Requests after which a worker gives way to a new one, where there is another meanwhile."""
MEMORY = Path("/dev/shm")  # noqa: S108  # the file there is nameless

log = structlog.get_logger()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """SIGHUP: new workers with what settings, keys and data say now, then the old ones end.
    SIGTERM: what is under way is answered, then it ends."""

    def __init__(self, bind: list[str], *, workers: int, threads: int, grace: int) -> None:
        self.options = {
            "bind": bind,
            "workers": workers,
            "threads": threads,
            "graceful_timeout": grace,
            "max_requests": REQUESTS if workers > 1 else 0,
            "max_requests_jitter": REQUESTS // 10,
        }
        super().__init__(prog="citizen-portal")

    def load_config(self) -> None:
        for name, value in (FIXED | self.options).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return from_environment()

    def reload(self) -> None:
        """A portal that cannot be made anew, say for a setting that is wrong, goes on as before."""
        super().reload()
        try:
            self.callable = self.load()
        except Exception as error:
            log.error("server.not_reloaded", **logs.fault(error))
            return
        gc.unfreeze()
        gc.collect()  # the one before
        gc.freeze()


def _say_ready(server: Any) -> None:
    """gunicorn calls this once it listens; what workers need is loaded by then."""
    for listener in server.LISTENERS:
        at = listener.getsockname()  # host and port, or a path
        place = {"where": at} if isinstance(at, str) else {"port": at[1]}
        log.info("server.ready", count=server.num_workers, **place)


FIXED: dict[str, object] = {
    "when_ready": _say_ready,
    "worker_class": "citizen_portal.serving.worker.Worker",
    "logger_class": "citizen_portal.serving.worker.Log",
    "preload_app": True,
    "post_worker_init": post_worker_init,
    "worker_connections": bounds.CALLERS,
    "keepalive": bounds.KEPT,
    "limit_request_line": bounds.LINE,
    "limit_request_fields": bounds.FIELDS,
    "limit_request_field_size": bounds.FIELD,
    "http_parser": "python",
    "forwarded_allow_ips": "",
    "forwarder_headers": "",
    "secure_scheme_headers": {},
    "sendfile": False,
    "umask": 0o077,
    "worker_tmp_dir": str(MEMORY) if os.access(MEMORY, os.W_OK) else None,
    "control_socket_disable": True,
    "accesslog": None,
    "loglevel": "warning",
}
"""Whatever the machine. ``X-Forwarded-For`` is read by the app, as far as ``trusted_proxies`` says;
of what else a proxy may say nothing is believed. No access log: it would hold addresses and who
called. No ``sendfile``: it has no time of its own."""
