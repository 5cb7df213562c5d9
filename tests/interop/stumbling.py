"""A portal behind something that stumbles: now and then it is busy, or an answer gets lost."""

import re
from collections.abc import Callable, Iterable
from itertools import count
from threading import Lock
from typing import Any

from werkzeug.wsgi import get_input_stream

from citizen_portal.access.schemas.traces import JSON, PROTOBUF

Wsgi = Callable[..., Iterable[bytes]]
BATCH = re.compile(rb"batch=([0-9a-f-]{36})")


class Stumbling:
    """Of the batches of spans each third meets a 503: before it arrives, or after it was stored."""

    def __init__(self, app: Wsgi) -> None:
        self.app = app
        self.lost: set[str] = set()
        """Batches whose answer never arrived, so that they were sent again."""
        self.busy, self.kinds = 0, set[str]()
        self._calls, self._lock = count(1), Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/api/v1/traces":
            return self.app(environ, start_response)
        with self._lock:
            number = next(self._calls)
        assert environ["CONTENT_TYPE"] in {JSON, PROTOBUF}
        self.kinds.add(environ["CONTENT_TYPE"])
        if number % 3:
            return self.app(environ, start_response)
        self.busy += 1
        if number % 2:
            get_input_stream(environ).read()
        else:
            said = b"".join(self.app(environ, lambda *_: None))
            self.lost.update(found.decode() for found in BATCH.findall(said))
        start_response("503 Service Unavailable", [("Retry-After", "1"), ("Content-Length", "0")])
        return []
