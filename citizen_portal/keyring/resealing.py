"""How what the database holds under a key is counted and sealed anew, some rows at a time.

A sealed value begins with the id of its key (Tink's prefix: 1, then the id in
four bytes).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, LargeBinary, func, inspect, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from citizen_portal.db import Sessions
from citizen_portal.sealing import CannotOpen, Sealer

AT_ONCE = 200
"""Rows of one transaction, so that no writer waits long."""
PREFIX = 5


@dataclass(frozen=True)
class Older:
    """Keys whose place another one took."""

    ids: tuple[str, ...]
    since: datetime
    """From then on only the new one was made use of."""

    @property
    def prefixes(self) -> tuple[bytes, ...]:
        return tuple(b"\1" + int(one).to_bytes(4, "big") for one in self.ids)


class Kept(Protocol):
    """Something that is kept under a key."""

    @property
    def name(self) -> str: ...

    def left(self, session: Session, older: Older) -> int:
        """How many still need one of these keys."""

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        """Gives after each transaction how many it sealed anew, and how many do not open."""


@dataclass(frozen=True)
class Column:
    """A column with sealed values. Such as go by themselves, or whose key is not the portal's to
    use, are counted and left as they are."""

    column: InstrumentedAttribute[Any]

    @property
    def name(self) -> str:
        return f"{self.column.class_.__tablename__}.{self.column.key}"

    def left(self, session: Session, older: Older) -> int:
        return session.scalar(select(func.count()).where(self.needing(older))) or 0

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        return iter(())

    def needing(self, older: Older) -> ColumnElement[bool]:
        begins = func.substr(self.column, 1, PREFIX, type_=LargeBinary)
        return begins.in_(older.prefixes)


@dataclass(frozen=True)
class Lasting(Column):
    """A column with sealed values that stay."""

    context: Callable[..., str]
    """What a value is sealed for, made of the columns ``of``."""
    of: tuple[InstrumentedAttribute[Any], ...]

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        """In the order of the table's key, so that a row that does not open is met once."""
        model = self.column.class_
        key = [getattr(model, one.key) for one in inspect(model).primary_key]
        wanted = select(*key, self.column, *self.of).where(self.needing(older))
        wanted, last = wanted.order_by(*key).limit(AT_ONCE), None
        while True:
            with sessions.writing() as session:
                after = wanted if last is None else wanted.where(tuple_(*key) > last)
                rows = session.execute(after).all()
                if not rows:
                    return
                anew = sum(self._again(session, sealer, key, row) for row in rows)
                last = tuple(rows[-1][: len(key)])
            yield anew, len(rows) - anew

    def _again(self, session: Session, sealer: Sealer, key: list[Any], row: Any) -> bool:
        mine, sealed, about = row[: len(key)], row[len(key)], row[len(key) + 1 :]
        context = self.context(*about)
        try:
            anew = sealer.seal(sealer.unseal(sealed, context), context)
        except CannotOpen:
            return False
        same = [column == value for column, value in zip(key, mine, strict=True)]
        changed = update(self.column.class_).where(*same, self.column == sealed)
        session.execute(
            changed.values({self.column: anew}).execution_options(synchronize_session=False)
        )
        return True
