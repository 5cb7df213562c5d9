"""Review and publication: four eyes, confirmation by the bodies named, and what follows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.agreements.actions import publishing
from citizen_portal.agreements.actions.drafting import (
    Writer,
    lock,
    must_be,
    note_move,
    record,
    write,
)
from citizen_portal.agreements.models import (
    Agreement,
    AgreementVersion,
    Confirmation,
    Draft,
    DraftState,
)
from citizen_portal.agreements.models.draft import moved_on
from citizen_portal.agreements.queries import changed_fields, content_digest, drafts
from citizen_portal.agreements.queries.parties import bodies_named
from citizen_portal.agreements.queries.versions import agreed
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotPermitted, WrongState

Document = Mapping[str, Any]


def send_for_review(session: Session, draft: Draft, *, by: Writer) -> None:
    """Hand a draft over to a second officer. The caller has found nothing to put right in it."""
    lock(session, draft)
    note_move(session, draft, DraftState.IN_REVIEW, by=by, tag="draft:sent-for-review")


def send_back(session: Session, draft: Draft, *, by: Writer, reason: str) -> None:
    """Return a draft to those who write it, with the reason; nobody's writing is lost."""
    lock(session, draft)
    note_move(session, draft, DraftState.DRAFTING, by=by, tag="draft:returned", reason=reason)


def publish(
    session: Session, draft: Draft, document: Document, *, seen: int, by: Writer, today: date
) -> Agreement:
    """Make the next version of the agreement out of a draft in review.

    ``document`` is the draft's at revision ``seen``, found to be without fault. Raises
    ``NotPermitted`` for an officer who wrote in it (four eyes), ``WrongState`` when the draft or
    the register has moved on.
    """
    lock(session, draft)
    if by.officer_id in drafts.writers(session, draft.id):
        raise NotPermitted("Another officer must publish what you have written.")
    if draft.revision != seen:
        raise moved_on()
    agreement, before = _standing(session, draft)
    note_move(session, draft, DraftState.PUBLISHED, by=by, tag="agreement:published")
    published = publishing.publish(
        session,
        {**document, "published": today.isoformat()},
        onto=agreement,
        after=before,
        organisations={row.slug: row for row in session.scalars(select(Organisation))},
        today=today,
        by=by.officer_id,
    )
    confirm(session, draft.reference, document, by=by)
    bump(session)
    return published


def bring_up_to_date(session: Session, draft: Draft, *, by: Writer) -> tuple[str, ...]:
    """Put what was drafted onto the newest version, when one was published since it was begun.

    What that version says otherwise than the one before is kept as published; returns the names
    of such fields that were drafted too. What was drafted stays in the history.
    """
    lock(session, draft)
    must_be(draft, DraftState.DRAFTING)
    newest = drafts.amendable(session, by.organisation_id, draft.reference)
    mine = {each.field: each.value for each in drafts.changes_since(session, draft.id, 0)}
    before = drafts.version(session, draft.reference, draft.base)
    clashing = tuple(each for each in changed_fields(before, newest.document) if each in mine)
    draft.document = agreed(newest.document)
    draft.base = newest.number
    left = {name: value for name, value in mine.items() if name not in clashing}
    write(session, draft, left, officer_id=by.officer_id)
    record(session, "draft:brought-up-to-date", draft, by=by, base=draft.base)
    return clashing


def confirm_draft(
    session: Session, draft: Draft, *, seen: int, by: Writer, reason: str = ""
) -> None:
    """Note what a body that the draft names says of it: that it is so or, with a reason, not so.

    ``seen`` is the revision that was read: nobody confirms what they have not read. Raises
    ``NotPermitted`` for a body that it does not name, as one that the change writes out.
    """
    lock(session, draft)
    if by.organisation_id not in bodies_named(directory(session), draft.document):
        raise NotPermitted("Your body is not named in it.")
    if draft.state is not DraftState.IN_REVIEW:
        raise WrongState("It can be confirmed only while it is in review.")
    if draft.revision != seen:
        raise moved_on()
    confirm(session, draft.reference, draft.document, by=by, reason=reason)


def confirm(
    session: Session, reference: str, document: Document, *, by: Writer, reason: str = ""
) -> None:
    """Note that the writer's body says of this content that it is so or, with a reason, not so."""
    digest = content_digest(document)
    known = session.scalars(
        select(Confirmation).where(
            Confirmation.reference == reference,
            Confirmation.organisation_id == by.organisation_id,
            Confirmation.digest == digest,
        )
    ).one_or_none()
    if known is None:
        known = Confirmation(
            reference=reference,
            organisation_id=by.organisation_id,
            digest=digest,
            confirmed=True,
            officer_id=by.officer_id,
        )
        session.add(known)
    known.confirmed, known.reason = not reason, reason
    known.officer_id, known.at = by.officer_id, clock.now()
    audit.record(
        session,
        "draft:disputed" if reason else "draft:confirmed",
        actor=by.officer_id,
        for_body=by.organisation_id,
        reference=reference,
    )


def _standing(session: Session, draft: Draft) -> tuple[Agreement | None, AgreementVersion | None]:
    """What is on the register under the draft's reference, if it is what the draft began from."""
    agreement = session.scalars(
        select(Agreement).where(Agreement.reference == draft.reference).with_for_update()
    ).one_or_none()
    if (agreement.version if agreement else 0) != draft.base:
        raise WrongState("Another version was published meanwhile. Bring the draft up to date.")
    if agreement is None:
        return None, None
    before = session.scalars(
        select(AgreementVersion).where(
            AgreementVersion.agreement_id == agreement.id,
            AgreementVersion.number == agreement.version,
        )
    ).one()
    return agreement, before
