"""Which addresses may be called: public ones, and private ones for hosts named in the settings."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from citizen_portal.fetch.faults import Fault, Kind

Address = IPv4Address | IPv6Address
NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other tunnels
        "2002::/16",  # 6to4 carries an IPv4 address that nobody checked
        "fec0::/10",
    )
)
TRANSLATED = ip_network("64:ff9b::/96")


def allowed(text: str, *, private: bool) -> bool:
    """Whether an address may be called; ``private`` lets loopback and private ones through."""
    try:
        address = _plain(ip_address(text))
    except ValueError:
        return False
    if address.is_unspecified or address.is_link_local or address.is_multicast:
        return False  # link-local is where clouds keep their metadata
    if private and (address.is_loopback or address.is_private):
        return True
    listed = any(address in network for network in NOT_PUBLIC)
    return address.is_global and not address.is_reserved and not listed


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only carries it."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def checked(base: str, path: str, *, loopback_hosts: frozenset[str]) -> URL:
    """The address of ``path`` under ``base``; raises ``Fault`` when it may not be called.

    A host that is an address is checked here, a name when it is resolved.
    """
    try:
        url = URL(base.rstrip("/") + path)
        host, port = url.host, url.port
    except ValueError:
        raise Fault(Kind.FORBIDDEN_ADDRESS) from None
    ours = host in loopback_hosts
    schemes = {"https", "http"} if ours else {"https"}
    if not host or not port or url.scheme not in schemes or _carries_more(url):
        raise Fault(Kind.FORBIDDEN_ADDRESS)
    if _is_address(host) and not allowed(host, private=ours):
        raise Fault(Kind.FORBIDDEN_ADDRESS)
    return url


def _carries_more(url: URL) -> bool:
    """Whether a base says more than where to call: a name and password, a query, a fragment."""
    return bool(url.user or url.password or url.query_string or url.fragment)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class CheckedResolver(AbstractResolver):
    """Resolves a name, checks every address, and gives the connector those same addresses.

    One forbidden address refuses the name: it may be about to point elsewhere.
    """

    def __init__(self, loopback_hosts: frozenset[str]) -> None:
        self._loopback_hosts = loopback_hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        private = host in self._loopback_hosts
        if not found or not all(allowed(_text(entry), private=private) for entry in found):
            raise Fault(Kind.FORBIDDEN_ADDRESS)
        return [_result(host, port, entry) for entry in found]

    async def close(self) -> None:
        """Nothing is held open."""


def _text(entry: tuple[Any, ...]) -> str:
    return str(entry[4][0])


def _result(host: str, port: int, entry: tuple[Any, ...]) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=_text(entry),
        port=port,
        family=entry[0],
        proto=entry[2],
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
