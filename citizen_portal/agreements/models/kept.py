"""What was published stays as it was published: refused by the session and by the database.

What may still change of a version is its last day, because the next version ends it. Migration
0003 writes the same triggers.
"""

from typing import Any

from sqlalchemy import event, inspect

from citizen_portal.agreements.models.agreement import AgreementVersion
from citizen_portal.db import made_with

KEPT = ("agreement_id", "number", "document", "digest", "in_force_from", "changed",
        "published_by_id", "published_at")  # fmt: skip
SQLITE = tuple(
    f"CREATE TRIGGER agreement_version_{name} BEFORE {what} ON agreement_version "
    "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END"
    for name, what in (("kept", f"UPDATE OF {', '.join(KEPT)}"), ("stays", "DELETE"))
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION agreement_version_kept() RETURNS trigger AS $$ BEGIN "
    "RAISE EXCEPTION 'what was published stays as it is'; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER agreement_version_kept BEFORE UPDATE OF {', '.join(KEPT)} OR DELETE "
    "ON agreement_version FOR EACH ROW EXECUTE FUNCTION agreement_version_kept()",
)


class PublishedError(RuntimeError):
    """A published version was to be changed or deleted."""


@event.listens_for(AgreementVersion, "before_update")
def _refuse_change(_: Any, __: Any, version: AgreementVersion) -> None:
    state = inspect(version).attrs
    if any(state[name].history.has_changes() for name in KEPT):
        raise PublishedError("a published version is not edited; publish another")


@event.listens_for(AgreementVersion, "before_delete")
def _refuse_deletion(_: Any, __: Any, ___: AgreementVersion) -> None:
    raise PublishedError("a published version stays; withdraw the agreement")


made_with(AgreementVersion.__tablename__, sqlite=SQLITE, postgresql=POSTGRESQL)
