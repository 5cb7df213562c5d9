"""Those who come in with a citizen's ids and should learn nothing by it, and what they ask."""

import itertools
import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import Role
from tests.isolation import routes
from tests.isolation.captures import Leak, answered, leaks
from tests.isolation.decoding import DEEPEST
from tests.isolation.people import Someone
from tests.isolation.world import STRANGE, World

ACCEPTS = ("text/html", "application/json", "text/csv")
LEAVES = {"sign_in.leave", "leave.leave", "desk_sign_in.leave", "account.end_session"}
"""Whoever asks this comes in anew afterwards."""
CLOSES = "closing.close"
"""This is asked by somebody who has nothing to lose."""
AT_ONCE = 24
"""Fields that one request carries."""
AUDIT = re.compile(r"/desk/audit")
"""Where the officers of a body see what was done for it, each thing by its id alone."""
LONG = re.compile(r"[0-9a-f-]{32,}")


@dataclass(frozen=True)
class Ask:
    """One request, with ids of another person in each place that can hold one."""

    rule: Rule
    method: str
    path: str
    accept: str = "text/html"
    form: bool = True
    carried: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    said: Any = None
    """A document that is sent as it stands, as JSON."""

    @property
    def text(self) -> str:
        """Whatever is in it: a stranger may be shown again what they sent themselves."""
        given = (self.path, self.carried, self.headers, self.cookies, self.said)
        return " ".join(map(str, given))

    @property
    def where(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.accept})"

    def unknown(self) -> "Ask":
        """The same with ids of nobody, of the same shape."""
        path = LONG.sub(lambda each: _like(each[0]), self.path)
        return replace(self, path=path)

    def send(self, client: FlaskClient, headers: dict[str, str]) -> TestResponse:
        body: dict[str, Any] = {}
        if self.said is not None:
            body = {"json": self.said}
        elif self.method not in {"GET", "HEAD", "OPTIONS"}:
            body = {"data": self.carried} if self.form else {"json": self.carried}
        for name, value in self.cookies.items():
            client.set_cookie(name, value)
        try:
            return client.open(
                f"{self.path}?{urlencode(self.carried)}",
                method=self.method,
                headers={**self.headers, "Accept": self.accept, **headers},
                **body,
            )
        finally:
            for name in self.cookies:
                client.delete_cookie(name)


def _like(name: str) -> str:
    """An id of the same shape."""
    drawn = iter(secrets.token_hex(len(name)))
    return "".join(next(drawn) if each != "-" else each for each in name)


@dataclass
class Stranger:
    """Somebody who may see nothing of a person, and how they come in."""

    name: str
    enter: Callable[[], FlaskClient]
    headers: dict[str, str] = field(default_factory=dict)
    spare: Callable[[], FlaskClient] | None = None
    """How somebody like them comes in who may lose their account."""
    here: bool = False
    """Whether they are of the body that was asked, without the role for it."""
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.enter()

    def ask(self, ask: Ask) -> TestResponse:
        endpoint = str(ask.rule.endpoint)
        spent = self.spare is not None and endpoint == CLOSES
        client = self.spare() if self.spare is not None and spent else self.client
        response = ask.send(client, self.headers)
        response.get_data()
        if endpoint in LEAVES:
            self.client = self.enter()
        return response


def strangers(world: World) -> Iterator[Stranger]:
    """Whoever may not see what is of ``world.one``."""
    yield other_citizen(world)
    yield Stranger("nobody", world.app.test_client)
    yield Stranger("a mixed cookie", lambda: _mixed(world))
    for roles in (tuple(Role), *((role,) for role in Role)):
        officer = world.officer(STRANGE, *roles)
        name = f"an officer elsewhere: {', '.join(roles)}"
        yield Stranger(name, lambda officer=officer: world.officer_in(officer))  # type: ignore[misc]
    author = world.officer("clinic", Role.AUTHOR)
    yield Stranger("an officer here without the role", lambda: world.officer_in(author), here=True)
    bare = world.app.test_client
    yield Stranger("a system elsewhere", bare, world.system(STRANGE))
    wrong = world.system("clinic", Scope.AGREEMENTS, Scope.RULES)
    yield Stranger("a system here without the scope", bare, wrong)


def other_citizen(world: World) -> Stranger:
    return Stranger(
        "another citizen",
        lambda: world.enter(world.other),
        spare=lambda: world.enter(world.newcomer()),
    )


def _mixed(world: World) -> FlaskClient:
    """A signed cookie that names one citizen and a session of the other."""
    client = world.enter(world.other)
    with client.session_transaction() as cookie:
        _, sign_in, token = cookie["_user_id"].split(":")
        cookie["_user_id"] = f"{world.one.id}:{sign_in}:{token}"
    return client


