"""A body reports what went wrong and changes what it says; each citizen whom it names is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal import audit, bulk, clock, jobs
from citizen_portal.bodies.models import Organisation
from citizen_portal.db import Words
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity.actions.news import have_told
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.incidents.models import Incident, IncidentBatch, IncidentLine
from citizen_portal.incidents.queries import under_reference
from citizen_portal.sealing import Seal

ID = 32
"""Bytes of a pairwise id."""
LINE = ("citizen_id", "id", "told_on")
MOST_UPDATES = 100
"""What is added to one incident by and by: people read it on one page."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The system that tells, and the body that it acts as."""

    organisation_id: UUID
    client_id: str


def report(
    session: Session,
    sender: Sender,
    reference: str,
    said: Mapping[str, Any],
    *,
    subjects: Sequence[str] = (),
    everyone: bool = False,
    seal: Seal,
) -> tuple[Incident, bool]:
    """Keep an incident and have these people told, or whoever is linked; gives whether it is new.

    The same again tells further people of it. Raises ``WrongState`` where it says something else.
    """
    incident = _under(session, sender.organisation_id, reference)
    new = incident is None
    if incident is None:
        incident = Incident(organisation_id=sender.organisation_id, reference=reference, **said)
        session.add(incident)
        session.flush()
    elif _differences(incident, said):
        raise WrongState(
            "An incident of this reference was reported in other words. To change it, send it with"
            " PUT."
        )
    if subjects or everyone:
        batch = IncidentBatch(incident_id=incident.id, sealed=None)
        batch.sealed = None if everyone else seal(packed(subjects), context(batch.id))
        session.add(batch)
        jobs.enqueue_once(session, "incidents.tell")
    if new or subjects or everyone:
        _record(session, sender, "incident:reported", incident, count=len(subjects))
    return incident, new


def change(
    session: Session,
    sender: Sender,
    reference: str,
    said: Mapping[str, Any],
    *,
    update: Words | None,
    closed: bool,
    tell: bool,
    today: date,
) -> Incident:
    """Bring what is told to this; the same again changes nothing. Raises ``NotFound``, and
    ``WrongState`` where too much was added."""
    incident = under_reference(session, sender.organisation_id, reference)
    if incident is None:
        raise NotFound("Your body has reported no incident of this reference.")
    changed = _differences(incident, said)
    if update is not None and (not incident.updates or incident.updates[-1]["text"] != update):
        if len(incident.updates) >= MOST_UPDATES:
            raise WrongState("Enough was added to this incident. Change its texts instead.")
        added: dict[str, object] = {"on": today.isoformat(), "text": update}
        changed["updates"] = [*incident.updates, added]
    if closed is (incident.closed_on is None):
        changed["closed_on"] = today if closed else None
    if not changed:
        return incident
    for name, value in changed.items():
        setattr(incident, name, value)
    incident.revision += 1
    incident.changed_at = clock.now()
    tag = "incident:closed" if closed and "closed_on" in changed else "incident:changed"
    _record(session, sender, tag, incident, count=len(changed))
    if tell:
        about = {"incident": str(incident.id), "revision": incident.revision}
        jobs.enqueue(session, "incidents.tell_again", **about)
    return incident


def known(session: Session, organisation_id: UUID, subjects: Collection[str]) -> int:
    """How many of these ids mean somebody who is linked to the body."""
    if not subjects:
        return 0
    wanted = select(func.count()).select_from(PairwiseIndex)
    among = bulk.among(session, PairwiseIndex.pairwise, list(subjects))
    return (
        session.scalar(wanted.where(PairwiseIndex.organisation_id == organisation_id, among)) or 0
    )


def meant(session: Session, organisation_id: UUID, subjects: Sequence[str]) -> list[UUID]:
    """The citizens whom a body means by these ids; an id that means nobody is passed over."""
    found = select(PairwiseIndex.citizen_id).where(
        PairwiseIndex.organisation_id == organisation_id,
        bulk.among(session, PairwiseIndex.pairwise, subjects),
    )
    return list(session.scalars(found))


def tell(session: Session, incident_id: UUID, citizens: Collection[UUID], *, today: date) -> None:
    """Note it for each of them who was not told yet, and have them told."""
    told = select(IncidentLine.citizen_id).where(
        IncidentLine.citizen_id.in_(citizens), IncidentLine.id == incident_id
    )
    new = sorted(set(citizens) - set(session.scalars(told)))
    bulk.insert_new(session, IncidentLine, LINE, [(one, incident_id, today) for one in new])
    have_each_told(session, new, f"incident:{incident_id.hex}")


def have_each_told(session: Session, citizens: Collection[UUID], key: str) -> None:
    for citizen_id in citizens:
        have_told(session, citizen_id, key, kind="incident", at_once=True)


def done(session: Session, batch_id: UUID) -> None:
    """Each of a batch was told: who they are stands with themselves alone from now on."""
    batch = session.get(IncidentBatch, batch_id)
    if batch is not None:
        session.delete(batch)


def packed(subjects: Sequence[str]) -> bytes:
    """Ids before they are sealed; ``unpacked`` gives the same back."""
    return bytes.fromhex("".join(subjects))


def unpacked(plain: bytes) -> list[str]:
    return [plain[at : at + ID].hex() for at in range(0, len(plain), ID)]


def context(batch_id: UUID) -> str:
    """What the ids of a batch are sealed for."""
    return f"incident-batch:{batch_id}"


def _under(session: Session, organisation_id: UUID, reference: str) -> Incident | None:
    """Two that report a new one for one body at once take turns."""
    found = under_reference(session, organisation_id, reference)
    if found is not None:
        return found
    body = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(body.with_for_update(key_share=True))
    return under_reference(session, organisation_id, reference)


def _differences(incident: Incident, said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if getattr(incident, name) != value}


def _record(session: Session, sender: Sender, tag: str, incident: Incident, *, count: int) -> None:
    audit.record(
        session,
        tag,
        for_body=sender.organisation_id,
        client=sender.client_id,
        incident=incident.id.hex,
        count=count,
    )
