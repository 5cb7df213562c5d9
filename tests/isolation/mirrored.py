"""What whoever comes in meets, and what they bring about, unit by unit: one page, one form, one
call of a system. It has to be the same whether or not there is a twin (``twins.py``)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from citizen_portal.db import Base
from tests.account.closing import held
from tests.isolation.routes import Owner, addresses, owner
from tests.isolation.strangers import Asks
from tests.isolation.walking import Form, Walk, done, errands, masked
from tests.isolation.world import STRANGE, TOLD, World

LEAVING = ("/my/leave", "/desk/sign-out", "/sign-out")
PRIVATE = ("/my", "/desk", "/api", "/sign", "/static", "/language", "/news", "/leave")
ONE, OFFICER, ANYBODY = "one", "officer", "anybody"


class Unit(NamedTuple):
    who: str
    how: str
    what: str


Answers = dict[Unit, Any]
WORKED = Unit("worker", "work", "")
"""At the end: what is kept then, and once whatever is due is done."""
NAMING = "draft_party"
"""Whom a draft names, whoever wrote it."""
WITHIN = {ONE: "/my", OFFICER: "/desk", ANYBODY: "/"}


@dataclass
class Mirror:
    """Somebody's way through the portal, and back over parts of it."""

    world: World
    bystanders: tuple[UUID, ...] = ()
    """Citizens of whom nothing may change."""
    forms: dict[Unit, Form] = field(default_factory=dict)
    said: dict[Unit, Any] = field(default_factory=dict)
    """What a system sends."""
    after: Callable[[Unit], None] = lambda _: None

    def __post_init__(self) -> None:
        world = self.world
        self.clients: dict[str, FlaskClient] = {
            ONE: world.one.browser,
            OFFICER: world.officer_in(world.mirrored),
            ANYBODY: world.app.test_client(),
        }
        self.before = self._held_by_others()
        self.headers = {slug: world.system(slug) for slug in TOLD}

    def of_citizen(self) -> Answers:
        """Whatever there is for a citizen."""
        own = [rule for rule in self._rules(Owner.CITIZEN) if not rule.rule.startswith(LEAVING)]
        starts = [path for rule in own for path in addresses(rule, self.world.one, most=2)]
        return self._walked(ONE, *starts) | self._done(WORKED)

    def of_body(self) -> Answers:
        """Whatever there is for an officer of the clinic, for anybody, and for systems."""
        seen = self._walked(OFFICER, "/desk") | self._walked(ANYBODY, "/")
        self.said = dict(self._calls())
        return seen | self._done(WORKED)

    def _walked(self, who: str, *starts: str) -> Answers:
        passed = PRIVATE if who == ANYBODY else LEAVING
        walk = Walk(self.clients[who], WITHIN[who], passed)
        walk.after = lambda address: self.after(Unit(who, "GET", address))
        walk.through(*starts)
        for form in errands(walk) if who != ANYBODY else ():
            if not form.action.startswith(passed):
                self.forms[Unit(who, "POST", form.kind)] = form
        return {Unit(who, "GET", address): page for address, page in walk.pages.items()}

    def _done(self, *more: Unit) -> Answers:
        seen: Answers = {}
        for unit in (*self.said, *self.forms, *more):
            seen[unit] = self.once(unit)
            self.after(unit)
        return seen

    def once(self, unit: Unit) -> Any:
        """How a unit is answered."""
        if unit == WORKED:
            return self._left()
        if unit in self.forms:
            return list(done(self.clients[unit.who], self.forms[unit]))
        if unit.who in self.clients:
            return masked(self.clients[unit.who].get(unit.what))
        client, sent = self.world.app.test_client(use_cookies=False), self.said[unit]
        given = {} if sent is None else {"json": sent}
        path = unit.what.partition(" ")[0]
        response = client.open(path, method=unit.how, headers=self.headers[unit.who], **given)
        return masked(response)

    def _left(self) -> dict[str, Any]:
        """How many rows there are of one, whose rows besides are not what they were, and how many
        there are when the worker has done what is due."""
        touched = [n for n, rows in enumerate(self._held_by_others()) if rows != self.before[n]]
        here = kept(self.world)
        self.world.work()
        return {"here": here, "touched": touched, "worked": kept(self.world)}

    def _held_by_others(self) -> list[Any]:
        app = self.world.app
        return [rows_of(self.world, STRANGE), *(held(app, each) for each in self.bystanders)]

    def _rules(self, whose: Owner) -> Iterator[Rule]:
        for rule in self.world.app.url_map.iter_rules():
            if rule.endpoint != "static" and owner(rule) is whose and "GET" in (rule.methods or ()):
                yield rule

    def _calls(self) -> Iterator[tuple[Unit, Any]]:
        world = self.world
        for rule in self._rules(Owner.SYSTEM):
            for path in addresses(rule, world.one, most=4):
                for slug in TOLD:
                    yield Unit(slug, "GET", path), None
        for number, ask in enumerate(Asks(world, world.one).documents()):
            for slug in TOLD:
                yield Unit(slug, ask.method, f"{ask.path} {number}"), ask.said


def kept(world: World) -> dict[str, int]:
    """How many rows each table has of one."""
    return {name: len(rows) for name, rows in held(world.app, world.one.id).items()}


def rows_of(world: World, slug: str) -> dict[str, list[str]]:
    """What each table holds of a body."""
    found = {}
    with world.app.extensions["sessions"].reading() as session:
        for table in Base.metadata.sorted_tables:
            if "organisation_id" in table.c and table.name != NAMING:
                wanted = select(table).where(table.c.organisation_id == world.town.bodies[slug])
                found[table.name] = sorted(map(str, session.execute(wanted)))
    return found
