"""Callers who are slow on purpose. Their sockets are their clocks: nobody sleeps."""

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from citizen_portal.demo.folder import HOST

ROUND_MS = 400
"""How long each keeps still between two bytes."""
LARGE = "/static/govuk.css"


class Slow:
    """One connection: what it sends at first, and what it sends byte by byte for ever after."""

    def __init__(self, port: int, first: bytes, drip: bytes) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(10)
        self.socket.connect((HOST, port))
        self.socket.sendall(first)
        self.drip = drip

    def go_on(self) -> None:
        if self.drip:
            self.socket.send(self.drip)


def head(port: int) -> Slow:
    return Slow(port, b"GET / HTTP/1.1\r\nHost: portal\r\nX-Long: ", b"a")


def body(port: int) -> Slow:
    said = "POST /sign-out HTTP/1.1\r\nHost: portal\r\nContent-Length: 90000\r\n"
    return Slow(
        port, f"{said}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode(), b"a"
    )


def silent(port: int) -> Slow:
    return Slow(port, b"", b"")


def reader(port: int) -> Slow:
    """Asks for more than the system keeps for anybody, and takes none of it."""
    return Slow(port, f"GET {LARGE} HTTP/1.1\r\nHost: portal\r\n\r\n".encode() * 100, b"")


KINDS: dict[str, Callable[[int], Slow]] = {
    "head": head,
    "body": body,
    "silent": silent,
    "reader": reader,
}


def cut_off(slow: list[Slow], meanwhile: Callable[[], None], *, within: float) -> list[float]:
    """After how many seconds the other side gave up on each; those that it bore are not in it."""
    begun, poll = monotonic(), select.poll()
    open_ones = {one.socket.fileno(): one for one in slow}
    for number in open_ones:
        poll.register(number, 0)  # tells of nothing but that it is over
    after = []
    while open_ones and monotonic() < begun + within:
        for number, _ in poll.poll(ROUND_MS):
            poll.unregister(number)
            open_ones.pop(number).socket.close()
            after.append(monotonic() - begun)
        for one in open_ones.values():
            _drip(one)
        meanwhile()
    for one in open_ones.values():
        one.socket.close()
    return after


def _drip(one: Slow) -> None:
    with suppress(OSError):  # the next round tells that it is over
        one.go_on()
