"""What the demo's bodies published of how often they look, in the month before it began."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.actions.publishing import publish_totals
from citizen_portal.access.models import ActivityTotal
from citizen_portal.access.queries.totals import Months
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.counts import rounded

FILE = Path(__file__).parent / "people" / "totals.yaml"


def write(session: Session) -> None:
    """Once; what is there already is of a demo that was started before."""
    if session.scalar(select(ActivityTotal.id).limit(1)) is not None:
        return
    said = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    month = (clock.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    known = directory(session)
    rows = [_row(entry, known, said["figures_from"]) for entry in said["totals"]]
    for body_id in {known.sources[row["source_id"]].body_id for row in rows}:
        own = [row for row in rows if known.sources[row["source_id"]].body_id == body_id]
        publish_totals(session, body_id, Months(month, month), own, client="demo")


def _row(
    entry: Mapping[str, Any], known: Directory, figures_from: dict[str, str]
) -> dict[str, Any]:
    (source,) = (each for each in known.sources.values() if each.slug == entry["source"])
    receiver = known.body_by_slug(entry["receiver"])
    return {
        "source_id": source.id,
        "agreement": entry["agreement"],
        "receiver_code": receiver.code if receiver else entry["receiver"],
        "system": "",
        "action": "",
        "accesses": rounded(entry["accesses"]),
        "people": rounded(entry["people"]),
        "triggered_by": entry["triggered_by"],
        "figures_from": figures_from,
    }
