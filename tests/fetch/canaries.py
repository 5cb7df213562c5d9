"""A canary that listens on loopback, and what addresses of forbidden places are dressed up as."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from citizen_portal.fetch import Fetcher
from citizen_portal.identity.remote.wire import OverFetch

PUBLIC = "93.184.216.34"
HOSTS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",  # decimal
    "017700000001",  # octal
    "0177.0.0.1",
    "0177.0.0.01",
    "0x7f000001",  # hexadecimal
    "0x7f.0x0.0x0.0x1",
    "0x7F.1",
    "127.0.0.1%2f@example.org",
    "%31%32%37.0.0.1",
    "127。0。0。1",  # dots that IDNA maps
    "127．0．0．1",
    "127｡0｡0｡1",
    "①②⑦.⓪.⓪.①",
    "１２７.0.0.1",
    "⑯⑨。②⑤④。⑯⑨｡②⑤④",
    "0.0.0.0",  # noqa: S104
    "0",
    "00000000",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",  # IPv4 inside IPv6
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",  # SIIT
    "[64:ff9b::127.0.0.1]",  # NAT64
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",  # 6to4
    "[2001:0:7f00:1::]",  # Teredo
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[fd00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "100.64.0.1",
    "100.127.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "ip6-localhost",
    "loca\u2113host",
    "ｌｏｃａｌｈｏｓｔ",
]
BETWEEN = [
    "https://example.org@127.0.0.1:{port}",
    "https://example.org:443@127.0.0.1:{port}",
    "https://127.0.0.1:{port}#@example.org",
    "https://127.0.0.1:{port}?@example.org",
    "https://127.0.0.1:{port}\\@example.org",
    "https://example.org\\@127.0.0.1:{port}",
    "https://example.org#@127.0.0.1:{port}",
    "https://example.org?@127.0.0.1:{port}",
    "https://127.0.0.1:{port}\t.example.org",
    "https://exam\tple.org@127.0.0.1:{port}",
    "https://127.0.0.1\n:{port}",
    "https://127.0.0.1\r\nHost: example.org\r\n:{port}",
    "https://127.0.0.1 :{port}",
    " https://127.0.0.1:{port}",
    "https:127.0.0.1:{port}",
    "https:///127.0.0.1:{port}",
    "https:////127.0.0.1:{port}",
    "https:\\\\127.0.0.1:{port}",
    "//127.0.0.1:{port}",
    "https://127.0.0.1:{port}:443",
    "https://127.0.0.1:0{port}",
    "https://127.0.0.1:+{port}",
    "https://127.0.0.1;.example.org:{port}",
    "https://[::1]:{port}@example.org",
    "https://[::1].example.org:{port}",
    "https://[127.0.0.1]:{port}",
    "https://[::ffff:127.0.0.1]@[::1]:{port}",
    "https://\x00127.0.0.1:{port}",
    "https://127.0.0.1\x00.example.org:{port}",
    "https://127.0.0.1\u00ad:{port}",  # a soft hyphen
    "https://127.0.0.1\u200b:{port}",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}",
    "ws://127.0.0.1:{port}",
    "unix://127.0.0.1:{port}",
    "http+unix://%2Ftmp%2Fx.sock",
]


class Canary:
    """Listens on both families at one port and counts whoever connects."""

    def __init__(self) -> None:
        self.heard = 0
        self._stop, self._wake = socket.socketpair()
        self._ears = [_listen(socket.AF_INET, "127.0.0.1", 0)]
        self.port = int(self._ears[0].getsockname()[1])
        with contextlib.suppress(OSError):  # a machine without IPv6
            self._ears.append(_listen(socket.AF_INET6, "::1", self.port))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as waiting:
            for ear in (*self._ears, self._stop):
                waiting.register(ear, selectors.EVENT_READ)
            while True:
                for key, _ in waiting.select():
                    if key.fileobj is self._stop:
                        return
                    self.heard += 1
                    key.fileobj.accept()[0].close()  # type: ignore[union-attr]

    def close(self) -> None:
        """What had connected by now has been counted: it stands before the word to stop."""
        self._wake.send(b"x")
        self._thread.join()
        for each in (*self._ears, self._stop, self._wake):
            each.close()


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    ear = socket.socket(family)
    ear.bind((host, port))
    ear.listen(64)
    return ear


@contextmanager
def canary() -> Iterator[Canary]:
    made = Canary()
    try:
        yield made
    finally:
        made.close()


def get(fetcher: Fetcher, base: str, **more: Any) -> None:
    async def call() -> None:
        await fetcher.get(base, "/v2/findUsage", until=fetcher.moment(2), **more)

    fetcher.wait(call(), seconds=4)


def post(fetcher: Fetcher, address: str) -> None:
    async def call() -> None:
        await fetcher.send(address, b"{}", until=fetcher.moment(2), headers={})

    fetcher.wait(call(), seconds=4)


def over_provider(address: str) -> None:
    """As the identity provider is called, and the key sets of bodies' systems."""
    carrier = OverFetch(seconds=2, private_hosts=frozenset())
    carrier.send(requests.Request("GET", address).prepare())
