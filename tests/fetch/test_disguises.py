"""A canary listens on loopback; whatever an address is dressed up as, it hears nothing."""

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from citizen_portal.fetch import Fault, Fetcher, Kind, loop
from citizen_portal.identity.remote.wire import OverFetch
from tests.fakes.serving import served
from tests.fetch.redirecting import make as redirecting

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


def test_a_canary_hears_who_calls_it() -> None:
    with canary() as bird, pytest.raises(Fault):
        get(Fetcher(frozenset({"127.0.0.1"}), 1000), f"http://127.0.0.1:{bird.port}")
    assert bird.heard >= 1  # what falls silent may be called again


def test_no_disguise_of_a_forbidden_address_is_called() -> None:
    strict, tried = Fetcher(frozenset(), 1000), 0
    with canary() as bird:
        for host in HOSTS:
            for scheme in ("https", "http"):
                address = f"{scheme}://{host}:{bird.port}"
                for call in (get, post):
                    with pytest.raises(Fault) as raised:
                        call(strict, address)
                    assert raised.value.kind in {Kind.FORBIDDEN_ADDRESS, Kind.UNREACHABLE}, address
                with pytest.raises((requests.RequestException, ValueError)):
                    over_provider(address)
                tried += 3
    print(f"{tried} calls to {len(HOSTS)} disguises, {bird.heard} connections")
    assert bird.heard == 0


def test_parsers_that_read_an_address_differently_find_no_way() -> None:
    """Also where private hosts are named: only those very hosts, and no base says more."""
    strict = Fetcher(frozenset(), 1000)
    named = Fetcher(frozenset({"body.test"}), 1000)
    with canary() as bird:
        for form in BETWEEN:
            address = form.format(port=bird.port)
            for fetcher in (strict, named):
                for call in (get, post):
                    with pytest.raises(Fault):
                        call(fetcher, address)
            with pytest.raises((requests.RequestException, ValueError)):
                over_provider(address)
    assert bird.heard == 0


def test_a_port_is_not_a_way_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the host does not change it: a path or query that looks like one."""
    fetcher = Fetcher(frozenset({"127.0.0.1"}), 1000)
    with canary() as bird, served(lambda url: redirecting(url)) as allowed:
        for path in (f"@127.0.0.1:{bird.port}/", f":{bird.port}@127.0.0.1/", f"#@x:{bird.port}/"):

            async def call(path: str = path) -> None:
                await fetcher.get(allowed, path, until=fetcher.moment(2))

            with pytest.raises(Fault):
                fetcher.wait(call(), seconds=4)
    assert bird.heard == 0


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_no_redirect_leads_to_the_canary(status: int) -> None:
    fetcher = Fetcher(frozenset({"127.0.0.1"}), 1000)
    carrier = OverFetch(seconds=2, private_hosts=frozenset({"127.0.0.1"}))
    with canary() as bird, served(lambda _: redirecting(bird.port)) as allowed:
        for disguise in ("127.0.0.1", "localhost", "[::1]", "127.1"):
            with pytest.raises(Fault) as raised:
                get(fetcher, f"{allowed}/{status}/{disguise}")
            assert (raised.value.kind, raised.value.status) == (Kind.REDIRECT, status)
            asked = requests.Request("GET", f"{allowed}/{status}/{disguise}/x").prepare()
            assert carrier.send(asked).status_code == status
    assert bird.heard == 0


def test_no_variable_or_file_of_the_environment_changes_where_calls_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[dict[str, str]] = []
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login canary password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    fetcher = Fetcher(frozenset({"127.0.0.1"}), 1000)
    with canary() as bird, served(lambda _: redirecting(bird.port, seen)) as allowed:
        for name in ("http", "https", "all", "ws", "ftp", "socks"):
            for spelt in (f"{name}_proxy", f"{name}_proxy".upper()):
                monkeypatch.setenv(spelt, f"http://127.0.0.1:{bird.port}")
        for spelt in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(spelt, "")
        get(fetcher, f"{allowed}/well")
        carrier = OverFetch(seconds=2, private_hosts=frozenset({"127.0.0.1"}))
        asked = requests.Request("GET", f"{allowed}/well/v2/findUsage").prepare()
        assert carrier.send(asked).status_code == 200
    assert bird.heard == 0
    assert len(seen) == 2
    assert [each for each in seen if {"Authorization", "Proxy-Authorization"} & set(each)] == []


def test_a_name_that_changes_its_mind_is_called_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: a public address when it is checked, a private one when it is called."""
    asked: list[str] = []
    called: list[str] = []

    async def getaddrinfo(_: object, host: str, port: int, **__: Any) -> list[Any]:
        asked.append(host)
        address = PUBLIC if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async def sock_connect(_: object, __: object, address: tuple[str, int]) -> None:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", sock_connect)
    fetcher = Fetcher(frozenset({"another.test"}), 1000)
    with canary() as bird:
        address = f"https://rebinding.test:{bird.port}"
        with pytest.raises(Fault) as raised:
            get(fetcher, address)
        assert (raised.value.kind, called, len(asked)) == (Kind.UNREACHABLE, [PUBLIC], 1)

        async def forget() -> None:
            loop.home().session(fetcher.loopback_hosts).connector.clear_dns_cache()  # type: ignore[union-attr]

        loop.start(forget()).result(2)
        with pytest.raises(Fault) as raised:
            get(fetcher, address)
        assert (raised.value.kind, len(asked)) == (Kind.FORBIDDEN_ADDRESS, 2)
    assert set(called) == {PUBLIC}
    assert bird.heard == 0


def test_a_name_that_has_a_forbidden_address_among_others_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "169.254.169.254"]
    with ExitStack() as stack:
        bird = stack.enter_context(canary())
        for number, forbidden in enumerate(answers):

            async def getaddrinfo(
                _: object, host: str, port: int, forbidden: str = forbidden, **__: Any
            ) -> list[Any]:
                kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
                return [(*kind, (PUBLIC, port)), (*kind, (forbidden, port))]

            monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
            with pytest.raises(Fault) as raised:
                get(Fetcher(frozenset(), 1000), f"https://name-{number}.test:{bird.port}")
            assert raised.value.kind is Kind.FORBIDDEN_ADDRESS, forbidden
    assert bird.heard == 0
