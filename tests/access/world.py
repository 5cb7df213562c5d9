"""A citizen who is signed in and linked, ready to be asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import queries
from citizen_portal.access.models import Question
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Source
from citizen_portal.bodies.queries import directory
from citizen_portal.dashboard.remote import Asker
from citizen_portal.identity import actions as identity_actions
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.identity.queries import linked_bodies, links
from tests import make

PATIENCE = 30.0


@dataclass(frozen=True)
class Who:
    citizen_id: UUID
    sign_in_id: UUID


def somebody(session: Session) -> Who:
    citizen = make.citizen()
    session.add(citizen)
    session.flush()
    return signed_in(session, citizen.id)


def signed_in(session: Session, citizen_id: UUID) -> Who:
    """Somebody in a new session of theirs."""
    proof = identity_actions.Proof(assurance="", auth_time=clock.now())
    started = identity_actions.start(session, citizen_id, proof=proof)
    session.commit()
    return Who(citizen_id, started.sign_in.id)


def source_at(session: Session, base_url: str | None, who: Who, **given: Any) -> Source:
    """A source at this address, of a body that this citizen is linked to."""
    body = make.body()
    source = make.source(of=body, base_url=base_url, **given)
    session.add(body)
    session.flush()
    session.add(source)
    bump(session)
    link(session, who, body.id)
    return source


def link(session: Session, who: Who, body_id: UUID, state: LinkState = LinkState.LINKED) -> None:
    identity_actions.link(
        session,
        who.citizen_id,
        body_id,
        pairwise=pairwise_of(who, body_id),
        state=state,
        proof=LinkProof.CODE,
    )
    session.commit()


def pairwise_of(who: Who, body_id: UUID) -> str:
    return (who.citizen_id.hex + body_id.hex)[:64]


def asker(app: Flask) -> Asker:
    found = app.extensions["asker"]
    assert isinstance(found, Asker)
    return found


def asker_elsewhere(app: Flask) -> Asker:
    """The asker of another process of the same portal."""
    parts = app.extensions
    return Asker(
        parts["settings"],
        sessions=parts["sessions"],
        fetcher=parts["fetcher"],
        signer=parts["signer"],
        sealer=parts["sealer"],
        index=parts["index"],
    )


def ask(app: Flask, who: Who) -> dict[UUID, queries.SourceAnswer]:
    """Ask, wait until each question has its outcome, and say how each source stands; as pages do,
    so that who was linked meanwhile is asked as well."""
    assert asker(app).wait(who, PATIENCE)
    with app.extensions["sessions"].reading() as session:
        linked = linked_bodies(links(session, who.citizen_id))
    if not asker(app).covers(who, linked):
        asker(app).begin(who)
        assert asker(app).wait(who, PATIENCE)
    return answers(app, who)


def answers(
    app: Flask, who: Who, *, with_contents: bool = True
) -> dict[UUID, queries.SourceAnswer]:
    contents = [Question.HOLDINGS] if with_contents else []
    with app.extensions["sessions"].reading() as session:
        found = queries.answers(
            queries.question_states(session, who.citizen_id, who.sign_in_id, contents=contents),
            who.citizen_id,
            who.sign_in_id,
            directory=directory(session),
            links=links(session, who.citizen_id),
            sealer=app.extensions["sealer"],
            zone=app.extensions["region"].zone,
        )
    return {answer.source_id: answer for answer in found}


def events(app: Flask, who: Who) -> list[queries.AccessEvent]:
    with app.extensions["sessions"].reading() as session:
        return queries.events(
            queries.question_states(
                session, who.citizen_id, who.sign_in_id, contents=[Question.ACCESSES]
            ),
            who.citizen_id,
            who.sign_in_id,
            explainer=queries.Explainer(
                directory(session), register_terms(session), app.extensions["region"].zone
            ),
            links=links(session, who.citizen_id),
            sealer=app.extensions["sealer"],
            today=clock.today("Europe/London"),
        )


def actions_of(found: Iterable[queries.AccessEvent]) -> list[str]:
    return [event.usage.action for event in found]


def unlink(session: Session, who: Who, body_id: UUID) -> None:
    session.expire_all()
    identity_actions.unlink(session, who.citizen_id, body_id)
    session.commit()
