"""Serves an app over real HTTP on loopback, at a port that is free, for as long as a test needs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: what is captured on stderr is the app's own."""


@contextmanager
def served(make: Callable[[str], Flask]) -> Iterator[str]:
    """The address of the app that ``make`` makes, once it knows its own address."""
    server = make_server("127.0.0.1", 0, Flask("none"), threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    server.app = make(address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
