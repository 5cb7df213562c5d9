"""Every address of the portal, with something that fits its parts."""

from collections.abc import Iterator
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter

from citizen_portal import clock
from citizen_portal.bodies.actions.sources import bump
from citizen_portal.identity import actions, guards
from citizen_portal.identity.actions import officers
from tests import make

SAFE = {"GET", "HEAD", "OPTIONS"}


def addresses(app: Flask, *methods: str) -> Iterator[tuple[Rule, str]]:
    """Each rule that takes one of these methods, and an address of it."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if (rule.methods or set()) & set(methods):
            values = {name: fitting(rule._converters[name]) for name in rule.arguments}
            yield rule, str(rule.build(values)[1])  # type: ignore[index]


def citizen_in(app: Flask) -> FlaskClient:
    """A browser in which a new citizen is signed in."""
    citizen = make.citizen()
    with app.extensions["sessions"].writing() as session:
        session.add(citizen)
        session.flush()
        proof = actions.Proof(assurance="", auth_time=clock.now())
        begun = actions.start(session, citizen.id, proof=proof)
    return _browser(app, f"{citizen.id}:{begun.sign_in.id}:{begun.token}")


def officer_in(app: Flask) -> FlaskClient:
    """A browser in which an officer of a new body is signed in, who may do whatever one can."""
    body = make.body(slug=f"body-{clock.now().timestamp():.6f}".replace(".", "-"))
    with app.extensions["sessions"].writing() as session:
        session.add(body)
        bump(session)
        session.flush()
        officer = make.officer(body, roles=("author", "publisher", "case_worker", "hold_approver"))
        session.add(officer)
        session.flush()
        proof = actions.Proof(assurance="", auth_time=clock.now())
        begun = officers.start(session, officer.id, organisation_id=body.id, proof=proof)
    return _browser(app, guards.cookie_text(officer.id, begun.sign_in.id, begun.token))


def _browser(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    secure = app.config["SESSION_COOKIE_SECURE"]
    with client.session_transaction(base_url="https://localhost" if secure else None) as cookie:
        cookie["_user_id"], cookie["_fresh"] = who, True
    return client


def fitting(converter: BaseConverter) -> object:
    """Something that fits this part of an address."""
    match converter:
        case AnyConverter():
            return min(converter.items)
        case UUIDConverter():
            return UUID(int=0)
        case IntegerConverter():
            return 1
    return "0" * 64
