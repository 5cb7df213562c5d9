"""The shortest look at whether anybody reaches what is another's: each route once by whoever comes
past its guard, then what the other citizen does with their own things. It stops at the first find.
"""

import re
from collections.abc import Iterator
from uuid import UUID

from werkzeug.test import TestResponse

from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import Role
from tests.account.closing import held, run
from tests.isolation.captures import Said, leaks, mailed, told
from tests.isolation.routes import Owner, owner
from tests.isolation.strangers import Ask, Asks, Met, Stranger, other_citizen
from tests.isolation.world import STRANGE, World

INSIDE = {
    Owner.ANYBODY: ("another citizen",),
    Owner.CITIZEN: ("another citizen", "nobody"),
    Owner.BODY: ("an officer elsewhere", "an officer here", "nobody"),
    Owner.SYSTEM: ("a system elsewhere", "a system here", "nobody"),
    Owner.HOLDER: ("nobody",),
}
"""Who is tried at a route: those whom its guard lets in, and one whom it does not."""
CHANGING = re.compile(r'(name="csrf_token"[^>]*value="|nonce="|nonce-)[^"\']+')
OWN = (
    "/my/account/visits/clear",
    "/my/account/mail/feed/remove",
    "/my/account/mail/remove",
    "/my/account/sessions/end",
)


def finds(world: World) -> Iterator[str]:
    """What is wrong, thing by thing. Leaves the other citizen without an account."""
    world.work()  # what became due meanwhile is nobody's doing
    before = held(world.app, world.one.id)
    yield from shown(world)
    yield from told_apart(world)
    yield from changed(world, before, "by strangers")
    yield from errands(world, before)


def shown(world: World) -> Iterator[str]:
    """Marks of one in what others are answered."""
    come = {each.name: each for each in few(world)}
    for ask in Asks(world, world.one).once():
        for name in INSIDE[owner(ask.rule)]:
            met = Met(depth=0)
            met.look(come[name], ask, world.one)
            yield from map(str, met.leaks)
    for stranger in (come["an officer elsewhere"], come["a system elsewhere"]):
        yield from map(str, bodies_met(world, stranger))


def few(world: World) -> Iterator[Stranger]:
    bare = world.app.test_client
    elsewhere, here = world.officer(STRANGE, *Role), world.officer("clinic", Role.AUTHOR)
    wrong = world.system("clinic", Scope.AGREEMENTS)
    yield Stranger("nobody", bare)
    yield other_citizen(world)
    yield Stranger("an officer elsewhere", lambda: world.officer_in(elsewhere))
    yield Stranger("an officer here", lambda: world.officer_in(here), here=True)
    yield Stranger("a system elsewhere", bare, world.system(STRANGE))
    yield Stranger("a system here", bare, wrong)


def bodies_met(world: World, stranger: Stranger) -> Iterator[str]:
    """What is the clinic's own, shown to another body."""
    for path in world.inner_paths:
        for method in ("GET", "POST"):
            response = stranger.client.open(path, method=method, headers=stranger.headers)
            found = leaks(world.inner - {m for m in world.inner if m in path}, [_whole(response)])
            yield from (f"{stranger.name}: {method} {path}: {each.marks}" for each in found)


def _whole(response: TestResponse) -> Said:
    return Said("answer", "", str(response.headers).encode() + response.data)


def told_apart(world: World) -> Iterator[str]:
    """Of ids of another nothing is told that is not told of ids of nobody."""
    me, asks = other_citizen(world), Asks(world, world.one)
    for rule in world.app.url_map.iter_rules():
        if owner(rule) is not Owner.CITIZEN or not rule.arguments:
            continue
        if "GET" not in (rule.methods or ()):
            continue
        for ask in asks.bare(rule, "GET", most=1):
            theirs = masked(me.ask(ask), ask)
            unknown = ask.unknown()
            nobodys = masked(me.ask(unknown), unknown)
            if theirs != nobodys:
                yield f"{ask.where} tells that there is something: {theirs[0]}, {nobodys[0]}"


def masked(response: TestResponse, ask: Ask) -> tuple[int, str]:
    text = CHANGING.sub("", response.text)
    for part in ask.path.split("/"):
        if len(part) >= 32:
            text = text.replace(part, "…")
            text = text.replace(str(UUID(part)), "…") if len(part) == 32 else text
    return response.status_code, text


def errands(world: World, before: dict[str, list[str]]) -> Iterator[str]:
    """The other citizen does something with each thing of their own, and then closes the account;
    nothing of it may reach whoever else is there."""
    browser = world.enter(world.other)
    mine = world.other.named
    told_before, mails_before = len(world.receiver.got), len(world.mail.mails)
    forms: list[tuple[str, dict[str, str]]] = [(path, {}) for path in OWN]
    forms += [(f"/my/choices/{name}", {"answer": "as_before"}) for name in mine["choice"]]
    forms += [(f"/my/copies/{name}/stop", {}) for name in mine["copy"]]
    forms += [(f"/my/questions/{name}/withdraw", {}) for name in mine["question"]]
    forms += [(f"/my/account/unlink/{world.town.bodies['council'].hex}", {})]
    for path, form in forms:
        response = browser.post(path, data=form)
        if response.status_code >= 500:
            yield f"{path} fails: {response.status_code}"
    world.work()
    yield from changed(world, before, "by the other's errands")
    browser = world.enter(world.other)
    browser.post("/my/account/close", data={"sure": "yes"})
    world.work()
    run(world.app, "account.remove_closed")
    yield from changed(world, before, "by the other's farewell")
    marks = world.one.marks
    said = [*list(told(world.receiver))[told_before:], *list(mailed(world.mail))[mails_before:]]
    yield from map(str, leaks(marks, said))


def changed(world: World, before: dict[str, list[str]], how: str) -> Iterator[str]:
    for table, rows in held(world.app, world.one.id).items():
        if rows != before[table]:
            yield f"{table} of one was changed {how}"
