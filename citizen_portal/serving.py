"""How gunicorn serves the portal: ``gunicorn --config python:citizen_portal.serving …``.

A thread that waits for a slow caller serves nobody else, so a caller has little time: for the head
of a request, for what it brings, and to take each part of the answer. That is the second wall. The
first is the reverse proxy (``deploy/nginx.conf``), which holds slow callers without a thread each.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

worker_class = "citizen_portal.serving.Worker"
threads = 8
worker_connections = 400
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
header_map = "drop"
"""Of names with an underscore, which could pass for others behind a proxy."""
forwarded_allow_ips = ""
forwarder_headers = ""
"""Nobody tells us by a header where we are: only ``PORTAL_PUBLIC_URL`` does."""
control_socket_disable = True

HEAD_SECONDS = 10.0
"""For the request line and headers, once the first byte is there."""
REQUEST_SECONDS = 60.0
"""For what the request brings, and for us until the answer begins."""
TAKEN_SECONDS = 30
"""To take any of the answer. A large copy on a slow line may last longer in all."""
AT_ONCE = 0.05
"""A connection on which nothing comes within this waits without a thread, and not for long."""
LOOKS_EACH = 0.25

Start = Callable[..., object]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Watch:
    """Cuts off callers whose time is over; what waits for them then ends as if they had left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[socket.socket, float] = {}

    def give(self, caller: socket.socket, seconds: float) -> None:
        with self._lock:
            self._until[caller] = time.monotonic() + seconds

    def over(self, caller: socket.socket) -> None:
        with self._lock:
            self._until.pop(caller, None)

    def run(self) -> None:
        while True:
            time.sleep(LOOKS_EACH)
            self.cut()

    def cut(self) -> None:
        now = time.monotonic()
        with self._lock:
            late = [caller for caller, until in self._until.items() if until <= now]
            for caller in late:
                del self._until[caller]
                with contextlib.suppress(OSError):  # it has left already
                    caller.shutdown(socket.SHUT_RDWR)


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threads, with a time for each caller."""

    wsgi: App

    def init_process(self) -> None:
        self.watch = Watch()
        threading.Thread(target=self.watch.run, name="watch", daemon=True).start()
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        app = self.wsgi

        def told(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
            def begin(*given: Any) -> object:
                self.watch.over(environ["gunicorn.socket"])
                return start_response(*given)

            return app(environ, begin)

        self.wsgi = told

    def handle(self, conn: TConn) -> object:
        if not conn.initialized and not conn.wait_for_data(AT_ONCE):
            return _DEFER
        taken = struct.pack("ll", TAKEN_SECONDS, 0)
        with contextlib.suppress(OSError):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, taken)
        self.watch.give(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            self.watch.over(conn.sock)

    def handle_request(self, req: object, conn: TConn) -> object:
        self.watch.give(conn.sock, REQUEST_SECONDS)
        return super().handle_request(req, conn)
