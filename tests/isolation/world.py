"""The world of the isolation tests: two citizens, bodies, officers, systems.

It is filled through the portal's own doors where there is one (``filling.py``).
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet
from pydantic import SecretStr
from sqlalchemy import select

from citizen_portal import clock, sealing
from citizen_portal.bodies.actions import bump, set_webhook
from citizen_portal.bodies.models import Kind, Organisation, Protocol, Scope
from citizen_portal.demo.body import BodyConfig, create_body
from citizen_portal.identity import actions as identity
from citizen_portal.identity import guards
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import Officer, Role
from citizen_portal.settings import Settings
from tests import make, walled
from tests.bodies import systems
from tests.conftest import settings_in
from tests.exports.world import work
from tests.fakes import provider as providers
from tests.fakes.mail import MailServer, taking_mail
from tests.fakes.receiver import Receiver, receiving
from tests.fakes.serving import served
from tests.isolation.people import Someone, person
from tests.opinions.asking import Asking

TOLD = ("clinic", "council", "university")
"""Bodies that know both citizens; the hermit knows neither."""
STRANGE = "hermit"
TOKEN_SECONDS = 60.0
"""A token is used again for so long; it ends a little later than that."""


@dataclass(repr=False)
class World:
    """Everything there is, and how to come in as each of those who may."""

    app: Flask
    folder: Path
    mail: MailServer
    receiver: Receiver
    one: Someone = field(default_factory=Someone)
    other: Someone = field(default_factory=Someone)
    town: Asking = field(init=False)
    inside: str = field(default_factory=lambda: f"INSIDE{secrets.token_hex(6)}")
    """The mark in what is the clinic's own, and not for other bodies."""
    inner: set[str] = field(default_factory=set)
    """The ids of such things, and that mark."""
    inner_paths: list[str] = field(default_factory=list)
    mirrored: Officer = field(init=False)
    """An officer of the clinic with each role."""
    connected: dict[tuple[str, ...], systems.System] = field(default_factory=dict)
    headers: dict[tuple[str, ...], tuple[float, dict[str, str]]] = field(default_factory=dict)
    sealed: dict[bytes, bytes] = field(default_factory=dict)
    """What was sealed in this world, by how it lies there."""
    seals: dict[bytes, tuple[sealing.Seal, str]] = field(default_factory=dict)
    """And by what it was sealed, for which context."""

    @property
    def database(self) -> str:
        return str(self.app.extensions["settings"].database_url)

    @property
    def people(self) -> tuple[Someone, Someone]:
        return self.one, self.other

    def enter(self, someone: Someone) -> FlaskClient:
        """A browser in which this citizen is signed in anew."""
        sealer = self.app.extensions["sealer"]
        with self.app.extensions["sessions"].writing() as session:
            proof = identity.Proof(
                assurance=f"level {someone.canary}",
                auth_time=clock.now(),
                provider_session=f"sid-{someone.canary}",
            )
            started = identity.start(session, someone.id, proof=proof)
            row = started.sign_in
            context = guards.sealing_context(someone.id, row.id)
            row.sealed_hint = sealer.seal(f"token {someone.canary}".encode(), context)
            name = row.id
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{someone.id}:{name}:{started.token}"
            cookie["_fresh"] = True
        someone.secrets |= {name.hex, str(name), started.token}
        return client

    def newcomer(self) -> Someone:
        """A citizen of whom nothing is kept yet."""
        someone = Someone()
        with self.app.extensions["sessions"].writing() as session:
            someone.id = identity.find_or_make_citizen(
                session,
                self.app.extensions["index"],
                issuer="https://sign-in.example",
                subject=someone.canary,
            )
        return someone

    def officer(self, slug: str, *roles: Role) -> Officer:
        with self.app.extensions["sessions"].writing() as session:
            body = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
            name = f"Officer {self.inside}" if slug == "clinic" else "Officer"
            made = make.officer(body, roles, name=name)
            session.add(made)
        return made

    def officer_in(self, officer: Officer) -> FlaskClient:
        with self.app.extensions["sessions"].writing() as session:
            kept = session.merge(officer)
            session.flush()
            proof = identity.Proof(assurance="", auth_time=clock.now())
            begun = officers.start(
                session, kept.id, organisation_id=kept.organisation_id, proof=proof
            )
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = guards.cookie_text(kept.id, begun.sign_in.id, begun.token)
            cookie["_fresh"] = True
        return client

    def system(self, slug: str, *scopes: Scope) -> dict[str, str]:
        """What a call of a system of this body carries; with each scope unless some are named."""
        key = (slug, *scopes)
        if key not in self.connected:
            self.connected[key] = systems.connect(self.app, slug, *scopes)
        made, headers = self.headers.get(key, (0.0, {}))
        if time.monotonic() - made > TOKEN_SECONDS:
            made, headers = time.monotonic(), self.connected[key].headers(self.app)
            self.headers[key] = made, headers
        return headers

    def call(self, slug: str, method: str, path: str, said: Any) -> Any:
        """A call of a body's system that has to be taken."""
        client = self.app.test_client(use_cookies=False)
        response = client.open(path, method=method, json=said, headers=self.system(slug))
        assert response.status_code < 300, f"{path}: {response.text}"
        return response.get_json()

    def said(self, value: Any) -> bytes:
        """What a column's value says, opened where it was sealed."""
        if isinstance(value, bytes):
            return self.sealed.get(value, value)
        return value.encode() if isinstance(value, str) else json.dumps(value).encode()

    def work(self) -> None:
        work(self.app)


