import asyncio
import socket
from typing import Any

import pytest

from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.fetch.addresses import CheckedResolver, allowed, checked
from tests.awaiting import awaited

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]
LOCAL = frozenset({"127.0.0.1", "localhost", "body.test"})


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_not_public_are_forbidden(address: str) -> None:
    assert not allowed(address, private=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert allowed(address, private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "fd00::1", "::ffff:10.0.0.1"])
def test_hosts_of_the_settings_may_be_private(address: str) -> None:
    assert allowed(address, private=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "0.0.0.0", "::", "fe80::1", "224.0.0.1"],  # noqa: S104
)
def test_not_even_hosts_of_the_settings_may_be_these(address: str) -> None:
    assert not allowed(address, private=True)


@pytest.mark.parametrize(
    "base",
    [
        "http://example.org",  # in clear
        "ftp://example.org",
        "file:///etc/passwd",
        "https://",
        "example.org",
        "https://user:password@example.org",
        "https://example.org?x=1",
        "https://example.org#x",
        "https://127.0.0.2",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://169.254.169.254/latest",
        "http://0.0.0.0:8000",
        "https://example.org:99999",
        "https://[fe80::1%25eth0]",
    ],
)
def test_a_base_that_may_not_be_called(base: str) -> None:
    with pytest.raises(Fault) as raised:
        checked(base, "/v2/findUsage", loopback_hosts=LOCAL)
    assert raised.value.kind is Kind.FORBIDDEN_ADDRESS


def test_a_base_keeps_its_port_and_path() -> None:
    url = checked("http://127.0.0.1:8123/body/", "/v2/findUsage", loopback_hosts=LOCAL)
    assert str(url) == "http://127.0.0.1:8123/body/v2/findUsage"


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """A name server that answers with these addresses."""

    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, 443)) for address in addresses]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["169.254.169.254"], []]
)
def test_a_name_is_refused_for_one_forbidden_address(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    resolving(monkeypatch, *addresses)
    with pytest.raises(Fault) as raised:
        awaited(CheckedResolver(LOCAL).resolve("example.org", 443))
    assert raised.value.kind is Kind.FORBIDDEN_ADDRESS


def test_the_addresses_that_were_checked_are_the_ones_that_are_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "93.184.216.34")
    found = awaited(CheckedResolver(LOCAL).resolve("example.org", 443))
    assert [each["host"] for each in found] == ["93.184.216.34"]


@pytest.mark.parametrize("name", ["127.1", "2130706433", "0x7f000001", "localhost"])
def test_other_ways_to_write_loopback_reach_nothing(name: str) -> None:
    fetcher = Fetcher(frozenset(), 1000)

    async def call() -> None:
        await fetcher.get(f"https://{name}:9", "/", until=fetcher.moment(5))

    with pytest.raises(Fault) as raised:
        fetcher.wait(call(), seconds=5)
    assert raised.value.kind is Kind.FORBIDDEN_ADDRESS
