"""A desk to try: bodies that take part and one that does not, officers, and a whole draft."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.actions import Entries, drafting, import_register, reviewing
from citizen_portal.agreements.actions.drafting import Writer
from citizen_portal.agreements.models import Agreement, AgreementKind, Draft, LegalPower
from citizen_portal.agreements.schemas import checking
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer, Role
from tests import make
from tests.pages import Page

WHOLE: dict[str, Any] = {
    "title": {"en": "Council tax help without a second form", "cy": "Help treth gyngor"},
    "stage": "service_delivery",
    "what": {"en": "The people who pay benefits tell your council who gets help."},
    "purpose": {"en": "So that your council can lower your bill."},
    "disclosers": [{"organisation": "giver"}],
    "recipients": [{"organisation": "taker"}],
    "contact": "data@giver.example",
    "powers": ["a-law"],
    "lawful_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-e",
    "choice": "objection",
    "disclosed": {"en": "Name and address. Not how much."},
    "categories": ["Name"],
    "retention": "P2Y",
    "starts": "2026-02-01",
}
TODAY = date(2026, 11, 25)
SignIn = Callable[[Officer], FlaskClient]


@dataclass(frozen=True)
class Desk:
    giver: Organisation
    taker: Organisation
    stranger: Organisation
    author: Officer
    publisher: Officer
    of_taker: Officer
    of_stranger: Officer

    @property
    def writer(self) -> Writer:
        return Writer(self.author.id, self.giver.id)

    @property
    def second(self) -> Writer:
        return Writer(self.publisher.id, self.giver.id)


def desk(session: Session) -> Desk:
    """Committed, so that browsers meet it."""
    bodies = [
        make.body(slug=slug, official_name=make.words(f"The {slug} office"))
        for slug in ("giver", "taker", "stranger")
    ]
    giver, taker, stranger = bodies
    both = (Role.AUTHOR, Role.PUBLISHER)
    officers = [make.officer(of, both) for of in (giver, giver, taker, stranger)]
    law = LegalPower(slug="a-law", name=make.words("A law"), summary=make.words("It allows it."))
    session.add_all([*bodies, *officers, law])
    bump(session)
    session.commit()
    return Desk(giver, taker, stranger, *officers)


def drafted(session: Session, of: Desk, **values: Any) -> Draft:
    """A draft of the giver with everything that is needed, and these values; committed."""
    draft = drafting.begin(session, AgreementKind.SHARING, WHOLE["title"], by=of.writer)
    drafting.save(session, draft, WHOLE | values, seen=0, by=of.writer)
    session.commit()
    return draft


def in_review(session: Session, of: Desk, **values: Any) -> Draft:
    draft = drafted(session, of, **values)
    reviewing.send_for_review(session, draft, by=of.writer)
    session.commit()
    return draft


def publish(session: Session, draft: Draft, *, by: Writer, seen: int | None = None) -> Agreement:
    return reviewing.publish(
        session,
        draft,
        checking.whole(draft.document),
        seen=draft.revision if seen is None else seen,
        by=by,
        today=TODAY,
    )


def published(session: Session, of: Desk, **values: Any) -> Agreement:
    """DSA-0001, written by one officer of the giver and published by the other."""
    agreement = publish(session, in_review(session, of, **values), by=of.second)
    session.commit()
    return agreement


def changed(session: Session, of: Desk, **values: Any) -> Draft:
    """A change of DSA-0001 with these values, in review."""
    draft = drafting.amend(session, "DSA-0001", by=of.writer)
    drafting.save(session, draft, values, seen=draft.revision, by=of.writer)
    reviewing.send_for_review(session, draft, by=of.writer)
    session.commit()
    return draft


def written_by_both(session: Session, draft: Draft, of: Desk) -> None:
    """In review, with something in it from each officer who may publish."""
    drafting.save(session, draft, {"contact": "x@b.example"}, seen=draft.revision, by=of.second)
    reviewing.send_for_review(session, draft, by=of.writer)
    session.commit()


def imported(session: Session, of: Desk, **values: Any) -> None:
    """Another version of DSA-0001 that came in with a file."""
    document = {"reference": "DSA-0001", **WHOLE, **values}
    entries = Entries(agreements=(checking.whole(document),))
    import_register(session, entries, today=TODAY)
    session.commit()


def reload(session: Session, draft_id: UUID) -> Draft:
    """The draft as it stands now, whoever wrote it."""
    session.expire_all()
    draft = session.scalars(select(Draft).where(Draft.id == draft_id)).one()
    session.commit()  # or the session would hold SQLite's write lock
    return draft


def post(client: FlaskClient, page: str, action: str, **fields: str | list[str]) -> Page:
    """Open a page, send its form to ``action`` as a browser would, and follow where it leads."""
    sent = Page.get(client, page).submit(action, **fields)
    if sent.response.status_code in {302, 303}:
        return Page.get(client, sent.response.headers["Location"])
    return sent


def fill(client: FlaskClient, at: str) -> None:
    """Answer through its pages each question without which a draft cannot be sent for review."""
    answers: dict[str, dict[str, str | list[str]]] = {
        "stage": {"stage": "service_delivery"},
        "what": {"what-en": WHOLE["what"]["en"]},
        "purpose": {"purpose-en": WHOLE["purpose"]["en"]},
        "contact": {"contact": WHOLE["contact"]},
        "powers": {"powers": ["a-law"]},
        "ground": {"lawful_basis": WHOLE["lawful_basis"]},
        "choice": {"choice": "objection"},
        "disclosed": {"disclosed-en": WHOLE["disclosed"]["en"]},
        "categories": {"categories": ["Name"]},
        "retention": {"retention-number": "2"},
        "dates": {"starts-day": "1", "starts-month": "2", "starts-year": "2026"},
    }
    for key, fields in answers.items():
        saved = Page.get(client, f"{at}/{key}").submit(f"{at}/{key}", **fields)
        assert saved.response.status_code == 303, (key, saved.main)
    page = f"{at}/parties/recipients"
    found = Page.get(client, page).submit(page, find="taker")
    assert found.submit(page).response.status_code == 303
