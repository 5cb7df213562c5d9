"""The second wall by itself: strangers ask of a portal whose own filters are all gone at once.

Each filter by owner (``sites.py``) is taken out of the portal's code, and what is left of them out
of each statement on its way to the database. Guards stay: the wall keeps one person from what is
another's, and does not say who may come in. The same is asked with the wall and without it, each
time in a fork, on a copy of one filled database: without it a great deal has to be found, or
this search could not find anything.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import text

from citizen_portal.db import Base, Sessions
from citizen_portal.wall import Wall
from tests import own_rows, walled
from tests.account.closing import held
from tests.databases import Databases
from tests.isolation.aimed import INSIDE, few
from tests.isolation.captures import answered, leaks, logged
from tests.isolation.changing import take_all_out
from tests.isolation.copies import copied, moved
from tests.isolation.forks import forked
from tests.isolation.routes import owner
from tests.isolation.sites import Site, sites
from tests.isolation.strangers import Ask, Asks, Met, Stranger, strangers
from tests.isolation.world import World

READING = {"GET", "HEAD", "OPTIONS"}
SECONDS = 540.0
Question = tuple[Stranger, Ask]


@dataclass
class Found:
    """What a portal without its filters gave away."""

    sites: int = 0
    """So many filters were taken out of its code."""
    stripped: int = 0
    """So many statements lost one that was left."""
    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    foreign: int = 0
    where: set[str] = field(default_factory=set)
    """By which stranger and route marks of another came out."""
    logged: int = 0
    changed: list[str] = field(default_factory=list)
    """The tables in which rows of another were changed."""
    own: int = 0
    """So many of a citizen's own pages still show what is theirs: without, nothing is proved."""
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.sites} filters taken out, {self.stripped} statements without theirs,"
            f" {self.asked} requests, answers {dict(sorted(self.answers.items()))},"
            f" {self.own} own pages shown; {self.foreign} foreign marks in {len(self.where)} ways,"
            f" {self.logged} in logs, rows of another changed in {len(self.changed)} tables"
            f" ({self.seconds:.0f} s)"
        )


def each_by_each(world: World, *, part: int, parts: int, most: int) -> Iterator[Question]:
    """Each route in each way as each stranger; in parts, others of each stranger."""
    asks = list(Asks(world, world.one).whole(most=most))
    for turn, stranger in enumerate(strangers(world)):
        yield from ((stranger, ask) for ask in asks[(part - 1 + turn) % parts :: parts])


def by_who_comes_in(world: World) -> Iterator[Question]:
    """Each second question of those that ask each route once, as whom its guard lets in."""
    come = {stranger.name: stranger for stranger in few(world)}
    for ask in islice(Asks(world, world.one).once(), 0, None, 2):
        yield come[INSIDE[owner(ask.rule)][0]], ask


def without_filters(
    world: World, filters: Iterable[Site], questions: Callable[[World], Iterable[Question]]
) -> Found:
    """Ask this portal. Its filters are gone from this process for good."""
    began, found, met = time.monotonic(), Found(), Met()
    before = held(world.app, world.one.id)
    own_rows.look_away()
    found.sites = take_all_out(filters)
    stripped = walled.unfilter(walled.of_web(world.app))
    with logged() as log:
        found.own = _own(world)
        for stranger, ask in sorted(questions(world), key=_changes):
            status = met.look(stranger, ask, world.one).status_code
            found.answers[f"{status // 100}xx"] += 1
    found.asked, found.stripped = met.asked, len(stripped)
    found.foreign = sum(len(leak.marks) for leak in met.leaks)
    found.where = {leak.where for leak in met.leaks}
    found.logged = len(leaks(world.one.marks | world.other.marks, log.said()))
    after = held(world.app, world.one.id)
    found.changed = [table for table, rows in before.items() if rows != after[table]]
    found.seconds = time.monotonic() - began
    return found


def _changes(question: Question) -> bool:
    """These come last: what is changed could not be shown any more."""
    return question[1].method not in READING


def _own(world: World) -> int:
    """How many pages of a citizen's still show that citizen what is theirs."""
    client = world.enter(world.other)
    asks = Asks(world, world.other)
    gets = [rule for rule, method, known in asks.rules if known and method == "GET"]
    pages = [ask for rule in gets for ask in asks.bare(rule, "GET", most=1)]
    return sum(_shown(world, ask, client) for ask in pages if ask.path.startswith("/my"))


def _shown(world: World, ask: Ask, client: Any) -> bool:
    return bool(leaks([world.other.canary], answered(ask.send(client, {}), ask.where)))


def kept_behind(world: World, owner: Sessions, wall: Wall) -> None:
    """Raise the wall on an empty database on PostgreSQL and bring each row of the world there."""
    walled.build(owner, wall)
    with (
        world.app.extensions["sessions"].engine.connect() as before,
        owner.engine.begin() as after,
    ):
        after.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            after.execute(table.delete())
            if rows := before.execute(table.select()).mappings().all():
                after.execute(table.insert(), [dict(row) for row in rows])


def with_and_without(
    world: World,
    url_of_owner: str,
    databases: Databases,
    questions: Callable[[World], Iterable[Question]],
) -> tuple[Found, Found]:
    """The same questions to a portal behind the wall, and to one that has none, on copies of the
    owner's database."""
    world.app.extensions["sessions"].engine.dispose()
    filters = [site for site in sites() if not site.guard]

    def asked(roles: str, url: str) -> Found:
        changed = {"database_roles": roles, "testing": False}  # a fault is an answer too
        settings = copied(world, url).model_copy(update=changed)
        with walled.started(settings, "filtered" if roles else "") as app:
            return without_filters(moved(world, app), filters, questions)

    found = []
    for roles in (walled.ROLES, ""):
        with databases.copy(url_of_owner) as url:
            found.append(forked(partial(asked, roles, url), seconds=SECONDS))
    behind, bare = found
    return behind, bare
