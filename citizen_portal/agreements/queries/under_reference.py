"""What stands under a reference, for one body: the published version, and the draft under way."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Draft,
    DraftParty,
    PartyRole,
)
from citizen_portal.agreements.queries.drafts import OPEN


@dataclass(frozen=True)
class Under:
    """``takes_part`` and ``named`` are said of the body that asks."""

    published: AgreementVersion | None
    takes_part: bool
    """Whether it gives, gets or uses data in the published version: who only runs a machine for
    others does not change an agreement."""
    draft: Draft | None
    named: bool
    """Whether the draft names it."""


def under(session: Session, reference: str, organisation_id: UUID, *, lock: bool = False) -> Under:
    """``lock`` holds the draft until the transaction ends, where the database can do that."""
    found = select(Draft).where(Draft.reference == reference, Draft.state.in_(OPEN))
    found = found.order_by(Draft.began_at).limit(1)
    draft = session.scalars(found.with_for_update() if lock else found).first()
    published = session.scalars(
        select(AgreementVersion)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.reference == reference, AgreementVersion.number == Agreement.version)
    ).first()
    party = exists().where(
        AgreementParty.agreement_id == (published.agreement_id if published else None),
        AgreementParty.organisation_id == organisation_id,
        AgreementParty.role != PartyRole.PROCESSOR,
    )
    name = exists().where(
        DraftParty.draft_id == (draft.id if draft else None),
        DraftParty.organisation_id == organisation_id,
    )
    return Under(
        published=published,
        takes_part=published is not None and bool(session.scalar(select(party))),
        draft=draft,
        named=draft is not None and bool(session.scalar(select(name))),
    )
