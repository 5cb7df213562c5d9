"""Tables, column types and sessions. Knows SQLAlchemy, knows no Flask."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum as PyEnum
from functools import cache
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
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    sessionmaker,
)
from uuid_utils.compat import uuid7

from citizen_portal import connections, partitions
from citizen_portal.reach import Reach

Asked = TypeVarTuple("Asked")
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


partitions.made_after(Base.metadata)


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

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        partitions.part(cast(Table, cls.__table__))  # type: ignore[attr-defined]


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


Binding = Callable[[Connection, Reach | None], None]
"""Tells a database on whose behalf the transaction of this connection asks."""


@dataclass(frozen=True)
class Sessions:
    """Where sessions come from: one maker for reading, one for writing, one engine."""

    engine: Engine
    reader: sessionmaker[Session]
    writer: sessionmaker[Session]
    reach: Reach | None = None

    def of(self, reach: Reach | None) -> "Sessions":
        """The same, on behalf of somebody: behind the second wall they reach no further."""
        return replace(self, reach=reach)

    def read(self) -> Session:
        return self.reader(info={"reach": self.reach})

    def write(self) -> Session:
        return self.writer(info={"reach": self.reach})

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        with self.write() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write."""
        with self.read() as session:
            yield session


def make_sessions(
    url: str,
    *,
    carry: Callable[[UUID], None] | None = None,
    wall: Binding | None = None,
    **engine_options: Any,
) -> Sessions:
    """Connect to the database at ``url``.

    ``carry`` is told the id of each job once the transaction that made it has committed; ``wall``
    on whose behalf each transaction asks, as it begins.
    """
    engine = create_engine(url, hide_parameters=True, **engine_options)
    connections.prepare(engine)
    walled = wall if engine.dialect.name == "postgresql" else None
    reading = {"read_only": True, "wall": walled}
    return Sessions(
        engine,
        sessionmaker(connections.for_reading(engine), info=reading, expire_on_commit=False),
        sessionmaker(engine, info={"carry": carry, "wall": walled}, expire_on_commit=False),
    )


def on_behalf(session: Session, reach: Reach | None) -> None:
    """From here on this session asks on behalf of somebody, or of nobody."""
    if session.info.get("reach") == reach:
        return
    session.info["reach"] = reach
    wall: Binding | None = session.info.get("wall")
    if wall is not None and session.in_transaction():
        session.flush()
        wall(connected(session), reach)


@contextmanager
def in_place_of(session: Session, reach: Reach) -> Iterator[None]:
    """For one step that is taken for somebody else, such as a body's that reaches one citizen."""
    before = session.info.get("reach")
    on_behalf(session, reach)
    try:
        yield
    except BaseException:
        session.info["reach"] = before  # what failed is undone; the next transaction asks so
        raise
    on_behalf(session, before)


@event.listens_for(Session, "after_begin")
def _stand_behind(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    wall, reach = session.info.get("wall"), session.info.get("reach")
    if wall is not None and reach is not None and not transaction.nested:
        wall(connection, reach)


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


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, *_: object) -> None:
    if session.info.get("read_only") and (session.new or session.dirty or session.deleted):
        raise ReadOnlyError("this request may only read; see web/transactions.py")


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete
    if changes and state.session.info.get("read_only"):
        raise ReadOnlyError("this request may only read; see web/transactions.py")
