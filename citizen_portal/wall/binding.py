"""Tells the database on whose behalf a transaction asks, by a word that it cannot forge itself.

The word is ``kind whose mac``. The mac is HMAC-SHA-256 (RFC 2104) over both and over what the
database says of this very transaction, so that it is good nowhere else. Its key stands in a table
that no role of ours may read. Role and word are set for the transaction alone: nothing of them is
left on a connection that goes back to the pool, or to a pooler.
"""

import hmac
from dataclasses import dataclass, field

from sqlalchemy import Connection

from citizen_portal.connections import driver_of
from citizen_portal.reach import Reach

HERE = "pg_backend_pid() || '/' || extract(epoch FROM transaction_timestamp())"
"""No other transaction has the same. It is asked for in the transaction: a pooler's backends are
others than those that a connection began with."""
ASK = f"SELECT {HERE}"
SAY = (
    "SELECT set_config('role', %s, true), set_config('search_path', 'public, pg_temp', true),"
    " set_config('portal.reach', %s, true)"
)
"""Temporary tables come last, so that none that was left behind stands before one of ours."""


@dataclass(frozen=True, slots=True)
class Wall:
    """What ``db.make_sessions`` is given: called as each transaction begins."""

    key: bytes = field(repr=False)
    roles: str
    """What the names of our roles begin with: roles are of a whole server, not of a database."""

    def __call__(self, connection: Connection, reach: Reach | None) -> None:
        with driver_of(connection, SAY) as driver:
            if reach is None:
                driver.execute(SAY, ("none", ""))
                return
            with driver.pipeline():  # BEGIN and this in one go
                here = driver.execute(ASK).fetchone()[0]
            driver.execute(SAY, (self.role(reach.kind), self.word(reach, here)))

    def role(self, kind: str) -> str:
        return f"{self.roles}_{kind}"

    def word(self, reach: Reach, here: str) -> str:
        said = f"{reach.kind} {reach.whose}"
        return f"{said} {hmac.digest(self.key, f'{said} {here}'.encode(), 'sha256').hex()}"
