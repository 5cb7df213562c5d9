"""What waits for a turn of the app, and what does not."""

import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING

from citizen_portal.serving.callers import Caller
from citizen_portal.serving.turns import Turns

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_a_sign_of_life_waits_for_no_turn() -> None:
    """As while each waits for a database that does not answer."""
    taken, over = threading.Event(), threading.Event()

    def app(environ: "WSGIEnvironment", _: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            taken.set()
            assert over.wait(20)
        return [b"alive"]

    turns, (ours, theirs) = Turns(app, 1), socket.socketpair()

    def ask(path: str) -> Iterable[bytes]:
        with Caller(fileno=ours.dup().detach()) as caller:
            asked = {"PATH_INFO": path, "wsgi.input": BytesIO(), "gunicorn.socket": caller}
            return turns(asked, lambda *_: lambda _: None)

    with ours, theirs, ThreadPoolExecutor(2) as pool:
        page = pool.submit(ask, "/register")
        assert taken.wait(20)
        assert pool.submit(ask, "/healthz").result(timeout=20) == [b"alive"]
        assert not page.done()
        over.set()
        assert page.result(timeout=20) == [b"alive"]
