"""A canary listens on loopback; whatever an address is dressed up as, it hears nothing."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from citizen_portal.fetch import Fault, Fetcher, Kind, loop
from citizen_portal.identity.remote.wire import OverFetch
from tests.fakes.serving import served
from tests.fetch.canaries import BETWEEN, HOSTS, PUBLIC, canary, get, over_provider, post
from tests.fetch.redirecting import make as redirecting


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
