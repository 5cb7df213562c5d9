"""The search can find: a mark that is let out on purpose, of each kind and in each wrapping."""

import base64
import gzip
import html
import io
import json
import logging
import smtplib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import quote

import pytest
import structlog
from flask import Response
from werkzeug.test import TestResponse

from citizen_portal import jobs
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import MessageKind
from tests.isolation.captures import Said, answered, leaks, logged, mailed, told, written
from tests.isolation.decoding import found
from tests.isolation.world import STRANGE, World

MARK = "CANARY0123456789ab"
Change = Callable[[Response], object]


def spelled(text: str) -> str:
    """As JSON may write each letter."""
    return "".join(f"\\u{ord(each):04x}" for each in text)


def packed() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("data/accesses.csv", gzip.compress(MARK.encode()))
    return whole.getvalue()


def put(text: str | bytes) -> Change:
    return lambda response: response.set_data(text)


def gzipped(response: Response) -> None:
    response.set_data(gzip.compress(f"before {MARK} after".encode()))
    response.headers["Content-Encoding"] = "gzip"


def header(name: str, text: str) -> Change:
    return lambda response: response.headers.set(name, text)


ANSWERS: dict[str, tuple[str, str, Change]] = {
    "html": ("html", "/privacy", put(f"<p>{''.join(f'&#{ord(c)};' for c in MARK)}</p>")),
    "json": ("json", "/agreements.json", put(f'{{"said": "{spelled(MARK)}"}}')),
    "csv": ("csv", "/register.csv", put(f"a,b\r\n1,{MARK}\r\n")),
    "feed": ("atom+xml", "/register.atom", put(f"<title>{html.escape(f'<b>{MARK}')}</title>")),
    "calendar": ("calendar", "/register/dates.ics", put(f"SUMMARY:{MARK.lower()}")),
    "header": ("header", "/register", header("ETag", f'"{quote(f"of {MARK}/1")}"')),
    "redirect": (
        "redirect",
        "/my",
        header("Location", f"/sign-in?back={base64.b64encode(f'/my/{MARK}'.encode()).decode()}"),
    ),
    "cookie": (
        "cookie",
        "/cookies",
        header("Set-Cookie", f"x={base64.urlsafe_b64encode(json.dumps([MARK]).encode()).decode()}"),
    ),
    "copy": ("html", "/verify", put(packed())),
    "packed answer": ("gzip", "/register/data", gzipped),
    "refusal": ("refusal", "/nothing", put(f"There is no page {MARK}.")),
    "health": ("json", "/healthz", put(MARK)),
}
"""By kind of answer: what the search calls it, a page, and how the mark gets out there."""


@contextmanager
def letting_out(world: World, change: Change) -> Iterator[None]:
    """Each answer of the portal is changed on its way."""
    last = world.app.after_request_funcs.setdefault(None, [])

    def hook(response: Response) -> Response:
        response.direct_passthrough = False
        change(response)
        return response

    last.insert(0, hook)  # the last one that sees an answer
    try:
        yield
    finally:
        last.remove(hook)


def asked(world: World, path: str) -> TestResponse:
    return world.app.test_client().get(path)


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_mark_in_an_answer_is_found(world: World, kind: str) -> None:
    name, path, change = ANSWERS[kind]
    clean = leaks([MARK], answered(asked(world, path), path))
    with letting_out(world, change):
        (leak,) = leaks([MARK], answered(asked(world, path), path))
    assert clean == []
    assert (leak.kind, set(leak.marks)) == (name, {MARK})


@pytest.mark.parametrize("where", ["mail", "mail header"])
def test_a_mark_in_a_mail_is_found(world: World, where: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "news@portal.example", "somebody@example.org"
    mail["Subject"] = f"Nëws {MARK}" if where == "mail header" else "News"
    words = "Ÿ" * 60 + (f" {MARK}" if where == "mail" else "")
    mail.set_content(words, cte="quoted-printable" if where == "mail" else "base64")
    with smtplib.SMTP("127.0.0.1", world.mail.port) as server:
        server.send_message(mail)
    (leak,) = leaks([MARK], mailed(world.mail))
    world.mail.mails.pop()
    assert leak.kind == where


def test_a_mark_in_what_a_body_is_told_is_found(world: World) -> None:
    before = len(world.receiver.got)
    with world.app.extensions["sessions"].writing() as session:
        body, subject = world.town.bodies[STRANGE], {"subject": MARK.lower()}
        bodies.send(session, body, MessageKind.LINK_CREATED, subject)
        jobs.enqueue(session, "bodies.deliver_due")
    world.work()
    said = list(told(world.receiver))[before:]
    assert {leak.kind for leak in leaks([MARK], said)} == {"message"}
    del world.receiver.got[before:]


@pytest.mark.parametrize("log", ["portal", "library"])
def test_a_mark_in_a_line_of_a_log_is_found(log: str) -> None:
    with logged() as lines:
        if log == "portal":
            structlog.get_logger().warning("odd", fault=f"for {MARK}")
        else:
            logging.getLogger("library").warning("odd: %s", {"who": MARK})
    assert {leak.kind for leak in leaks([MARK], lines.said())} == {"log"}


@pytest.mark.parametrize("name", ["left.tmp", f"{MARK}.tmp"])
def test_a_mark_in_a_file_or_its_name_is_found(world: World, name: str) -> None:
    file = world.folder / name
    file.write_bytes(MARK.encode("utf-16-le") if name == "left.tmp" else b"")
    try:
        (leak,) = leaks([MARK], written(world.folder), depth=1)
    finally:
        file.unlink()
    assert leak.kind == ("file" if name == "left.tmp" else "file name")


def test_a_mark_is_found_in_wrappings_one_inside_the_other() -> None:
    inner = base64.b64encode(gzip.compress(f"x {MARK}".encode())).decode()
    assert found([MARK], quote(json.dumps({"at": html.escape(inner)})).encode()) == {MARK}
    assert found([MARK], Said("", "", packed()).raw) == {MARK}
    assert found([MARK], b"nothing of it") == set()


def test_fourteen_kinds_of_output_are_let_out_and_found() -> None:
    beside = {"mail", "mail header", "message", "log", "file"}
    assert len({*ANSWERS, *beside}) >= 14
