"""A caller's connection, which must get on.

A timeout on each read is not enough: whoever sends a byte a second meets it for ever. So the time
is counted over all of a request, or all of an answer, and only bytes add to it.
"""

import errno
import socket
import struct
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from citizen_portal.serving.bounds import RATE, SECONDS

Done = TypeVar("Done")


class Caller(socket.socket):
    """Reads and writes end in time, or as if the caller had hung up."""

    until = 0.0

    def begin(self, seconds: float = SECONDS) -> None:
        """Something new is waited for: a request, or that an answer is taken."""
        self.until = monotonic() + seconds

    def setblocking(self, flag: bool) -> None:
        """Nothing: each read and write has its own time."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        got = self._in_time(lambda: super(Caller, self).recv(size, flags))
        self._earn(len(got))
        return got

    def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]
        self._earn(len(data))
        return self._in_time(lambda: super(Caller, self).send(data, flags))

    def sendall(self, data: bytes, flags: int = 0) -> None:  # type: ignore[override]
        self._earn(len(data))
        self._in_time(lambda: super(Caller, self).sendall(data, flags))

    def _earn(self, size: int) -> None:
        """Who was quick has no more time to be slow later."""
        self.until = min(self.until, monotonic() + SECONDS) + size / RATE

    def _in_time(self, do: Callable[[], Done]) -> Done:
        left = self.until - monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self.settimeout(left)  # of ``sendall`` it bounds the whole, not each part
            return do()
        except TimeoutError:
            self._cut_off()
            raise ConnectionResetError(errno.ECONNRESET, "The caller was too slow.") from None

    def _cut_off(self) -> None:
        """At once: what was not taken is not kept for them by the system either."""
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
