"""A public body on loopback that does everything wrong, each thing under a path of its own."""

import contextlib
import gzip
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

USAGE = {
    "logtime": "2026-05-04T10:20:30Z",
    "action": "Checked an address",
    "receiverCode": "B0001",
    "receiverName": "Somebody",
    "receiverSystem": "Desk",
}
HOLDING = {
    "dataset": "addresses",
    "name": {"en": "Addresses", "cy": "Cyfeiriadau"},
    "categories": ["Address"],
    "since": "2020-02-03",
    "retention": "P6Y",
}
MARKUP = "<script>alert(1)</script><b onmouseover=x>&amp;"
OTHER = "f" * 64
BOMB = gzip.compress(b"[" + b" " * 20_000_000 + b"]", 1)
DRIPS_FOR = 30.0


@contextmanager
def hostile() -> Iterator[str]:
    """A server where ``/<manner>`` is the base address of a body that answers in that manner."""
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.end()


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 64

    def __init__(self, *given: Any) -> None:
        self.ended = threading.Event()
        self.open: set[socket.socket] = set()
        super().__init__(*given)

    def end(self) -> None:
        """Let go of each connection, so that no thread waits for one."""
        self.ended.set()
        for each in list(self.open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Handler(socketserver.StreamRequestHandler):
    """Reads one request after another and answers each as its manner says."""

    server: Server

    def handle(self) -> None:
        self.server.open.add(self.request)
        try:
            while (asked := self._read()) is not None:
                manner, path, subject = asked
                if not MANNERS[manner](self, path, subject):
                    return
        except OSError:
            return
        finally:
            self.server.open.discard(self.request)

    def _read(self) -> tuple[str, str, str] | None:
        first = self.rfile.readline().decode()
        length = 0
        while line := self.rfile.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self.rfile.read(length)
        if not first:
            return None
        url = urlsplit(first.split(" ")[1])
        _, manner, path = url.path.split("/", 2)
        query = parse_qs(url.query)
        return manner, path, (query.get("userCode") or query.get("subject") or [""])[0]

    def say(self, body: bytes, *, status: str = "200 OK", **headers: str) -> bool:
        """Write a whole answer; header names are written with underscores."""
        usual = {"Content_Type": "application/json", "Content_Length": str(len(body))}
        lines = [f"{name.replace('_', '-')}: {text}" for name, text in (usual | headers).items()]
        head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""])
        self.wfile.write(head.encode() + body)
        return True

    def drip(self, first: bytes, drop: bytes, *, every: float) -> bool:
        """Keep sending until the other side has had enough or the test is over."""
        self.wfile.write(first)
        end = time.monotonic() + DRIPS_FOR
        while time.monotonic() < end and not self.server.ended.wait(every):
            self.wfile.write(drop)
        return False


Manner = Callable[[Handler, str, str], bool]


def honest(path: str, subject: str, **changes: Any) -> dict[str, Any]:
    """What a good body would say, with some members changed."""
    if path == "v1/holdings":
        return {"subject": subject, "holdings": [{"subject": subject, **HOLDING}]} | changes
    if path == "v2/usagePeriod":
        return {"periodStart": "2020-01-01T00:00:00Z"}
    if path.startswith("v1/records/"):
        return {"subject": subject, "dataset": path.rsplit("/", 1)[1], "fields": [], "rows": []}
    return {"totalUsages": 1, "usages": [USAGE]} | changes


def row(**changes: Any) -> Manner:
    """Answers with one usage that is changed; with the same changes in a holding."""

    def manner(to: Handler, path: str, subject: str) -> bool:
        said = honest(path, subject)
        if path == "v1/holdings":
            said["holdings"][0] |= {name: text for name, text in changes.items() if name in HOLDING}
        elif path == "v2/findUsage":
            said["usages"] = [USAGE | changes]
        return to.say(json.dumps(said).encode(), Portal_Subject=subject)

    return manner


def whole(**changes: Any) -> Manner:
    """Answers with other top-level members."""

    def manner(to: Handler, path: str, subject: str) -> bool:
        said = honest(path, subject, **changes)
        return to.say(json.dumps(said).encode(), Portal_Subject=subject)

    return manner


def raw(text: bytes, **headers: str) -> Manner:
    """Answers with these bytes whatever is asked."""
    return lambda to, path, subject: to.say(text, **{"Portal_Subject": subject, **headers})


def status(line: str, **headers: str) -> Manner:
    return lambda to, path, subject: to.say(b"{}", status=line, **headers)


def other_subject(to: Handler, path: str, subject: str) -> bool:
    return to.say(json.dumps(honest(path, OTHER)).encode(), Portal_Subject=OTHER)


def no_proof(to: Handler, path: str, subject: str) -> bool:
    return to.say(json.dumps(honest(path, subject)).encode())


def other_row(to: Handler, path: str, subject: str) -> bool:
    said = honest(path, subject)
    for each in said.get("holdings", []):
        each["subject"] = OTHER
    return to.say(json.dumps(said).encode(), Portal_Subject=subject)


