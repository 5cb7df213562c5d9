"""Publishing: a document becomes the next version of an agreement; what was published stays."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import (
    Agreement,
    AgreementFacet,
    AgreementKind,
    AgreementParty,
    AgreementText,
    AgreementVersion,
    FacetKind,
    Identifiability,
    LegalPower,
    PartyRole,
    Say,
    Stage,
)
from citizen_portal.agreements.queries import changed_fields, digest_of, indexed, question_ids
from citizen_portal.agreements.queries.terms import day_of, last_day
from citizen_portal.bodies.models import Organisation

PARTY_LISTS = {
    PartyRole.DISCLOSER: "disclosers",
    PartyRole.RECIPIENT: "recipients",
    PartyRole.PROCESSOR: "processors",
}


def publish(
    session: Session,
    document: dict[str, Any],
    *,
    onto: Agreement | None,
    after: AgreementVersion | None,
    organisations: Mapping[str, Organisation],
    today: date,
    by: UUID | None = None,
    powers: Mapping[str, LegalPower] | None = None,
) -> Agreement:
    """Add a version to the agreement that the document names, or begin the agreement with it.

    The document is one that ``schemas.AgreementDocument`` gave. ``onto`` and ``after`` are what
    stands on the register under its reference, ``organisations`` are by slug, ``by`` is the
    officer who publishes, ``powers`` are by slug too, and are looked up where they are not given.
    The caller counts the register's revision up (``bodies.actions.bump``).
    """
    columns = _columns(document, today)
    agreement = onto or Agreement(**columns, version=0)
    for name, value in columns.items():
        setattr(agreement, name, value)
    agreement.version += 1
    session.add(agreement)
    session.add(_version(agreement, document, after=after, today=today, by=by))
    if onto is not None:
        for table in (AgreementParty, AgreementFacet, AgreementText):
            session.execute(delete(table).where(table.agreement_id == agreement.id))
    session.add_all(_parties(agreement, document, organisations))
    session.add_all(_facets(agreement, document))
    known = _powers(session, document) if powers is None else powers
    session.add(_text(agreement, document, organisations, known))
    return agreement


def index_anew(
    session: Session,
    published: Iterable[tuple[Agreement, AgreementVersion]],
    organisations: Mapping[str, Organisation],
    powers: Mapping[str, LegalPower],
) -> None:
    """Write the words by which agreements are found once more: a body or a law has another name."""
    session.flush()
    session.execute(delete(AgreementText))
    session.add_all(
        _text(agreement, version.document, organisations, powers)
        for agreement, version in published
    )


def _columns(document: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the register is listed, filtered and searched by."""
    known = document.get("identifiability")
    withdrawn = document.get("withdrawn")
    return {
        "reference": document["reference"],
        "kind": AgreementKind(document.get("kind", AgreementKind.SHARING)),
        "title": document["title"],
        "title_sort": document["title"]["en"].casefold(),
        "stage": Stage(document["stage"]),
        "choice": Say(document["choice"]),
        "identifiability": Identifiability(known) if known else None,
        "starts": day_of(document.get("starts")),
        "ends": last_day(document),
        "review": day_of(document.get("review")),
        "withdrawn_on": day_of(withdrawn["on"]) if withdrawn else None,
        "emergency": "emergency" in document,
        "published_on": day_of(document.get("published")) or today,
        "answered": len(question_ids() & document.get("trust", {}).keys()),
    }


def _version(
    agreement: Agreement,
    document: dict[str, Any],
    *,
    after: AgreementVersion | None,
    today: date,
    by: UUID | None,
) -> AgreementVersion:
    """The version before stays as it was, and ends the day before this begins."""
    begins = day_of(document.get("starts"))
    if after is not None:
        begins = _begins(document, after, today)
        last = begins - timedelta(days=1)
        after.in_force_to = min(after.in_force_to or last, last)
    return AgreementVersion(
        agreement_id=agreement.id,
        number=agreement.version,
        document=document,
        digest=digest_of(document),
        in_force_from=begins,
        in_force_to=last_day(document),
        changed=list(changed_fields(after.document, document)) if after else [],
        published_by_id=by,
    )


def _begins(document: Mapping[str, Any], after: AgreementVersion, today: date) -> date:
    """The day on which a later version begins to hold.

    That it was published is believed of a day after the version before was; else it begins today.
    What held before must not be rewritten by a file that kept an old date.
    """
    published = day_of(document.get("published"))
    before = day_of(after.document.get("published")) or after.published_at.date()
    day = published if published and published > before else today
    return max(filter(None, (day, day_of(document.get("starts")), after.in_force_from)))


def _parties(
    agreement: Agreement, document: Mapping[str, Any], organisations: Mapping[str, Organisation]
) -> Iterator[AgreementParty]:
    for role, name in PARTY_LISTS.items():
        for position, party in enumerate(document.get(name, ())):
            known = organisations.get(party.get("organisation", ""))
            yield AgreementParty(
                agreement_id=agreement.id,
                role=role,
                position=position,
                name=known.official_name["en"] if known else party["name"],
                organisation_id=known.id if known else None,
            )


def _facets(agreement: Agreement, document: Mapping[str, Any]) -> Iterator[AgreementFacet]:
    purpose = document.get("purpose_iri")
    lists = {
        FacetKind.PURPOSE: [purpose] if purpose else [],
        FacetKind.CATEGORY: document.get("categories", ()),
        FacetKind.POWER: document.get("powers", ()),
    }
    for kind, values in lists.items():
        for value in dict.fromkeys(values):
            yield AgreementFacet(agreement_id=agreement.id, kind=kind, value=value)


def _powers(session: Session, document: Mapping[str, Any]) -> dict[str, LegalPower]:
    cited = LegalPower.slug.in_(document.get("powers", ()))
    return {power.slug: power for power in session.scalars(select(LegalPower).where(cited))}


def _text(
    agreement: Agreement,
    document: Mapping[str, Any],
    organisations: Mapping[str, Organisation],
    powers: Mapping[str, LegalPower],
) -> AgreementText:
    slugs = (
        party["organisation"]
        for name in PARTY_LISTS.values()
        for party in document.get(name, ())
        if party.get("organisation") in organisations
    )
    names = {
        slug: (body.name, body.official_name, body.short_name)
        for slug in slugs
        for body in (organisations[slug],)
    }
    laws = {slug: powers[slug].name for slug in document.get("powers", ()) if slug in powers}
    return AgreementText(agreement_id=agreement.id, **indexed(document, names, laws))
