"""Who and what there is: eight bodies that are asked, one that sends, and a few citizens."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from citizen_portal.agreements.actions import Entries, import_register
from citizen_portal.agreements.schemas import checking
from citizen_portal.bodies.actions import bump, set_webhook
from citizen_portal.bodies.models import Protocol
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.preferences.models import Scope
from citizen_portal.preferences.queries import ChoiceNames
from tests import make
from tests.access import pushing
from tests.bodies import systems
from tests.fakes import provider as fakes
from tests.fakes.body import honest
from tests.fakes.receiver import Receiver
from tests.outages.parts import Clock, Server
from tests.preferences.town import RESEARCH, TODAY, about, between

BODIES = 8
SENDER = "clinic"
AGREEMENT = "DSA-0002"


def canary(citizen: int, body: int) -> str:
    """Stands in what one body tells of one citizen, and nowhere else."""
    return f"canary-{citizen}-{body}-end"


@dataclass(frozen=True)
class Person:
    number: int
    subject: str
    """As the identity provider knows them."""
    id: UUID
    choice: str
    """The address of their choice."""
    sent_as: str
    """As the body knows them that sends events."""


@dataclass
class World:
    """What is around the portal. The parts that can be away are started and stopped by name."""

    clock: Clock
    sources: list[Server] = field(default_factory=lambda: [Server() for _ in range(BODIES)])
    provider: Server = field(default_factory=Server)
    fake: fakes.Fake = field(default_factory=fakes.Fake)
    people: list[Person] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    """Who signs in, by the nonce of the sign-in."""
    known: dict[str, str] = field(default_factory=dict)
    """What each body tells, by the id by which it knows somebody."""
    system: systems.System | None = None

    def __post_init__(self) -> None:
        self.fake.claims = self._say_who
        self.provider.app = fakes.make(self.fake, self.provider.url)
        for source in self.sources:
            source.app = self._body()
        for server in (self.provider, *self.sources):
            server.start()

    def end(self) -> None:
        self.fake.over.set()
        for server in (self.provider, *self.sources):
            server.stop()

    def _say_who(self, claims: dict[str, Any]) -> None:
        now = int(time.time() + self.clock.shift.total_seconds())
        claims |= {"iat": now, "exp": now + 120, "auth_time": now}
        claims["sub"] = self.subjects[claims["nonce"]]

    def _body(self) -> Flask:
        app = Flask("body")

        @app.get("/<path:path>")
        def answer(path: str) -> ResponseReturnValue:
            subject = request.args.get("userCode") or request.args.get("subject") or ""
            said, told = honest(path, subject), self.known.get(subject, "")
            for usage in said.get("usages", []):
                usage |= {"receiverCode": None, "receiverName": told, "action": told}
            for holding in said.get("holdings", []):
                holding["name"] = {"en": told}
            return said, {"Portal-Subject": subject}

        return app

    def settle(self, app: Flask, citizens: int, told: Receiver) -> None:
        """Fill an empty portal."""
        parts = app.extensions
        with parts["sessions"].writing() as session:
            bodies = [self._source(session, server, n) for n, server in enumerate(self.sources)]
            sender = make.body(slug=SENDER, code=SENDER.upper())
            session.add(sender)
            session.flush()
            bodies.append(sender.id)
            log = make.source(sender, slug="clinic-log", protocol=Protocol.PUSH, base_url=None)
            session.add(log)
            set_webhook(session, parts["sealer"], bodies[0], told.url)
            bump(session)
        document = between(AGREEMENT, "body-0", "body-1", "opt_out", RESEARCH)
        with parts["sessions"].writing() as session:
            entries = Entries(agreements=(checking.whole(document),))
            import_register(session, entries, today=TODAY)
        for number in range(citizens):
            self.people.append(self._person(app, number, bodies))
        self.system = systems.connect(app, SENDER)

    def _source(self, session: Session, server: Server, number: int) -> UUID:
        body = make.body(slug=f"body-{number}", code=f"BODY-{number}")
        session.add(body)
        session.flush()
        session.add(make.source(body, slug=f"body-{number}-main", base_url=server.url))
        return body.id

    def _person(self, app: Flask, number: int, bodies: list[UUID]) -> Person:
        index, subject = app.extensions["index"], f"subject-{number}"
        with app.extensions["sessions"].writing() as session:
            citizen = identity.find_or_make_citizen(
                session, index, issuer=self.provider.url, subject=subject
            )
            for place, body in enumerate(bodies):
                pairwise = identity.pairwise(index, citizen, body)
                self.known[pairwise] = canary(number, place)
                identity.link(
                    session,
                    citizen,
                    body,
                    pairwise=pairwise,
                    state=LinkState.LINKED,
                    proof=LinkProof.CODE,
                )
        scope: Scope = about(AGREEMENT)
        choice = f"/my/choices/{ChoiceNames(index, citizen).name(scope)}"
        return Person(number, subject, citizen, choice, pairwise)

    def events(self, refs: list[str]) -> list[dict[str, Any]]:
        """One for each of these references, of each person in turn."""
        return [
            pushing.row(self.people[n % len(self.people)].sent_as, ref)
            for n, ref in enumerate(refs)
        ]
