"""What the demo's bodies told of and asked before it began: an incident, and views."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import jobs, region
from citizen_portal.bodies.queries import directory
from citizen_portal.counts import rounded
from citizen_portal.db import Sessions
from citizen_portal.identity.queries.known import known_to
from citizen_portal.incidents import actions as incidents
from citizen_portal.incidents.models import Incident
from citizen_portal.opinions.models import Round, View
from citizen_portal.opinions.queries import askable
from citizen_portal.sealing import Sealer

FILE = Path(__file__).parent / "people" / "spoken.yaml"


def write(sessions: Sessions, sealer: Sealer) -> None:
    """Once; what is there already is of a demo that was started before."""
    said = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    with sessions.writing() as session:
        if session.scalar(select(Incident.id).limit(1)) is None:
            _report(session, sealer, said["incident"])
        if session.scalar(select(Round.id).limit(1)) is None:
            for asked in said["views"]:
                _ask(session, asked)
    parts = {"sealer": sealer, "region": region.load("uk")}
    with sessions.writing() as session:
        job_id = jobs.enqueue(session, "incidents.tell").id
    jobs.run(sessions, parts, job_id)


def _report(session: Session, sealer: Sealer, said: dict[str, Any]) -> None:
    today = region.load("uk").today()
    body_id = _body(session, said.pop("body"))
    reference, affected = said.pop("reference"), said.pop("affected")
    happened, found = said.pop("days_ago"), said.pop("found_days_ago")
    columns = said | {
        "affected": rounded(affected),
        "happened_from": today - timedelta(days=happened),
        "happened_to": None,
        "found_on": today - timedelta(days=found),
    }
    incidents.report(
        session,
        incidents.Sender(body_id, "demo"),
        reference,
        columns,
        subjects=known_to(session, body_id, offset=0, most=2),
        seal=sealer.seal,
    )


def _ask(session: Session, said: dict[str, Any]) -> None:
    today = region.load("uk").today()
    body_id = _body(session, said["body"])
    title, what, purpose = askable(session, body_id, today=today)[said["agreement"]]
    begun, ended = today - timedelta(days=said["days_ago"]), "reply" in said
    counts = {view.value: rounded(said["counts"][view.value]) for view in View} if ended else {}
    session.add(
        Round(
            organisation_id=body_id,
            reference=said["agreement"],
            title=title,
            what=what,
            purpose=purpose,
            opens_on=begun,
            closes_on=begun + timedelta(days=30),
            counts=counts,
            counted_on=begun + timedelta(days=31) if ended else None,
            final=ended,
            reply=said.get("reply"),
            replied_on=begun + timedelta(days=36) if ended else None,
        )
    )


def _body(session: Session, slug: str) -> UUID:
    found = directory(session).body_by_slug(slug)
    assert found is not None, slug  # noqa: S101 - the demo's own file names it
    return found.id
