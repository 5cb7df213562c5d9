"""What is kept sealed of a correction, and what a recipient is told of one."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from citizen_portal.bodies.queries import Directory
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Detail:
    """What is kept sealed."""

    dataset: str
    """The short name of the set of records, as the body has it."""
    fields: tuple[str, ...] = ()
    """Which parts of it, by name."""
    reason: str | None = None
    """Why it was not corrected, as the person reads it."""

    def written(self) -> bytes:
        said = {"dataset": self.dataset, "fields": list(self.fields), "reason": self.reason}
        return json.dumps(said).encode()

    @classmethod
    def read(cls, text: str) -> "Detail":
        said = json.loads(text)
        return cls(said["dataset"], tuple(said["fields"]), said["reason"])


def context(correction_id: UUID) -> str:
    """What the detail of a correction is sealed for."""
    return f"correction:{correction_id}"


def opened(correction: Correction, sealer: Sealer) -> Detail | None:
    """None where its key is gone."""
    text = sealer.text(correction.sealed, context(correction.id))
    return Detail.read(text) if text is not None else None


def message(recipient: Recipient, correction: Correction, bodies: Directory) -> dict[str, Any]:
    """What goes off as a message: ids, kinds of data and a day. The names of fields stand in the
    list that the recipient reads, since a message lies here in the open until it is taken."""
    return {
        "id": recipient.id.hex,
        "number": recipient.number,
        "subject": recipient.subject,
        "body": bodies.bodies[correction.organisation_id].slug,
        "matter": correction.matter.value,
        "on": correction.on.isoformat(),
        "since": correction.since.isoformat() if correction.since else None,
        "categories": list(correction.categories),
    }


def entry(
    recipient: Recipient, correction: Correction, bodies: Directory, sealer: Sealer
) -> dict[str, Any]:
    """The same in the list, with what the discloser calls the set and its fields."""
    detail = opened(correction, sealer)
    return {
        **message(recipient, correction, bodies),
        "dataset": detail.dataset if detail else None,
        "fields": list(detail.fields) if detail else [],
    }