class Asks:
    """Requests with the ids of one person."""

    def __init__(self, world: World, of: Someone) -> None:
        self.world, self.someone = world, of
        self.fields = routes.fields()
        self.rules = list(routes.of_methods(world.app))
        self.ids = sorted(of.secrets | set(of.met))
        self.next_field = itertools.cycle(self.fields)
        self.turns = itertools.cycle(self.ids)
        with of.browser.session_transaction() as cookie:
            self.cookie = str(cookie["_user_id"])

    def whole(self, *, most: int) -> Iterator[Ask]:
        """Each route by each method in each representation; by methods it does not know once."""
        for rule, method, known in self.rules:
            for path in routes.addresses(rule, self.someone, most=most if known else 1):
                for accept, form in self._ways(method, known):
                    yield self._ask(rule, method, path, accept, form, next(self.turns))
        yield from self.documents()

    def once(self, *, most: int = 1) -> Iterator[Ask]:
        """Each route by each method that it knows, in one representation."""
        for rule, method, known in self.rules:
            if known and method not in {"HEAD", "OPTIONS"}:
                for ask in self.bare(rule, method, most=most):
                    yield replace(ask, carried=self._carried(next(self.turns)))
                    if method == "GET" and rule.arguments:
                        yield ask
        yield from self.documents()

    def bare(self, rule: Rule, method: str, *, most: int) -> Iterator[Ask]:
        """With ids in the address alone."""
        for path in routes.addresses(rule, self.someone, most=most):
            yield Ask(rule, method, path)

    def drawn(self, chance: random.Random) -> Iterator[Ask]:
        """Without end: any route, any method it knows, any id in any place."""
        known = [(rule, method) for rule, method, known in self.rules if known]
        while True:
            rule, method = chance.choice(known)
            path = chance.choice(routes.addresses(rule, self.someone, most=200))
            name = chance.choice(self.ids)
            accept, form = chance.choice(ACCEPTS), chance.random() < 0.5
            ask = self._ask(rule, method, path, accept, form, name)
            some = chance.sample(self.fields, chance.randint(0, AT_ONCE))
            carried = {each: chance.choice(self.ids) for each in some}
            yield Ask(rule, method, path, accept, form, carried, ask.headers, ask.cookies)

    def documents(self) -> Iterator[Ask]:
        """What a system may send, as it should be but for whom it means."""
        for path, method, said in _documents(self.someone):
            adapter = self.world.app.url_map.bind("localhost")
            rule, _ = adapter.match(path, method=method, return_rule=True)
            yield Ask(rule, method, path, said=said, accept="application/json")

    def _carried(self, name: str) -> dict[str, str]:
        """Some of the fields there are, others each time, with this id in each."""
        return {next(self.next_field): name for _ in range(AT_ONCE)}

    @staticmethod
    def _ways(method: str, known: bool) -> list[tuple[str, bool]]:
        if not known or method in {"HEAD", "OPTIONS"}:
            return [(ACCEPTS[0], True)]
        if method == "GET":
            return [(accept, True) for accept in ACCEPTS]
        return [(accept, form) for accept in ACCEPTS[:2] for form in (True, False)]

    def _ask(self, rule: Rule, method: str, path: str, accept: str, form: bool, name: str) -> Ask:
        headers = {
            "X-Citizen": name,
            "X-Road-UserId": name,
            "X-Forwarded-User": name,
            "Idempotency-Key": name[:64],
            "If-None-Match": f'"{name}"',
        }
        carried = self._carried(name)
        return Ask(rule, method, path, accept, form, carried, headers, {"_user_id": self.cookie})


def _documents(of: Someone) -> Iterator[tuple[str, str, Any]]:
    api = "/api/v1"
    for subject in of.known.values():
        yield f"{api}/preference-checks", "POST", {"agreement": "DSA-0001", "ids": [subject]}
        yield (
            f"{api}/corrections",
            "POST",
            {
                "reference": f"X-{secrets.token_hex(3)}",
                "subject": subject,
                "dataset": "set",
                "categories": ["Name"],
                "matter": "corrected",
                "on": "2026-11-20",
            },
        )
    for effect in of.named["effect"]:
        said = {"state": "refused", "reason": "Because."}
        yield f"{api}/preference-changes/{effect}/acknowledgement", "POST", said
    for recipient in of.named["recipient"]:
        said = {"state": "not_applied", "reason": "Because."}
        yield f"{api}/corrections/{recipient}/acknowledgement", "POST", said
    for correction in of.named["correction"]:
        said = {"body": "university", "on": "2026-11-21"}
        yield f"{api}/corrections/{correction}/told", "POST", said
    for question in of.named["question"]:
        said = {"state": "acknowledged", "words": "Here."}
        yield f"{api}/questions/{question}/answer", "POST", said


@dataclass
class Met:
    """What a stranger was shown."""

    asked: int = 0
    depth: int = DEEPEST
    """So many wrappings of an answer are opened."""
    leaks: list[Leak] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    """How often which request was answered by a fault of ours."""

    def look(self, stranger: Stranger, ask: Ask, of: Someone) -> TestResponse:
        """Ask, and search the answer for what is of that person and was not in the question."""
        response = stranger.ask(ask)
        self.asked += 1
        if response.status_code >= 500:
            self.faults[f"{response.status_code} {stranger.name}: {ask.where}"] += 1
        given = ask.text
        kept = {of.canary} if stranger.here and AUDIT.match(ask.path) else of.marks_at(ask.path)
        marks = [mark for mark in kept if mark not in given]
        self.leaks += leaks(
            marks, answered(response, f"{stranger.name}: {ask.where}"), depth=self.depth
        )
        return response