def endless(to: Handler, path: str, subject: str) -> bool:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n["
    return to.drip(head, b"1," * 50_000, every=0)


def slow_drip(to: Handler, path: str, subject: str) -> bool:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    return to.drip(head, b" ", every=0.02)


def slow_headers(to: Handler, path: str, subject: str) -> bool:
    return to.drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", every=0.2)


def hangs(to: Handler, path: str, subject: str) -> bool:
    to.server.ended.wait(DRIPS_FOR)
    return False


def closes(to: Handler, path: str, subject: str) -> bool:
    return False


def breaks_off(to: Handler, path: str, subject: str) -> bool:
    to.say(b'{"totalUsages": 0, "usages": []', Content_Length="5000", Portal_Subject=subject)
    return False


def packed(to: Handler, path: str, subject: str) -> bool:
    said = gzip.compress(json.dumps(honest(path, subject)).encode())
    return to.say(said, Content_Encoding="gzip", Portal_Subject=subject)


def answers_twice(to: Handler, path: str, subject: str) -> bool:
    """An answer, and at once another one that nobody asked for, about somebody else."""
    to.say(json.dumps(honest(path, subject)).encode(), Portal_Subject=subject)
    planted = honest(path, OTHER)
    return to.say(json.dumps(planted).encode())


def bytes_only(text: bytes) -> Manner:
    """Writes these bytes, with a head or without, and hangs up."""

    def manner(to: Handler, path: str, subject: str) -> bool:
        to.wfile.write(text)
        return False

    return manner


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def many_headers(to: Handler, path: str, subject: str) -> bool:
    return to.say(b"{}", **{f"X_{n}": "y" * 7000 for n in range(200)})


def never_ends_paging(to: Handler, path: str, subject: str) -> bool:
    """The same full page again and again, whatever the offset."""
    said = honest(path, subject)
    if path == "v2/findUsage":
        said = {"totalUsages": 10**6, "usages": [USAGE] * 1000}
    return to.say(json.dumps(said).encode(), Portal_Subject=subject)


def deep(to: Handler, path: str, subject: str) -> bool:
    return to.say(b"[" * 100_000 + b"]" * 100_000, Portal_Subject=subject)


MANNERS: dict[str, Manner] = {
    "honest": whole(),
    "packed": packed,
    "says-nothing": whole(totalUsages=0, usages=[], holdings=[]),
    "no-proof": no_proof,
    "markup": row(action=MARKUP, receiverName=MARKUP, receiverSystem=MARKUP, name={"en": MARKUP}),
    "other-subject": other_subject,
    "other-row": other_row,
    "huge": raw(b"[" + b" " * 5_000_000 + b"]"),
    "endless": endless,
    "not-json": raw(b"<html>We are closed</html>"),
    "html": raw(b"<html></html>", Content_Type="text/html"),
    "wrong-types": row(action=5, categories="Address"),
    "wrong-flag": row(emergency="no", since=5),
    "turning": row(action="Look \u202ekool", name={"en": "Look \u202ekool"}),
    "tomorrow": row(logtime="2200-12-31T23:59:59Z"),
    "control": row(action="Look\x1b[31m", name={"en": "Look\x1b[31m"}),
    "no-zone": row(logtime="2026-05-04T10:20:30", since="yesterday"),
    "far-time": row(logtime="0001-01-01T00:00:00+14:00", retention="for ever"),
    "long-text": row(action="x" * 2001, name={"en": "x" * 2001}),
    "minus": whole(totalUsages=-1, holdings={}),
    "counts-only": whole(totalUsages=3, usages=[], holdings=None),
    "empty-object": raw(b"{}"),
    "twice": raw(b'{"totalUsages": 0, "usages": [], "usages": []}'),
    "not-a-number": raw(b'{"totalUsages": NaN, "usages": []}'),
    "infinite": raw(b'{"totalUsages": 1e999, "usages": []}'),
    "surrogate": raw(b'{"totalUsages": 0, "usages": [], "x": "\\ud800"}'),
    "nul": raw(b'{"totalUsages": 0, "usages": [], "x": "\\u0000"}'),
    "latin": raw(b'{"totalUsages": 0, "usages": [], "x": "\xe9"}'),
    "deep": deep,
    "bomb": raw(BOMB, Content_Encoding="gzip"),
    "not-gzip": raw(b"{}", Content_Encoding="gzip"),
    "brotli": raw(b"{}", Content_Encoding="br"),
    "redirect": status("302 Found", Location="http://127.0.0.1:9/elsewhere"),
    "says-401": status("401 Unauthorized"),
    "says-403": status("403 Forbidden"),
    "says-404": status("404 Not Found"),
    "says-500": status("500 Internal Server Error"),
    "says-204": status("204 No Content"),
    "not-http": raw(b"", status="OK then"),
    "garbage": bytes_only(b"\x00\xff" * 500),
    "bad-chunks": bytes_only(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"),
    "half-chunks": bytes_only(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"),
    "two-lengths": bytes_only(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "odd-length": bytes_only(OK + b"Content-Length: -2\r\n\r\n{}"),
    "odd-header": bytes_only(OK + b"X-A\x00: b\r\nContent-Length: 2\r\n\r\n{}"),
    "upgrade": bytes_only(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n{}"),
    "many-headers": many_headers,
    "slow-drip": slow_drip,
    "slow-headers": slow_headers,
    "hangs": hangs,
    "closes": closes,
    "breaks-off": breaks_off,
    "answers-twice": answers_twice,
    "never-ends-paging": never_ends_paging,
}
