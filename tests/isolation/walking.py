"""A walk through everything that somebody is offered: each page by the links, each form as it
stands with what was missing filled in."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import Page, held

CHANGING = re.compile(
    r'((?:name="(?:csrf_)?token"|name="request"|name="packet")[^>]*value="|nonce="|nonce-)[^"\']+'
    r"|(?:at|field|state)(?:=|%3D)[\w=%-]+|[0-9a-f]{32,}|[0-9a-f]{8}-[0-9a-f-]{27}|Q-\w{4}-\w{4}"
    r'|\b\d\d:\d\d\b(?!:)|T\d\d:[\d:.]+|"(?:made_at|signature|protected)": ?"[^"]+"'
)
"""Ids, numbers and times, and what is sealed anew each time."""
PAYLOAD = re.compile(r'"payload":"([\w-]+)"')
NAMED = re.compile(r"[0-9a-f]{32,}|[0-9a-f-]{36}|Q-\w{4}-\w{4}|DSA-\d+|state=[\w-]+")
FAREWELLS = ("/end", "clear", "stop", "withdraw", "drop", "remove", "unlink", "close")
"""What takes away is done at the end, in this order."""
ALIKE = 2
"""So many pages that differ by their ids alone are looked at."""
DEEP = 3
TYPED = {"day": "1", "month": "2", "year": "2027", "address": "new@example.org"}
"""By the end of a field's name."""
WORDS = "Because of this"


@dataclass(frozen=True)
class Form:
    """What is sent: where it was offered, to where, and with what."""

    page: str
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        return f"{NAMED.sub('…', self.action)} {sorted({name for name, _ in self.fields})}"


@dataclass
class Walk:
    client: FlaskClient
    within: str
    """Addresses that begin so."""
    passed: tuple[str, ...] = ()
    """And not so."""
    pages: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What was answered at each address."""
    forms: dict[Form, None] = field(default_factory=dict)
    after: Callable[[str], None] = lambda _: None
    """Called when an address was asked."""

    def through(self, *starts: str) -> "Walk":
        waiting, kinds = list(starts), Counter[str]()
        while waiting:
            address = waiting.pop(0)
            kind = _kind(address)
            if address in self.pages or kinds[kind] >= ALIKE:
                continue
            kinds[kind] += 1
            page = self.look(address)
            if page.response.mimetype == "text/html":
                self.forms |= dict.fromkeys(forms(page, address))
                waiting += self._links(page, address)
        return self

    def look(self, address: str) -> Page:
        page = Page.of(self.client.get(address), self.client)
        self.pages[address] = masked(page.response)
        self.after(address)
        return page

    def _links(self, page: Page, address: str) -> Iterator[str]:
        for link in page.soup.select("a[href]"):
            found = urlsplit(urljoin(address, str(link["href"])))
            here = found.path.startswith(self.within) and not found.path.startswith(self.passed)
            if here and not found.netloc:
                yield found._replace(fragment="").geturl()


def _kind(address: str) -> str:
    parts = urlsplit(address)
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{NAMED.sub('…', parts.path)}?{names}"


def masked(response: TestResponse) -> tuple[int, str]:
    """How it was answered, without what is drawn anew each time."""
    if response.mimetype not in {"text/html", "text/csv", "application/json"}:
        return response.status_code, ""
    where = NAMED.sub("…", response.headers.get("Location", ""))
    text = PAYLOAD.sub(lambda found: _decoded(found[1]), response.text)
    return response.status_code, where + CHANGING.sub("…", text)


def _decoded(payload: str) -> str:
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()


def forms(page: Page, address: str) -> Iterator[Form]:
    """The forms of a page, each by each of its buttons."""
    for tag in page.soup.select('form[method="post"]'):
        action = urljoin(address, str(tag.get("action") or address)).partition("#")[0]
        fields = _filled(tag)
        buttons = [each for each in tag.select("button[name]") if each.get("value")]
        named = [{str(each["name"]): str(each["value"])} for each in buttons]
        for said in named or [{}]:
            given = tuple((n, v) for n, v in (fields | said).items())
            yield Form(address, action, given)


def _filled(tag: Tag) -> dict[str, str]:
    """What it holds; what it still wants is chosen or written."""
    given = {n: v if isinstance(v, str) else v[-1] for n, v in held(tag).items()}
    for one in tag.select("input[type=radio][name], input[type=checkbox][name]"):
        given.setdefault(str(one["name"]), str(one.get("value", "on")))
    for one in tag.select("textarea[name], input[name]:not([type]), input[type=text][name]"):
        name = str(one["name"])
        given[name] = given.get(name) or TYPED.get(name.rpartition("-")[2], WORDS)
    return given


def errands(walk: Walk) -> list[Form]:
    """One form of each kind, those that take away at the end."""
    kinds = {form.kind: form for form in reversed(walk.forms)}
    chosen = [form for form in walk.forms if kinds[form.kind] == form]
    return sorted(chosen, key=lambda form: (_ends(form.action), form.action))


def _ends(action: str) -> int:
    return max((n for n, word in enumerate(FAREWELLS, 1) if word in action), default=0)


def done(client: FlaskClient, wanted: Form) -> Iterator[tuple[int, str]]:
    """Open the page, send its form of this kind, and those to which that leads; how each was
    answered."""
    page = Page.of(client.get(wanted.page), client)
    there = (each for each in forms(page, wanted.page) if each.kind == wanted.kind)
    form: Form | None = next(there, wanted)
    sent: set[str] = set()
    while form is not None and len(sent) < DEEP:
        sent.add(form.kind)
        page = Page.of(client.post(form.action, data=dict(form.fields)), client)
        yield masked(page.response)
        if page.response.status_code in {302, 303}:
            address = urljoin(form.action, page.response.headers["Location"])
            page = Page.of(client.get(address), client)
            yield masked(page.response)
        if page.response.mimetype != "text/html":
            return
        following = (each for each in forms(page, form.action) if each.kind not in sent)
        form = next((each for each in following if wanted.action in each.action), None)
