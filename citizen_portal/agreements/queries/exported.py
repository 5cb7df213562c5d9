"""The whole register as entries of a register file, in an order that does not change by itself."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import LegalPower
from citizen_portal.agreements.queries.published import each_newest, each_version
from citizen_portal.bodies.models import ActivityRule, Organisation, Source

Entry = dict[str, Any]
Lists = dict[str, Iterator[Entry]]
"""The lists of a register file by name, in the order in which a file has them."""


def exported(session: Session) -> Lists:
    """What ``schemas.RegisterFile`` reads. Of each agreement only the newest version."""
    lists: dict[str, Callable[[Session], Iterator[Entry]]] = {
        "organisations": _organisations,
        "sources": _sources,
        "legal_powers": _powers,
        "agreements": _agreements,
        "rules": _rules,
    }
    return {name: entries(session) for name, entries in lists.items()}


def exported_versions(session: Session) -> Iterator[Entry]:
    """Every version of every agreement, with its document and when it came here."""
    for one in each_version(session):
        yield {
            "reference": one.reference,
            "number": one.number,
            "published_at": one.published_at.isoformat(),
            "changed": list(one.changed),
            "document": one.document,
        }


def _said(**fields: Any) -> Entry:
    """Without what is not said."""
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _organisations(session: Session) -> Iterator[Entry]:
    for row in session.scalars(select(Organisation).order_by(Organisation.slug)):
        yield _said(
            slug=row.slug,
            kind=row.kind.value,
            name=row.name,
            official_name=row.official_name,
            short_name=row.short_name,
            code={"scheme": row.code_scheme, "value": row.code},
            website=row.website,
            contact=row.contact,
            sign_in_url=row.sign_in_url,
            withholds=row.withholds,
        )


def _sources(session: Session) -> Iterator[Entry]:
    rows = session.execute(
        select(Source, Organisation.slug)
        .join(Organisation, Organisation.id == Source.organisation_id)
        .order_by(Source.slug)
    )
    for row, organisation in rows:
        since = row.connected_since
        yield _said(
            slug=row.slug,
            organisation=organisation,
            name=row.name,
            description=row.description,
            protocol=row.protocol.value,
            base_url=row.base_url,
            connected_since=since.isoformat() if since else None,
            not_reported=[_said(**entry) for entry in row.not_reported],
            retention=row.retention,
        )


def _powers(session: Session) -> Iterator[Entry]:
    for row in session.scalars(select(LegalPower).order_by(LegalPower.slug)):
        yield _said(slug=row.slug, name=row.name, summary=row.summary, url=row.url)


def _agreements(session: Session) -> Iterator[Entry]:
    for one in each_newest(session):
        yield one.document


def _rules(session: Session) -> Iterator[Entry]:
    rows = session.execute(
        select(ActivityRule, Source.slug).join(Source, Source.id == ActivityRule.source_id)
    )
    order = ("source", "receiver_code", "system", "action", "agreement", "valid_from")
    yield from sorted((_rule(row, source) for row, source in rows), key=itemgetter(*order))


def _rule(row: ActivityRule, source: str) -> Entry:
    return _said(
        source=source,
        receiver_code=row.receiver_code,
        system=row.system,
        action=row.action,
        agreement=row.agreement,
        valid_from=row.valid_from.isoformat(),
        valid_to=row.valid_to.isoformat() if row.valid_to else None,
        published=None if row.published else False,
    )
