"""What can happen to the register: a whole import, in which each agreement gets its versions."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.agreements.models import (
    Agreement,
    AgreementKind,
    AgreementParty,
    AgreementVersion,
    Choice,
    LegalPower,
    PartyRole,
    Stage,
)
from citizen_portal.agreements.queries import question_ids
from citizen_portal.agreements.queries.terms import day_of
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import ActivityRule, Organisation, Source
from citizen_portal.db import Row

Columns = Mapping[str, Any]
Change = Literal["added", "changed", "unchanged"]
PARTY_LISTS = {
    PartyRole.DISCLOSER: "disclosers",
    PartyRole.RECIPIENT: "recipients",
    PartyRole.PROCESSOR: "processors",
}


@dataclass(frozen=True)
class Entries:
    """What is to be on the register, already found to be without fault."""

    organisations: tuple[Columns, ...] = ()
    sources: tuple[tuple[str, Columns], ...] = ()
    """Each with the slug of its organisation."""
    powers: tuple[Columns, ...] = ()
    agreements: tuple[dict[str, Any], ...] = ()
    """Documents as ``schemas.AgreementDocument.document`` gives them."""
    rules: tuple[tuple[str, Columns], ...] = ()
    """Each with the slug of its source."""

    def __len__(self) -> int:
        lists = (self.organisations, self.sources, self.powers, self.agreements, self.rules)
        return sum(len(each) for each in lists)


ImportSummary = dict[str, Counter[Change]]
"""For each list of a register file, how many entries had which kind of change."""
Listed = TypeVar("Listed", Organisation, Source, LegalPower)
OnEntry = Callable[[], None]


def import_register(
    session: Session, entries: Entries, *, today: date, on_entry: OnEntry = lambda: None
) -> ImportSummary:
    """Bring the register to what the entries say; what they leave out stays as it is.

    The same entries again change nothing. ``today`` is the day by the region's calendar;
    ``on_entry`` is called once for each entry.
    """
    organisations, changes = _listed(session, Organisation, entries.organisations, on_entry)
    summary = {"organisations": changes}
    ids = {slug: row.id for slug, row in organisations.items()}
    of = [{**columns, "organisation_id": ids[slug]} for slug, columns in entries.sources]
    sources, summary["sources"] = _listed(session, Source, of, on_entry)
    _, summary["legal_powers"] = _listed(session, LegalPower, entries.powers, on_entry)
    summary["agreements"] = _agreements(
        session, entries.agreements, organisations, today=today, on_entry=on_entry
    )
    held = [{**columns, "source_id": sources[slug].id} for slug, columns in entries.rules]
    summary["rules"] = _rules(session, held, on_entry)
    if any(changes["added"] or changes["changed"] for changes in summary.values()):
        bump(session)
    counts: dict[str, Any] = {name: dict(changes) for name, changes in summary.items() if changes}
    audit.record(session, "register:imported", **counts)
    return summary


def _listed(
    session: Session, model: type[Listed], entries: Iterable[Columns], on_entry: OnEntry
) -> tuple[dict[str, Listed], Counter[Change]]:
    """Add or update rows that are identified by their slug; returns every row by slug."""
    rows = {row.slug: row for row in session.scalars(select(model))}
    changes: Counter[Change] = Counter()
    for columns in entries:
        on_entry()
        row = rows.get(columns["slug"])
        if row is None:
            rows[columns["slug"]] = row = model(**columns)
            session.add(row)
            changes["added"] += 1
        else:
            changes[_update(row, columns)] += 1
    session.flush()
    return rows, changes


def _rules(session: Session, entries: Iterable[Columns], on_entry: OnEntry) -> Counter[Change]:
    rows = {_rule_key(vars(row)): row for row in session.scalars(select(ActivityRule))}
    changes: Counter[Change] = Counter()
    for columns in entries:
        on_entry()
        row = rows.get(_rule_key(columns))
        if row is None:
            session.add(ActivityRule(**columns))
            changes["added"] += 1
        else:
            changes[_update(row, columns)] += 1
    return changes


def _rule_key(columns: Columns) -> tuple[Any, ...]:
    """A rule with these alike is the same rule; how long it holds may change."""
    names = ("source_id", "receiver_code", "system", "action", "agreement", "valid_from")
    return tuple(columns[name] for name in names)


def _update(row: Row, columns: Columns) -> Change:
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return "changed" if changed else "unchanged"


def _agreements(
    session: Session,
    documents: Iterable[dict[str, Any]],
    organisations: Mapping[str, Organisation],
    *,
    today: date,
    on_entry: OnEntry,
) -> Counter[Change]:
    newest = _newest(session)
    changes: Counter[Change] = Counter()
    for document in documents:
        on_entry()
        agreement, version = newest.get(document["reference"], (None, None))
        digest = digest_of(document)
        if version is not None and version.digest == digest:
            changes["unchanged"] += 1
            continue
        changes["changed" if agreement else "added"] += 1
        agreement = _describe(session, agreement, document)
        _publish(session, agreement, document, digest=digest, after=version, today=today)
        _name_parties(session, agreement, document, organisations)
    return changes


def _newest(session: Session) -> dict[str, tuple[Agreement, AgreementVersion]]:
    rows = session.execute(
        select(Agreement, AgreementVersion).join(
            AgreementVersion,
            (AgreementVersion.agreement_id == Agreement.id)
            & (AgreementVersion.number == Agreement.version),
        )
    )
    return {agreement.reference: (agreement, version) for agreement, version in rows}


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of the document in canonical JSON, as hexadecimal."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _describe(session: Session, agreement: Agreement | None, document: dict[str, Any]) -> Agreement:
    """The columns that the register is listed and searched by."""
    columns = {
        "reference": document["reference"],
        "kind": AgreementKind(document.get("kind", AgreementKind.SHARING)),
        "title": document["title"],
        "title_sort": document["title"]["en"].casefold(),
        "search_text": _search_text(document),
        "stage": Stage(document["stage"]),
        "choice": Choice(document["choice"]),
        "starts": day_of(document.get("starts")),
        "ends": day_of(document.get("ends")),
        "answered": len(question_ids() & document.get("trust", {}).keys()),
    }
    if agreement is None:
        agreement = Agreement(**columns, version=0)
        session.add(agreement)
    _update(agreement, columns)
    return agreement


def _search_text(document: dict[str, Any]) -> str:
    texts = [document["reference"]]
    for field in ("title", "what", "purpose"):
        texts += document[field].values()
    return "\n".join(texts).casefold()


def _publish(
    session: Session,
    agreement: Agreement,
    document: dict[str, Any],
    *,
    digest: str,
    after: AgreementVersion | None,
    today: date,
) -> None:
    """Add the next version. The one before stays as it was, and ends the day before this begins."""
    agreement.version += 1
    begins = day_of(document.get("starts"))
    if after is not None:
        begins = _begins(document, after, today)
        last = begins - timedelta(days=1)
        after.in_force_to = min(after.in_force_to or last, last)
    session.add(
        AgreementVersion(
            agreement_id=agreement.id,
            number=agreement.version,
            document=document,
            digest=digest,
            in_force_from=begins,
            in_force_to=day_of(document.get("ends")),
        )
    )
    session.flush()


def _begins(document: dict[str, Any], after: AgreementVersion, today: date) -> date:
    """The day on which a later version begins to hold.

    That it was published is believed of a day after the version before was; else it begins today.
    What held before must not be rewritten by a file that kept an old date.
    """
    published = day_of(document.get("published"))
    before = day_of(after.document.get("published")) or after.published_at.date()
    day = published if published and published > before else today
    return max(filter(None, (day, day_of(document.get("starts")), after.in_force_from)))


def _name_parties(
    session: Session,
    agreement: Agreement,
    document: dict[str, Any],
    organisations: Mapping[str, Organisation],
) -> None:
    gone = delete(AgreementParty).where(AgreementParty.agreement_id == agreement.id)
    session.execute(gone)
    for role, name in PARTY_LISTS.items():
        for position, party in enumerate(document.get(name, ())):
            known = organisations.get(party.get("organisation", ""))
            session.add(
                AgreementParty(
                    agreement_id=agreement.id,
                    role=role,
                    position=position,
                    name=known.official_name["en"] if known else party["name"],
                    organisation_id=known.id if known else None,
                )
            )
