"""What a hostile or broken system of one body sends, again and again, until it is told to stop."""

import gzip
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests

from tests.access.pushing import PATH, row, rows

MARK = "HOSTILE"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@dataclass
class Hostile:
    """``others`` are ids by which the other body knows its people."""

    port: int
    headers: dict[str, str]
    others: list[str]
    until: threading.Event
    answers: Counter[int] = field(default_factory=Counter)

    def threads(self) -> list[threading.Thread]:
        """Five that hold at most five of the server's eight threads at one moment."""
        what = (self.speak_for_others, self.send_too_much, self.send_for_ever, self.stall)
        again = [*what, self.stall]
        return [threading.Thread(target=self.repeat, args=[one]) for one in again]

    def repeat(self, what: Any) -> None:
        while not self.until.is_set():
            with suppress(OSError, requests.RequestException):  # it is cut off: so it should be
                what()

    def speak_for_others(self) -> None:
        """About the other body's people, in our own name and in theirs."""
        mine = {"source": "council-log", "receiver_code": MARK, "receiver_name": MARK}
        refs = [f"h-{time.monotonic_ns()}-{n}" for n in range(200)]
        for subject in self.others:
            self.post(json.dumps({"events": rows(subject, refs, **mine)}).encode())
            theirs = row(subject, refs[0], receiver_name=MARK)
            self.post(json.dumps({"events": [theirs]}).encode())

    def send_too_much(self) -> None:
        for kind, body, more in self.bombs:
            self.post(body, kind, **more)

    @cached_property
    def bombs(self) -> list[tuple[str, bytes, dict[str, str]]]:
        million = b'{"source_ref": "%s"}\n' % MARK.encode() * 1_000_000
        packed = {"Content-Encoding": "gzip"}
        lines, document = "application/x-ndjson", "application/json"
        return [
            (lines, b"{}\n" * 1_000_000, {}),
            (lines, million, {}),
            (lines, gzip.compress(million), packed),
            (document, gzip.compress(b" " * 200_000_000), packed),
            (document, b"\x1f\x8b" + bytes(range(256)) * 50, packed),
            (document, b"[" * 1_000_000, {}),
            (document, bytes(range(256)) * 1000, {}),
        ]

    def post(self, body: bytes, kind: str = "application/json", **more: str) -> None:
        address = f"http://127.0.0.1:{self.port}{PATH}"
        given = {**self.headers, "Content-Type": kind, **more}
        response = requests.post(address, data=body, headers=given, timeout=30)
        self.answers[response.status_code] += 1

    def send_for_ever(self) -> None:
        """A body without an end, until the server has had enough."""
        with closing(self.connected("Transfer-Encoding: chunked")) as line:
            while not self.until.is_set():
                line.sendall(CHUNK)

    def stall(self) -> None:
        """Begin and fall silent: before the first byte, within the head, within the body."""
        for said in self.beginnings():
            with closing(socket.create_connection(("127.0.0.1", self.port), timeout=30)) as line:
                line.sendall(said)
                self.until.wait(2)

    def beginnings(self) -> Iterator[bytes]:
        yield b""
        yield b"POST /api/v1/acc"
        yield self.head("Content-Length: 1000") + b'{"events": ['

    def connected(self, framing: str) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        line.sendall(self.head(framing))
        return line

    def head(self, framing: str) -> bytes:
        fixed = {"Host": "127.0.0.1", "Content-Type": "application/json", **self.headers}
        lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in fixed.items())]
        return "\r\n".join([*lines, framing, "", ""]).encode()
