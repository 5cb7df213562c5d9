"""A whole import: bodies, sources, laws, rules, and agreements, which get their versions."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.agreements.actions import publishing
from citizen_portal.agreements.models import LegalPower
from citizen_portal.agreements.queries import digest_of, newest_versions
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import ActivityRule, Organisation, Source
from citizen_portal.db import Row

Columns = Mapping[str, Any]
Change = Literal["added", "changed", "unchanged"]


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
    powers, summary["legal_powers"] = _listed(session, LegalPower, entries.powers, on_entry)
    summary["agreements"] = _agreements(
        session, entries.agreements, organisations, powers, today=today, on_entry=on_entry
    )
    if changes["changed"] or summary["legal_powers"]["changed"]:
        renamed = newest_versions(session).values()
        publishing.index_anew(session, renamed, organisations, powers)
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
            changes[update(row, columns)] += 1
    session.flush()
    return rows, changes


def _rules(session: Session, entries: Iterable[Columns], on_entry: OnEntry) -> Counter[Change]:
    rows = {rule_key(vars(row)): row for row in session.scalars(select(ActivityRule))}
    changes: Counter[Change] = Counter()
    for columns in entries:
        on_entry()
        row = rows.get(rule_key(columns))
        if row is None:
            session.add(ActivityRule(**columns))
            changes["added"] += 1
        else:
            changes[update(row, columns)] += 1
    return changes


def rule_key(columns: Columns) -> tuple[Any, ...]:
    """A rule with these alike is the same rule; how long it holds may change."""
    names = ("source_id", "receiver_code", "system", "action", "agreement", "valid_from")
    return tuple(columns[name] for name in names)


def update(row: Row, columns: Columns) -> Change:
    """Bring a row to these columns; says whether that changed anything."""
    changed = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return "changed" if changed else "unchanged"


def _agreements(
    session: Session,
    documents: Iterable[dict[str, Any]],
    organisations: Mapping[str, Organisation],
    powers: Mapping[str, LegalPower],
    *,
    today: date,
    on_entry: OnEntry,
) -> Counter[Change]:
    newest = newest_versions(session)
    changes: Counter[Change] = Counter()
    for document in documents:
        on_entry()
        agreement, version = newest.get(document["reference"], (None, None))
        if version is not None and version.digest == digest_of(document):
            changes["unchanged"] += 1
            continue
        changes["changed" if agreement else "added"] += 1
        publishing.publish(
            session,
            document,
            onto=agreement,
            after=version,
            organisations=organisations,
            powers=powers,
            today=today,
        )
    session.flush()
    return changes
