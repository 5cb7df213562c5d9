"""The port at which the numbers are told, apart from the portal's own."""

import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

SECONDS = 3
"""How long whoever asks may fall silent."""


class Server(ThreadingWSGIServer):
    """Of one process, which tells of itself."""


class Shared(Server):
    """Each process of a web server listens at the port; whichever is asked tells of all."""

    allow_reuse_port = True


class Handler(WSGIRequestHandler):
    timeout = SECONDS

    def log_message(self, *_: object) -> None:
        """Nothing."""


def open_port(
    host: str, port: int, registry: CollectorRegistry, kind: type[Server] = Server
) -> Server:
    """Answer in a thread that ends with the process."""
    server = make_server(host, port, make_wsgi_app(registry), kind, Handler)
    threading.Thread(target=server.serve_forever, daemon=True, name="metrics").start()
    return server
