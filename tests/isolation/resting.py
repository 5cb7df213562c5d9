"""What lies in the database of the world: values by column, and what must not be read there."""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import sealing
from citizen_portal.db import Base
from tests.classes import Classed
from tests.databases import at_rest
from tests.isolation.people import Someone
from tests.isolation.world import World

BY_HAND = "form-"
"""So begin the tokens of those questions that the world asks without their page."""
KEYS = (sealing.SEALING_FILE, sealing.HELD_PUBLIC_FILE, sealing.CLOSED_PUBLIC_FILE)
HASHES = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b")
JOINED = (b"", b"\n", b"\0", b"|", b":", b" ", b"#")


def values(world: World, one: Classed) -> list[Any]:
    """What stands in one column, where anything does."""
    with world.app.extensions["sessions"].reading() as session:
        return list(_values(session, one))


def _values(session: Session, one: Classed) -> Iterator[Any]:
    table = Base.metadata.tables[one.table]
    rows = select(table.c[one.column])
    if one.table == "question":
        rows = rows.where(table.c.token.not_like(f"{BY_HAND}%"))
    return (each for each in session.scalars(rows) if each not in (None, b""))


def written(value: Any) -> bytes:
    """As whoever takes the database reads it."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat().encode()
    return value.encode() if isinstance(value, str) else json.dumps(value, default=str).encode()


def sealed(value: Any) -> Iterator[bytes]:
    """A sealed value, or those of a list of them."""
    if isinstance(value, list):
        yield from (base64.b64decode(each, validate=True) for each in value)
    else:
        yield value


def prefixes(folder: Path) -> set[bytes]:
    """How each thing begins that was sealed with one of the keys in this folder: Tink writes a
    byte 1 and the id of the key before it."""
    sets = [json.loads((folder / name).read_text()) for name in KEYS]
    ids = [each["keyId"] for keys in sets for each in keys["key"]]
    return {b"\x01" + each.to_bytes(4, "big") for each in ids}


def taken(world: World) -> bytes:
    """The database, and each file that the portal wrote beside it."""
    beside = (file for file in sorted(world.folder.rglob("*")) if file.is_file())
    return at_rest(world.database) + b"".join(file.read_bytes() for file in beside)


def told_by_bodies(someone: Someone) -> list[str]:
    """Of records, holdings and looks that bodies were asked for."""
    mark = someone.canary
    return [f"Value 19 {mark}", f"Label {mark}", f"Records {mark}", f"Looked {mark} (DSA-0001)"]


def said_by_people(someone: Someone) -> list[str]:
    """Why somebody chose, thinks or asks so, and what bodies answered."""
    starts = ("Because", "I think", "Why", "Since", "We must,", "Not as", "Field", "A look")
    return [f"{start} {someone.canary}" for start in starts]


def keys_of(someone: Someone) -> list[str]:
    """With which one comes in as them, or reads of their news."""
    with someone.browser.session_transaction() as cookie:
        token = str(cookie["_user_id"]).rpartition(":")[2]
    return [token, *someone.named["feed"], *someone.named["stop"]]


def plain_hashes(*parts: str) -> set[str]:
    """What these would be found by if there were no key: each hash of each way to join them."""
    texts = [part.encode() for part in parts]
    joined = {between.join(texts) for between in JOINED}
    joined.add(b"".join(len(text).to_bytes(4, "big") + text for text in texts))
    return {hashlib.new(name, each).hexdigest() for name in HASHES for each in joined}
