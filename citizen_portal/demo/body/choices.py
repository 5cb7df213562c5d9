"""What people choose, as a body takes it in: it checks, keeps the newest, and knows what to answer.

No web server and no library of the portal in here. Hand ``receive`` each message as it comes, and
``hold`` whatever else the portal signed for you. All that is held lies in one file, which is
written before anybody is told that it was taken (docs/connect.md, "Choices").
"""

import base64
import binascii
import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

CHANGED = "preference.changed"
STATEMENT = "citizen-portal-preference+jwt"
CLOCKS_DIFFER = 300
"""Seconds that a message may be old, or ahead of our clock."""
TAKEN, BAD, NOT_THE_PORTAL = 204, 400, 401
TABLES = """
CREATE TABLE IF NOT EXISTS held (
  subject TEXT, agreement TEXT, version INTEGER, id TEXT, may_use INTEGER, objection INTEGER,
  due TEXT, said_on TEXT, statement TEXT, answered INTEGER DEFAULT 0,
  PRIMARY KEY (subject, agreement));
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER);
"""
HOLD = """
INSERT INTO held (subject, agreement, version, id, may_use, objection, due, said_on, statement)
VALUES (:sub, :agreement, :version, :jti, :may_use, :objection, :due, :said_on, :statement)
ON CONFLICT (subject, agreement) DO UPDATE SET version = excluded.version, id = excluded.id,
  may_use = excluded.may_use, objection = excluded.objection, due = excluded.due,
  said_on = excluded.said_on, statement = excluded.statement, answered = 0
WHERE excluded.version > held.version
"""
"""An older version never takes the place of a newer one, in whatever order they come, and the same
one again changes nothing: so ids of messages need not be kept."""


@dataclass(frozen=True)
class Held:
    """Whether the data of one person may be used under one agreement."""

    id: str
    subject: str
    agreement: str
    version: int
    may_use: bool
    objection: bool
    due: date
    """The last day for our answer."""
    said_on: date


class Choices:
    def __init__(
        self, file: Path | str, *, slug: str, secrets: Sequence[str], keys: Callable[[], KeySet]
    ) -> None:
        """``secrets`` are those of our webhook, as they were handed to us: one, or two for the days
        in which the portal signs by both."""
        self._slug, self._keys = slug, keys
        self._secrets = [base64.b64decode(each.removeprefix("whsec_")) for each in secrets]
        self._lock = threading.Lock()
        self._file = sqlite3.connect(file, check_same_thread=False)
        self._file.executescript(TABLES)
        self.came = threading.Event()
        """Set whenever something came that may have to be answered."""

    def receive(self, headers: Mapping[str, str], raw: bytes) -> int:
        """Take one message of the webhook; gives the status to answer with.

        ``headers`` by name in small letters, ``raw`` the bytes just as they came.
        """
        if not self._is_from_portal(headers, raw):
            return NOT_THE_PORTAL
        try:
            message = json.loads(raw)
            if message["type"] != CHANGED:
                return TAKEN  # of a kind that says nothing to us
            said = self._opened(message["data"]["statement"])
        except (ValueError, KeyError, TypeError):
            return BAD
        if said is None:
            return BAD
        self._hold(said)
        return TAKEN

    def hold(self, statement: str) -> bool:
        """Keep what the portal signed for us, unless we hold something newer; tells whether it did
        sign it."""
        said = self._opened(statement)
        if said is not None:
            self._hold(said)
        return said is not None

    def _hold(self, said: Mapping[str, Any]) -> None:
        with self._lock, self._file as file:
            file.execute(HOLD, said)
        self.came.set()

    def changes_since(self, page: Callable[[int], Mapping[str, Any]]) -> None:
        """Read on in our list. ``page`` asks for what comes after a number.

        We ask once more after the last change: so the portal learns that all of it arrived.
        """
        while (found := page(self.read_to))["changes"]:
            for change in found["changes"]:
                self.hold(change["statement"])
            with self._lock, self._file as file:
                file.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (found["next"],))

    @property
    def read_to(self) -> int:
        rows = self._rows("SELECT number FROM place")
        return int(rows[0][0]) if rows else 0

    def may_use(self, subject: str, agreement: str) -> bool | None:
        """What we were told; none where we were told nothing, so that the agreement's own rule
        holds. Ask for many people at once with a check instead."""
        wanted = (subject, agreement)
        rows = self._rows("SELECT may_use FROM held WHERE subject = ? AND agreement = ?", *wanted)
        return bool(rows[0][0]) if rows else None

    def unanswered(self) -> list[Held]:
        rows = self._rows(
            "SELECT id, subject, agreement, version, may_use, objection, due, said_on"
            " FROM held WHERE NOT answered ORDER BY version, id"
        )
        return [_held(row) for row in rows]

    def note_answered(self, held: Held) -> None:
        """What came since is another version, and still to be answered."""
        with self._lock, self._file as file:
            file.execute("UPDATE held SET answered = 1 WHERE id = ?", (held.id,))

    def statements(self) -> list[str]:
        """All that we hold, as the portal signed it: for the portal when it lost data."""
        return [row[0] for row in self._rows("SELECT statement FROM held ORDER BY version, id")]

    def _rows(self, asked: str, *given: str) -> list[Any]:
        with self._lock:
            return self._file.execute(asked, given).fetchall()

    def _is_from_portal(self, headers: Mapping[str, str], raw: bytes) -> bool:
        try:
            name, moment = headers["webhook-id"], headers["webhook-timestamp"]
            fresh = abs(time.time() - int(moment)) < CLOCKS_DIFFER
            given = [
                base64.b64decode(each.removeprefix("v1,"))
                for each in headers["webhook-signature"].split(" ")
                if each.startswith("v1,")
            ]
        except (KeyError, ValueError, binascii.Error):
            return False
        signed = f"{name}.{moment}.".encode() + raw
        ours = [hmac.digest(secret, signed, "sha256") for secret in self._secrets]
        same = [hmac.compare_digest(one, each) for one in ours for each in given]
        return fresh and any(same)

    def _opened(self, statement: str) -> dict[str, Any] | None:
        """What a statement says, if the portal signed it for us: nothing else is believed."""
        wanted = jwt.JWTClaimsRegistry(aud={"essential": True, "value": self._slug})
        try:
            token = jwt.decode(statement, self._keys(), algorithms=["Ed25519"])
            wanted.validate(token.claims)
        except (JoseError, ValueError, TypeError, AttributeError):
            return None
        if token.header.get("typ") != STATEMENT:
            return None
        said_on = datetime.fromtimestamp(token.claims["iat"], UTC).date().isoformat()
        return {**token.claims, "said_on": said_on, "statement": statement}


def _held(row: Sequence[Any]) -> Held:
    due, said_on = (date.fromisoformat(each) for each in row[6:8])
    return Held(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), due, said_on)
