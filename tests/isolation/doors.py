"""Who is turned away at each door, and how: as it is stated here, not by what the code says."""

from collections.abc import Iterator

from werkzeug.routing import Rule

from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import Role
from tests.architecture.test_routes import audience
from tests.isolation.routes import Owner, addresses, owner
from tests.isolation.strangers import Ask, Stranger
from tests.isolation.world import World

ROLES = {
    "holds": Role.HOLD_APPROVER,
    "objections": Role.CASE_WORKER,
    "cases": Role.CASE_WORKER,
    "case_answers": Role.CASE_WORKER,
    "desk_checks": Role.CASE_WORKER,
    "desk_incidents": Role.CASE_WORKER,
    "desk_corrections": Role.CASE_WORKER,
    "desk_views": Role.PUBLISHER,
    "desk.amend": Role.AUTHOR,
    "desk.confirm": Role.PUBLISHER,
    "drafts.new": Role.AUTHOR,
    "drafts.begin": Role.AUTHOR,
    "drafts.drop": Role.AUTHOR,
    "drafts.take_up": Role.AUTHOR,
    "asking.save": Role.AUTHOR,
    "reviews.send": Role.AUTHOR,
    "reviews.bring_up_to_date": Role.AUTHOR,
    "reviews.publish": Role.PUBLISHER,
    "reviews.send_back": Role.PUBLISHER,
    "reviews.confirm": Role.PUBLISHER,
}
"""By endpoint, or else by blueprint of the desk, where one role alone may come in."""
SCOPES = {
    "agreements_api": Scope.AGREEMENTS,
    "agreements_api.put_rules": Scope.RULES,
    "access_api": Scope.EVENTS,
    "access_api.put_totals": Scope.RULES,
    "preferences_api": Scope.PREFERENCES,
    "checks_api": Scope.PREFERENCES,
    "govstack": Scope.PREFERENCES,
    "incidents_api": Scope.INCIDENTS,
    "questions_api": Scope.QUESTIONS,
    "corrections_api": Scope.CORRECTIONS,
}
"""By endpoint, or else by blueprint."""
AWAY = {Owner.CITIZEN: 302, Owner.BODY: 302, Owner.SYSTEM: 401}
"""How nobody is answered."""


def let_in(world: World, *, about: str = "") -> Iterator[str]:
    """Who came in that should not have; at the routes of one slice, where one is named."""
    nobody = Stranger("nobody", world.app.test_client)
    officers = _officers(world)
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint == "static" or owner(rule) not in AWAY or not concerns(world, rule, about):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT"}):
            ask = Ask(rule, method, addresses(rule, world.one, most=1)[0])
            yield from _met(nobody, ask, AWAY[owner(rule)])
            yield from _with_less(world, officers, ask)


def concerns(world: World, rule: Rule, about: str) -> bool:
    """Whether a route belongs to this slice."""
    view = world.app.view_functions[str(rule.endpoint)]
    return not about or f".{about}." in f"{view.__module__}."


def _with_less(world: World, officers: dict[Role, Stranger], ask: Ask) -> Iterator[str]:
    """Who is signed in as something else, or without the role or scope for it."""
    match owner(ask.rule):
        case Owner.SYSTEM:
            yield from _met(_system_without(world, ask.rule), ask, 403)
        case Owner.CITIZEN:
            yield from _met(officers[Role.AUTHOR], ask, 403)
        case Owner.BODY:
            citizen = Stranger("a citizen", lambda: world.other.browser)
            yield from _met(citizen, ask, 403)
            role = ROLES.get(str(ask.rule.endpoint)) or ROLES.get(audience(ask.rule))
            if role:
                yield from _met(officers[role], ask, 403)


def _met(stranger: Stranger, ask: Ask, status: int) -> Iterator[str]:
    response = stranger.ask(ask)
    if response.status_code != status:
        yield f"{stranger.name}: {ask.where} answers {response.status_code}"


def _officers(world: World) -> dict[Role, Stranger]:
    """By role an officer of the clinic with each role but that."""
    made = {}
    for role in Role:
        browser = world.officer_in(
            world.officer("clinic", *(each for each in Role if each != role))
        )
        made[role] = Stranger(f"an officer without {role}", lambda browser=browser: browser)  # type: ignore[misc]
    return made


def _system_without(world: World, rule: Rule) -> Stranger:
    """A system of the clinic with each scope but the one of this route."""
    scope = SCOPES.get(str(rule.endpoint)) or SCOPES[audience(rule)]
    others = (each for each in Scope if each is not scope)
    headers = world.system("clinic", *others)
    return Stranger(f"a system without {scope}", world.app.test_client, headers)
