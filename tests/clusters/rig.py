"""Two clusters, their databases in pairs, and what lies on both written to both."""

import re
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.orm import Session, sessionmaker

from citizen_portal import connections, db
from tests import postgres, walled
from tests.clusters import kept
from tests.clusters.asking import Split
from tests.clusters.placing import BOTH, EVERYWHERE, FIRST, FIRST_ALONE, LIFTED, SECOND
from tests.databases import PostgresqlDatabases

WRITTEN = re.compile(r"\s*(?:WITH .* )?(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.DOTALL)
PLACE, SESSION = "cluster", "session of clusters"
TWINS: weakref.WeakKeyDictionary[Dialect, Engine] = weakref.WeakKeyDictionary()
"""The engine of the second cluster, by what all engines of a database of the first share."""


class Clusters:
    """Lends databases of two servers, each of the first with its like on the second."""

    def __init__(self, first: Path, second: Path) -> None:
        self._first, self._second = PostgresqlDatabases(first), PostgresqlDatabases(second)
        for table, key in LIFTED:
            postgres.said(f"ALTER TABLE {table} DROP CONSTRAINT {key}", "original", str(first))
        alone = ", ".join(sorted(FIRST_ALONE))
        postgres.said(f"DROP TABLE {alone}", "original", str(second))

    @contextmanager
    def lend(self, *, empty: bool = False) -> Iterator[str]:
        with self._first.lend(empty=empty) as url, self._second.lend(empty=empty) as beside:
            yield url
            if not empty:
                kept.look(url, beside)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        with self._first.copy(url) as copied, self._second.copy(url):
            yield copied


@contextmanager
def started() -> Iterator[Clusters]:
    """Two servers; whoever connects to the first is given sessions over both."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(postgres.started()) for _ in BOTH)
        clusters = Clusters(first, second)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(
            db, "create_engine", _paired(vars(db)["create_engine"], {str(first): str(second)})
        )
        patch.setattr(db, "sessionmaker", _split(sessionmaker))
        yield clusters


def _paired(make: Callable[..., Engine], hosts: dict[str, str]) -> Callable[..., Engine]:
    """``create_engine``, but that an engine of the first cluster has one beside it."""

    def engine(url: str, **options: Any) -> Engine:
        made = make(url, **options)
        other = hosts.get(str(made.url.query.get("host", "")))
        if other is not None:
            beside = make(made.url.update_query_dict({"host": other}), **options)
            connections.prepare(beside)
            TWINS[made.dialect] = beside
            event.listen(made, "engine_disposed", lambda _: beside.dispose())
            walled.tell(made, beside)
            for each, place in ((made, FIRST), (beside, SECOND)):
                _repeat(each, place)
        return made

    return engine


def _split(make: Callable[..., Any]) -> Callable[..., Any]:
    """``sessionmaker``, but that sessions of such an engine ask both."""

    def maker(engine: Engine, **given: Any) -> Any:
        beside = TWINS.get(engine.dialect)
        if beside is None:
            return make(engine, **given)
        shards = {
            FIRST: engine,
            SECOND: beside.execution_options(**engine.get_execution_options()),
        }
        return make(engine, class_=Split, shards=shards, **given)

    return maker


def _repeat(engine: Engine, place: str) -> None:
    """What is written here of what lies on both is written there in the same transaction."""

    @event.listens_for(engine, "connect")
    def _placed(_: object, record: Any) -> None:
        record.info[PLACE] = place

    @event.listens_for(engine, "after_cursor_execute")
    def _again(connection: Connection, cursor: Any, said: str, given: Any, *_: Any) -> None:
        if connection.info.get(PLACE) != place:
            return  # it is told of the other's as well
        found = WRITTEN.match(said)
        if found is None or found[1] not in EVERYWHERE:
            return
        kept = connection.info.get(SESSION)
        session = kept() if kept is not None else None
        assert session is not None, f"written past every session: {said}"
        (other,) = set(BOTH) - {place}
        driver: Any = session.at(other).connection.driver_connection
        with closing(driver.cursor()) as beside:
            (beside.executemany if isinstance(given, list) else beside.execute)(said, given)
            assert beside.rowcount == cursor.rowcount, f"other rows on the {other} cluster: {said}"


@event.listens_for(Split, "after_begin")
def _note(session: Session, _: Any, connection: Connection) -> None:
    connection.info[SESSION] = weakref.ref(session)
