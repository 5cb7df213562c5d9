"""Sessions that ask each cluster for what lies there, by SQLAlchemy's horizontal sharding."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, Exists, Insert, ScalarSelect, Table, literal, select
from sqlalchemy.ext.horizontal_shard import ShardedSession
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql import visitors

from citizen_portal.reach import Kind, Reach
from tests.clusters import placing
from tests.clusters.gathering import Selecting, gathered, gathered_as_they_are
from tests.clusters.placing import BOTH, EVERYWHERE, FIRST, SPREAD, CrossesError

ASKED: Counter[tuple[str, int]] = Counter()
"""On whose behalf statements about citizens were asked, and of how many clusters."""


class Split(ShardedSession):
    """A session over both clusters."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            shard_chooser=_of_object,
            identity_chooser=_of_key,
            execute_chooser=_of_statement,
            **given,
        )

    def get_bind(self, mapper: Any = None, *, shard_id: str | None = None, **given: Any) -> Any:
        return super().get_bind(mapper, shard_id=shard_id or (None if mapper else FIRST), **given)

    def at(self, place: str) -> Connection:
        """The connection to one of both, in this transaction."""
        return super().connection(bind_arguments={"shard_id": place})

    def connection_callable(
        self, mapper: Any = None, instance: Any = None, shard_id: str | None = None, **_: Any
    ) -> Connection:
        """Where an object is written: within the savepoint of the moment. What is overridden asks
        the outermost transaction, which knows of none."""
        return self.at(shard_id or self._choose_shard_and_assign(mapper, instance))

    def connection(self, *_: Any, **__: Any) -> Any:
        """For what goes past the session: it asks where each statement has to."""
        return Connections(self)

    def execute(
        self, statement: Any, params: Any = None, *, bind_arguments: Any = None, **given: Any
    ) -> Any:
        if isinstance(params, list | tuple) and params:
            self.flush()
            return self.connection().execute(_of_tables(statement), params)
        if bind_arguments:
            return super().execute(statement, params, bind_arguments=bind_arguments, **given)
        statement, where = self.planned(statement, params)
        asked = super().execute
        return gathered(
            statement,
            where,
            lambda each, place: asked(each, params, **given, bind_arguments={"shard_id": place}),
        )

    def scalars(self, statement: Any, params: Any = None, **given: Any) -> Any:
        return self.execute(statement, params, **given).scalars()

    def scalar(self, statement: Any, params: Any = None, **given: Any) -> Any:
        return self.execute(statement, params, **given).scalar()

    def places(self, statement: Any, params: Any = None) -> Sequence[str]:
        """Where this is asked: on behalf of a citizen only where that citizen's rows lie."""
        where = placing.places(statement, params)
        if not placing.of_citizens(statement):
            return where
        reach: Reach | None = self.info.get("reach")
        if reach and reach.kind is Kind.CITIZEN and set(where) != {placing.place(reach.whose)}:
            raise CrossesError(f"on behalf of one citizen, rows of {where}: {statement}")
        ASKED[str(reach.kind) if reach else "test", len(where)] += 1
        return where

    def planned(self, statement: Any, params: Any) -> tuple[Any, Sequence[str]]:
        """With the value of each part that speaks of the first cluster's own tables alone, which is
        asked before: so does Citus where a statement speaks of others as well."""

        def asked(part: Any, **_: Any) -> Any:
            if isinstance(part, Exists | ScalarSelect) and placing.alone(part.element):
                local: Any = select(part) if isinstance(part, Exists) else part.element
                return literal(self.at(FIRST).scalar(local, params), part.type)
            return None

        replaced: Any = asked
        if isinstance(statement, Selecting) and placing.mixed(statement):
            statement = visitors.replacement_traverse(statement, {}, replaced)
        return statement, self.places(statement, params)


class Connections:
    """What a transaction has of both clusters, as if it were one connection."""

    def __init__(self, session: Split) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session.at(FIRST), name)

    def execute(self, statement: Any, params: Any = None, **given: Any) -> Any:
        if not isinstance(params, list | tuple):
            statement, where = self._session.planned(statement, params)
            return gathered(
                statement,
                where,
                lambda each, at: self._session.at(at).execute(each, params, **given),
            )
        parts: dict[str, list[Any]] = {}
        for row in params:
            for at in self._session.places(statement, row):
                parts.setdefault(at, []).append(row)
        return gathered(
            statement,
            list(parts),
            lambda each, at: self._session.at(at).execute(each, parts[at], **given),
        )

    def scalar(self, statement: Any, params: Any = None, **given: Any) -> Any:
        return self.execute(statement, params, **given).scalar()

    def scalars(self, statement: Any, params: Any = None, **given: Any) -> Any:
        return self.execute(statement, params, **given).scalars()

    def exec_driver_sql(self, text: str, *given: Any) -> Any:
        where = placing.places_of_text(text)
        asked = [self._session.at(place).exec_driver_sql(text, *given) for place in where]
        return gathered_as_they_are(asked)

    @property
    def connection(self) -> "Connections":
        """Of the pool, for the driver's own."""
        return self

    @property
    def driver_connection(self) -> "Connections":
        return self

    @property
    def broken(self) -> bool:
        """As the driver says it of its own: whether either is lost."""
        both = [self._session.at(place).connection.driver_connection for place in BOTH]
        return any(each is None or each.broken for each in both)

    def cursor(self) -> Any:
        return Cursor(self._session)


class Cursor:
    """For COPY alone, which goes past SQLAlchemy: it brings each row to where it lies."""

    def __init__(self, session: Split) -> None:
        self._session = session

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextmanager
    def copy(self, command: str) -> Iterator["Copy"]:
        name, columns = command.removeprefix("COPY ").split(" (", 1)
        of = name.removeprefix("incoming_")
        where = BOTH if of in SPREAD else (FIRST,)
        with ExitStack() as stack:
            copies = {}
            for place in where:
                driver: Any = self._session.at(place).connection.driver_connection
                copies[place] = stack.enter_context(
                    stack.enter_context(driver.cursor()).copy(command)
                )
            yield Copy(of, columns.split(")")[0].split(", "), copies)


class Copy:
    def __init__(self, of: str, columns: Sequence[str], copies: dict[str, Any]) -> None:
        self._of, self._columns, self._copies = of, columns, copies

    def write_row(self, row: tuple[Any, ...]) -> None:
        there = dict(zip(self._columns, row, strict=True))
        self._copies[placing.place_of(self._of, there)].write_row(row)


def _of_object(mapper: Any, instance: Any, clause: Any = None) -> str:
    table = mapper.local_table.name if mapper is not None else ""
    if instance is None or table not in SPREAD:
        return FIRST
    return placing.place(getattr(instance, SPREAD[table]))


def _of_key(mapper: Any, primary_key: Any, **_: Any) -> Sequence[str]:
    table = mapper.local_table
    if table.name not in SPREAD:
        return BOTH if table.name in EVERYWHERE else (FIRST,)
    row = dict(zip([column.name for column in mapper.primary_key], primary_key, strict=True))
    return (placing.place_of(table.name, row),)


def _of_statement(state: ORMExecuteState) -> Iterable[str]:
    given, session = state.parameters, state.session
    assert isinstance(session, Split)
    assert not isinstance(given, list | tuple)
    return session.places(state.statement, given)


def _of_tables(statement: Any) -> Any:
    """Sharding knows no insert of many objects at once; past them it is the same."""
    plain = isinstance(statement, Insert) and isinstance(statement.table, Table)
    if plain and not statement._values and not statement._returning:
        return type(statement)(statement.table)
    return statement
