"""A turn of the app: few requests are worked on at once, and only those that are whole.

So whoever is slow to send or to take costs a waiting thread and no turn of anybody.
"""

import errno
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from citizen_portal.serving.bounds import BODY, IN_MEMORY
from citizen_portal.serving.callers import Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PIECE = 65_536
AT_ONCE = "/healthz"
"""It asks nothing of anybody. While each turn waits for a database, whoever starts processes anew
must not take this one for dead."""


class Turns:
    """The app, with so many turns at once."""

    def __init__(self, app: "WSGIApplication", turns: int) -> None:
        self.app = app
        self.turns = threading.Semaphore(turns)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        caller: Caller = environ["gunicorn.socket"]
        turn = nullcontext() if environ["PATH_INFO"] == AT_ONCE else self.turns
        with _whole(environ) as environ["wsgi.input"], turn:
            answer = self.app(environ, start_response)
        caller.begin()
        return answer


def _whole(environ: "WSGIEnvironment") -> IO[bytes]:
    """The body, as far as any address could take it. What is longer by its own word is not read:
    the app refuses it by that word. What ends before its word is no request (RFC 9112, section 8):
    half of what somebody wrote must not be kept as if it were the whole."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > BODY:
        return BytesIO()
    source, left = environ["wsgi.input"], BODY + 1
    held: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed after the turn
    while left and (piece := source.read(min(PIECE, left))):
        held.write(piece)
        left -= len(piece)
    if environ.pop("HTTP_TRANSFER_ENCODING", ""):
        environ["CONTENT_LENGTH"] = str(held.tell())  # it came in pieces; now its length is known
    elif held.tell() < length:
        held.close()
        raise ConnectionResetError(errno.ECONNRESET, "The caller hung up.")
    held.seek(0)
    return held
