"""A server of PostgreSQL that is gone without a word is noticed, by whoever has a connection."""

import os
import socket
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest

from citizen_portal import connections
from citizen_portal.demo.folder import HOST
from citizen_portal.queue import Queue
from citizen_portal.settings import Settings

WELCOME = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x19client_encoding\0UTF8\0Z\0\0\0\x05I"
"""Authentication is not asked for, a word on encoding, and it is ready (PostgreSQL, "Message
Formats")."""


@pytest.fixture
def address() -> Iterator[str]:
    """Of what takes connections over TCP as PostgreSQL does, and then says no more."""
    with socket.create_server((HOST, 0)) as server:

        def welcome() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                caller.recv(4096)
                caller.sendall(WELCOME)
                held.append(caller)

        held: list[socket.socket] = []
        threading.Thread(target=welcome, daemon=True).start()
        yield f"postgresql+psycopg://portal@{HOST}:{server.getsockname()[1]}/portal?sslmode=disable"
        server.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


Made = Callable[[Settings], psycopg.Connection]


def of_a_request(settings: Settings) -> psycopg.Connection:
    given = connections.options(settings)["connect_args"]
    return psycopg.connect(settings.database_url.replace("+psycopg", ""), **given)


def of_the_queue(settings: Settings) -> psycopg.Connection:
    found: psycopg.Connection = Queue(
        lambda: ("a secret",), database_url=settings.database_url
    ).huey.storage.conn
    return found


@pytest.mark.parametrize("made", [of_a_request, of_the_queue])
def test_a_connection_asks_soon_whether_the_server_is_there(
    made: Made, address: str, settings: Settings
) -> None:
    """Also while it waits for an answer: what it asked was taken, so nothing else would tell."""
    connection = made(settings.model_copy(update={"database_url": address}))
    with socket.socket(fileno=os.dup(connection.fileno())) as way:
        assert way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
            assert 0 < way.getsockopt(socket.IPPROTO_TCP, option) <= connections.WAIT
        milliseconds = way.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert 0 < milliseconds <= connections.WAIT * 1000
    connection.close()
