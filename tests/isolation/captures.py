"""What comes out of the portal, wherever it comes out, with the name of its kind."""

import io
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.test import TestResponse

from tests.fakes.mail import MailServer
from tests.fakes.receiver import Receiver
from tests.isolation.decoding import DEEPEST, found

KEPT = (".db", ".db-wal", ".db-shm", ".db-line")
"""Where the portal keeps what it is given; what lies there is sealed where it has to be."""


@dataclass(frozen=True)
class Said:
    """Some bytes that came out, and where."""

    kind: str
    where: str
    raw: bytes


@dataclass(frozen=True)
class Leak:
    """What was said that should not have been."""

    kind: str
    where: str
    marks: frozenset[str]


def leaks(marks: Iterable[str], said: Iterable[Said], *, depth: int = DEEPEST) -> list[Leak]:
    """Where any of these texts stands in what came out."""
    wanted = list(marks)
    return [
        Leak(each.kind, each.where, frozenset(met))
        for each in said
        if (met := found(wanted, each.raw, depth=depth))
    ]


def answered(response: TestResponse, where: str) -> Iterator[Said]:
    """An answer: its headers one by one, and its body."""
    for name, value in response.headers:
        kind = {"Location": "redirect", "Set-Cookie": "cookie"}.get(name, "header")
        yield Said(kind, where, f"{name}: {value}".encode())
    yield Said(_kind(response), where, response.data)


def _kind(response: TestResponse) -> str:
    packed = response.headers.get("Content-Encoding")
    if packed:
        return packed
    if response.status_code >= 400:
        return "refusal"
    return (response.mimetype or "none").rpartition("/")[2]


def mailed(server: MailServer, *, but: str = "") -> Iterator[Said]:
    """Each mail that arrived, but for those to this address: for whom, its headers, its words."""
    for mail in list(server.mails):
        if mail.to == [but]:
            continue
        head, _, body = mail.raw.partition(b"\r\n\r\n")
        yield Said("mail header", str(mail.to), head)
        yield Said("mail", str(mail.to), body)


def told(receiver: Receiver, *paths: str) -> Iterator[Said]:
    """What systems of bodies were sent, at these paths or at any."""
    for got in list(receiver.got):
        if not paths or got.path in paths:
            yield Said("message", got.path, repr(got.headers).encode() + b"\n" + got.body)


def written(folder: Path) -> Iterator[Said]:
    """The files of a folder that the portal writes to, and their names."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.endswith(KEPT):
            yield Said("file", str(file), file.read_bytes())
            yield Said("file name", str(file), str(file.relative_to(folder)).encode())


class Log(logging.Handler):
    """What is logged, by the portal on stderr and by its libraries."""

    def __init__(self) -> None:
        super().__init__()
        self.text = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        self.text.write(f"{self.format(record)} {record.args}\n")

    def said(self) -> list[Said]:
        return [Said("log", f"line {n}", line.encode()) for n, line in enumerate(self.lines())]

    def lines(self) -> list[str]:
        return self.text.getvalue().splitlines()


@contextmanager
def logged() -> Iterator[Log]:
    """Keep what is logged meanwhile, in place of showing it."""
    log, root, before = Log(), logging.getLogger(), sys.stderr
    root.addHandler(log)
    sys.stderr = log.text
    try:
        yield log
    finally:
        sys.stderr = before
        root.removeHandler(log)
