"""Callers who send what they like, and callers who ask without pause."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import requests
from bs4 import BeautifulSoup

from citizen_portal.demo.folder import HOST


def ask(port: int, said: bytes) -> bytes:
    with socket.create_connection((HOST, port), timeout=20) as caller:
        return answer_of(caller, said)


def answer_of(caller: socket.socket, said: bytes) -> bytes:
    """What is answered until the connection ends; it must end."""
    answer = b""
    with suppress(BrokenPipeError, ConnectionResetError):
        caller.sendall(said)
    with suppress(ConnectionResetError):
        while piece := caller.recv(65_536):
            answer += piece
    return answer


def get(*headers: str, path: str = "/", host: str = "portal") -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


def post(*headers: str, body: bytes = b"", host: str = "portal") -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded"
    lines = ["POST /sign-out HTTP/1.1", f"Host: {host}", kind, *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Callers:
    """Some who ask without pause, each time by a new connection."""

    def __init__(self, address: str) -> None:
        self.address, self.seen = address, Counter[str]()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(3)]

    def _ask(self) -> None:
        while not self.over.is_set():
            try:
                answer = requests.get(self.address, timeout=30)
                self.seen[str(answer.status_code)] += 1
                self.seen[self._brand(answer)] += 1
            except requests.RequestException as error:
                self.seen[type(error).__name__] += 1

    @staticmethod
    def _brand(answer: requests.Response) -> str:
        found = BeautifulSoup(answer.text, "html.parser").title
        return found.get_text().strip().rpartition(" – ")[2] if found else ""

    def __enter__(self) -> "Callers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def until(self, seen: Callable[[], bool]) -> None:
        end = monotonic() + 60
        while not seen():
            assert monotonic() < end, self.seen
            self.over.wait(0.05)
