"""A body's system that is told of things over real HTTP, and answers as the test says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DROP = "drop"
"""Close the connection without an answer."""
HANG = "hang"
"""Answer nothing until the test lets go."""
Answer = int | str


@dataclass(frozen=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver(ThreadingHTTPServer):
    """``answers`` are given one after the other; after the last one, whatever comes is taken."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.got: list[Got] = []
        self.hanging, self.let_go = threading.Event(), threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"{self.address}/hooks"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): text for name, text in self.headers.items()}
        self.server.got.append(Got(self.path, headers, body))
        answer = self.server.answers.pop(0) if self.server.answers else 204
        if answer == HANG:
            self.server.hanging.set()
            self.server.let_go.wait(30)
        if isinstance(answer, int):
            self.send_response(answer)
            self.send_header("Location", f"{self.server.address}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is captured on stderr is the portal's own."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.let_go.set()
            receiver.shutdown()
            thread.join()
