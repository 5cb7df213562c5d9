"""Revisions: what an object said at one time, as one text with its hashes."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from citizen_portal.preferences.schemas.govstack.shapes import Individual, Revision


def revision(
    schema: str,
    object_id: str,
    key: str,
    data: Mapping[str, Any],
    at: datetime,
    *,
    by: Individual | None = None,
) -> Revision:
    """``key`` tells it from the other revisions of this kind."""
    said = {
        "objectData": data,
        "schemaName": schema,
        "objectId": object_id,
        "signedWithoutObjectId": False,
        "timestamp": at.isoformat(),
        "authorizedByIndividual": by.document() if by else None,
        "authorizedByOther": None,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Revision(
        id=f"{schema}.{key}",
        schema_name=schema,
        object_id=object_id,
        serialized_snapshot=text,
        serialized_hash=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        serialized_hash_sha256=hashlib.sha256(text.encode()).hexdigest(),
        timestamp=at.isoformat(),
        authorized_by_individual=by,
    )


def chained(
    of: Revision, *, before: Revision | None = None, after: Revision | None = None
) -> Revision:
    """The same with what came before it and after it."""
    hashed = before.serialized_hash if before else None
    return of.model_copy(update={"predecessor_hash": hashed, "successor": after})