def settings_of(
    folder: Path, keys_folder: Path, database: str, *, mail: int, provider: str
) -> Settings:
    """Copies are made at once, pages wait for their bodies, mail goes to the server of the test."""
    changed = {
        "oidc_issuer": provider,
        "oidc_client_id": "portal",
        "oidc_client_secret": SecretStr("secret of the portal"),
        "staff_issuer": provider,
        "staff_client_id": "desk",
        "staff_client_secret": SecretStr("secret of the desk"),
        "smtp_host": "127.0.0.1",
        "smtp_port": mail,
        "smtp_security": "none",
        "smtp_timeout": 5.0,
        "mail_from": "news@portal.example",
        "export_hold": 0.0,
        "first_wait_ms": 10_000,
    }
    return settings_in(folder, keys_folder, database).model_copy(update=changed)


@contextmanager
def built(folder: Path, keys_folder: Path, database: str, *, wall: str = "") -> Iterator[World]:
    """The world before anything was said in it: bodies, links, and two citizens who sign in.

    With a ``wall`` on PostgreSQL behind the second one, ``unfiltered`` without our own filters.
    """
    with ExitStack() as stack:
        mail = stack.enter_context(taking_mail())
        receiver = stack.enter_context(receiving())
        provider = stack.enter_context(served(partial(providers.make, providers.Fake())))
        settings = settings_of(folder, keys_folder, database, mail=mail.port, provider=provider)
        app = stack.enter_context(walled.started(settings, wall))
        app.config["WTF_CSRF_ENABLED"] = False  # ownership must hold by itself
        world = World(app, folder, mail, receiver)
        _remember_what_is_sealed(world)
        world.town = Asking(app, world.officer_in)
        world.work()
        _link(world)
        address = stack.enter_context(served(lambda _: create_body(_clinic(world))))
        _connect(world, address)
        for someone in world.people:
            someone.browser = world.enter(someone)
        yield world


def _remember_what_is_sealed(world: World) -> None:
    """So that a test can say of each sealed column what is in it, whatever it was sealed for."""
    sealer, lock = world.app.extensions["sealer"], threading.Lock()
    envelope = world.app.extensions["envelope"]

    def noted(seal: sealing.Seal) -> sealing.Seal:
        def note(plain: bytes, context: str) -> bytes:
            sealed = seal(plain, context)
            with lock:
                world.sealed[sealed] = plain
                world.seals[sealed] = seal, context
            return sealed

        return note

    sealer.seal, envelope.close = noted(sealer.seal), noted(envelope.close)


def _link(world: World) -> None:
    """To the bodies that are told, and each to a body of their own. That is none that citizens
    are shown anyhow: those are named on the page of each citizen, linked or not."""
    index = world.app.extensions["index"]
    with world.app.extensions["sessions"].writing() as session:
        for someone in world.people:
            someone.id = identity.find_or_make_citizen(
                session, index, issuer="https://sign-in.example", subject=someone.canary
            )
            identity.note_try(session, someone.id)
            for slug in TOLD:
                world.town.link(session, someone.id, slug)
                someone.known[slug] = world.town.known_as(someone.id, slug)
            own = make.body(kind=Kind.PROCESSOR, name=make.words(f"Body of {someone.tie}"))
            session.add(own)
            session.flush()
            world.town.bodies[own.slug] = own.id
            world.town.link(session, someone.id, own.slug)
            someone.known[own.slug] = world.town.known_as(someone.id, own.slug)
            someone.secrets |= {someone.id.hex, str(someone.id), *someone.known.values()}
            someone.named["citizen"] = [someone.id.hex, str(someone.id)]
            someone.named["subject"] = list(someone.known.values())


def _clinic(world: World) -> BodyConfig:
    """The clinic's own server, which answers when it is asked."""
    with world.app.extensions["sessions"].reading() as session:
        body = session.get_one(Organisation, world.town.bodies["clinic"])
    return BodyConfig(
        code=body.code,
        name="Clinic",
        audience=body.slug,
        issuer=world.app.extensions["settings"].public_url,
        keys=lambda: KeySet.import_key_set(world.app.extensions["signer"].public()),
        people={each.canary: person(each.canary) for each in world.people},
        known={each.known["clinic"]: each.canary for each in world.people},
    )


def _connect(world: World, address: str) -> None:
    """The clinic answers and sends; each body is told at the receiver."""
    sealer = world.app.extensions["sealer"]
    with world.app.extensions["sessions"].writing() as session:
        clinic = session.get_one(Organisation, world.town.bodies["clinic"])
        clinic.withholds = ["crime-and-tax"]
        session.add_all(
            [
                make.source(clinic, slug="clinic-main", base_url=address),
                make.source(clinic, slug="clinic-log", protocol=Protocol.PUSH),
            ]
        )
        for slug, body_id in world.town.bodies.items():
            set_webhook(session, sealer, body_id, f"{world.receiver.address}/{slug}")
        bump(session)


def ids(world: World, model: Any, citizen_id: UUID, column: str = "id") -> list[Any]:
    """A column of the rows of one citizen."""
    wanted = select(getattr(model, column)).where(model.citizen_id == citizen_id)
    with world.app.extensions["sessions"].reading() as session:
        return list(session.scalars(wanted))
