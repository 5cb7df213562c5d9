"""What the pages of a signed-in citizen start from: asked for once, then handed inward."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app

from citizen_portal.access import queries as access
from citizen_portal.access.queries import AccessEvent, SourceAnswer
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.dashboard.remote import Asker
from citizen_portal.identity import queries as identity
from citizen_portal.identity.guards import SignedIn
from citizen_portal.identity.queries import Link
from citizen_portal.web import parts
from citizen_portal.web.transactions import db


@dataclass(frozen=True, slots=True)
class Gathered:
    directory: Directory
    links: tuple[Link, ...]
    answers: tuple[SourceAnswer, ...]
    events: Sequence[AccessEvent]
    """Newest first."""


def asker() -> Asker:
    return cast(Asker, current_app.extensions["asker"])


def gather(who: SignedIn) -> Gathered:
    """What bodies have told by now. Asks what is missing and waits a moment for it, before the
    database is opened, so that what came quickly is seen."""
    asker().wait(who, upto=parts.settings().first_wait_ms / 1000)
    session = db()
    known = directory(session)
    links = identity.links(session, who.citizen_id)
    return Gathered(
        directory=known,
        links=links,
        answers=_answers(who, known, links),
        events=access.events(
            session,
            who.citizen_id,
            who.sign_in_id,
            directory=known,
            register=register_terms(session),
            links=links,
            sealer=parts.sealer(),
        ),
    )


def states(who: SignedIn) -> tuple[SourceAnswer, ...]:
    """How each source stands by now, without what it holds. Asks nothing and waits for nothing."""
    session = db()
    known, links = directory(session), identity.links(session, who.citizen_id)
    return _answers(who, known, links, with_contents=False)


def _answers(
    who: SignedIn, known: Directory, links: tuple[Link, ...], *, with_contents: bool = True
) -> tuple[SourceAnswer, ...]:
    return access.answers(
        db(),
        who.citizen_id,
        who.sign_in_id,
        directory=known,
        links=links,
        sealer=parts.sealer(),
        with_contents=with_contents,
    )
