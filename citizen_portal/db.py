"""Tables, column types and sessions. Knows SQLAlchemy, knows no Flask."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum as PyEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVarTuple, cast
from uuid import UUID

from sqlalchemy import (
    DDL,
    JSON,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    Insert,
    MetaData,
    Select,
    Table,
    TypeDecorator,
    create_engine,
    event,
    insert,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    ORMExecuteState,
    Session,
    mapped_column,
    sessionmaker,
)
from sqlalchemy.pool import ConnectionPoolEntry
from uuid_utils.compat import uuid7

from citizen_portal.line import Line

Asked = TypeVarTuple("Asked")
READ_ONLY = "portal_read_only"
RESTED = 1.0
"""Seconds in the pool after which a connection may be gone."""
RESTS = "portal_rests"
PLACE = "portal_place"
"""Where a connection waits for its turn to write."""
READING: dict[str, dict[str, Any]] = {
    "sqlite": {READ_ONLY: True},
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}
"""A page is drawn from one moment, whatever is written meanwhile; SQLite knows no other way."""
Words = dict[str, str]
"""One text in several languages: ``{"en": …, "cy": …}``. English is always there."""


class ReadOnlyError(RuntimeError):
    """A session opened for reading was asked to write."""


class UTCDateTime(TypeDecorator[datetime]):
    """Always aware, always UTC, on every backend."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """Every table. Constructors are typed; defaults exist from birth."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime(),
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[dict[str, object]]: JSON,
        list[str]: JSON,
        PyEnum: Enum(PyEnum, native_enum=False, values_callable=lambda e: [m.value for m in e]),
    }


class Row(Base, kw_only=True):
    """A table whose rows have an id of our own making, so that no counter is shared."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        init=False,
        default_factory=uuid7,  # when an object is made
        insert_default=uuid7,  # when rows are inserted in bulk
        sort_order=-1,
    )


class OwnedByCitizen(MappedAsDataclass, kw_only=True):
    """A row that belongs to one citizen: its primary key is ``(citizen_id, id)``.

    The citizen comes first, so that the table can be partitioned by citizen and so that no
    query can reach a row without naming whose it is (docs/decisions/0004).
    """

    citizen_id: Mapped[UUID] = mapped_column(
        ForeignKey("citizen.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )


def owned_by_citizen() -> list[Table]:
    """Every table with rows of citizens, those that lean on others first."""
    owned = {mapper.local_table for mapper in Base.registry.mappers if _is_owned(mapper.class_)}
    return [table for table in reversed(Base.metadata.sorted_tables) if table in owned]


def _is_owned(model: type) -> bool:
    return issubclass(model, OwnedByCitizen)


def made_with(table: str, *, sqlite: Iterable[str], postgresql: Iterable[str]) -> None:
    """What ``create_all`` makes beside a table, on one database only: triggers, text indexes."""
    for dialect, statements in (("sqlite", sqlite), ("postgresql", postgresql)):
        for statement in statements:
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(Base.metadata.tables[table], "after_create", ddl)


@dataclass(frozen=True)
class Sessions:
    """Where sessions come from: one maker for reading, one for writing, one engine."""

    engine: Engine
    read: sessionmaker[Session]
    write: sessionmaker[Session]

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with self.write.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write."""
        with self.read() as session:
            yield session


def make_sessions(
    url: str, *, carry: Callable[[UUID], None] | None = None, **engine_options: Any
) -> Sessions:
    """Connect to the database at ``url``; SQLite files get WAL, full syncs and foreign keys.

    ``carry`` is told the id of each job once the transaction that made it has committed.
    """
    engine = create_engine(url, hide_parameters=True, **engine_options)
    if engine.dialect.name == "sqlite":
        _stand_in_line(engine)
        _prepare_sqlite(engine)
    else:
        _ask_who_rested(engine)
    reader = engine.execution_options(**READING[engine.dialect.name])
    return Sessions(
        engine,
        read=sessionmaker(reader, info={"read_only": True}, expire_on_commit=False),
        write=sessionmaker(engine, info={"carry": carry}, expire_on_commit=False),
    )


def ask(session: Session, statement: Select[*Asked], **given: object) -> CursorResult[*Asked]:
    """The rows of a statement that was built once; what is asked for is given by name.

    It goes past what ``session.execute`` prepares for objects, and takes a quarter of its time:
    for what each request asks, or each choice. What waits to be written is written first.
    """
    session.flush()
    return connected(session).execute(statement, given)


def put(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows of which no object is made, in a quarter of the time; each names the same
    columns.

    What is left out is null, or what the column says: the time at which something happened is
    always to be given, as is the id where it is spoken of elsewhere.
    """
    found = list(rows)
    if found:
        connected(session).execute(_adding(model), found)


def connected(session: Session) -> Connection:
    """The connection of this transaction. The session finds it anew each time, at some cost."""
    kept = session.info.get("connected")
    transaction = session.get_transaction()
    if kept is not None and kept[0] is transaction:
        return cast(Connection, kept[1])
    connection = session.connection()
    session.info["connected"] = (session.get_transaction(), connection)
    return connection


@cache
def _adding(model: type[Base]) -> Insert:
    return insert(cast(Table, model.__table__))


def _ask_who_rested(engine: Engine) -> None:
    """A server that was started anew, or a pooler, ends connections that wait in the pool: one that
    waited is asked whether it is there. Not one that is handed from request to request."""

    @event.listens_for(engine, "checkin")
    def _rest(_: object, record: ConnectionPoolEntry) -> None:
        record.info[RESTS] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.get(RESTS)
        rested = since is not None and time.monotonic() - since > RESTED
        if rested and not engine.dialect._do_ping_w_event(connection):
            raise InvalidatePoolError


def _stand_in_line(engine: Engine) -> None:
    """Who writes waits for its turn before it asks for the lock, and leaves once it is done."""
    file = engine.url.database
    if not file or file == ":memory:":
        return
    line = Line(Path(f"{file}-line"))

    @event.listens_for(engine, "connect")
    def _connect(_: object, record: ConnectionPoolEntry) -> None:
        record.info[PLACE] = line.place()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY, False):
            connection.info[PLACE].wait()

    @event.listens_for(engine, "checkin")
    def _leave(_: object, record: ConnectionPoolEntry) -> None:
        if PLACE in record.info:
            record.info[PLACE].leave()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",  # what is deleted is gone from the file as well
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock at once: upgrading later fails under concurrency.
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, *_: object) -> None:
    if session.info.get("read_only") and (session.new or session.dirty or session.deleted):
        raise ReadOnlyError("this request may only read; see web/transactions.py")


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and state.session.info.get("read_only"):
        raise ReadOnlyError("this request may only read; see web/transactions.py")
