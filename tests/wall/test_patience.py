"""The roles that log in may take so long and no longer."""

from collections.abc import Iterator

import pytest
from psycopg import errors
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from citizen_portal.settings import Settings
from citizen_portal.wall import patience
from citizen_portal.wall.raising import WEB, WORKER
from tests import walled
from tests.kernel.test_settings import GOOD
from tests.wall.conftest import Town

SETTINGS = Settings(**GOOD | {"database_statement_seconds": 2, "database_lock_seconds": 1})


@pytest.fixture
def web(town: Town) -> Iterator[Engine]:
    """The web server, told to be patient for a second or two."""
    with town.owner.engine.begin() as connection:
        patience.tell(connection, town.wall, SETTINGS)
    url = town.owner.engine.url.render_as_string(hide_password=False)
    engine = create_engine(walled.as_role(url, town.wall.role(WEB)), poolclass=NullPool)
    yield engine
    with town.owner.engine.begin() as connection:
        for login in patience.TIMES:
            connection.exec_driver_sql(f'ALTER ROLE "{town.wall.role(login)}" RESET ALL')


def test_a_statement_ends_and_a_lock_is_not_waited_for(web: Engine, town: Town) -> None:
    with web.connect() as connection:
        with pytest.raises(OperationalError) as late:
            connection.execute(text("SELECT pg_sleep(30)"))
        connection.rollback()
        assert isinstance(late.value.orig, errors.QueryCanceled)

        with town.owner.engine.begin() as owner:
            owner.execute(text("LOCK TABLE alembic_version"))
            with pytest.raises(OperationalError) as locked:
                connection.execute(text("SELECT version_num FROM alembic_version"))
        connection.rollback()
        assert isinstance(locked.value.orig, errors.LockNotAvailable)


def test_the_worker_has_longer_and_the_owner_as_long_as_it_takes(web: Engine, town: Town) -> None:
    url = town.owner.engine.url.render_as_string(hide_password=False)
    for engine, seconds in (
        (create_engine(walled.as_role(url, town.wall.role(WORKER)), poolclass=NullPool), "40s"),
        (create_engine(url, poolclass=NullPool), "0"),
    ):
        with engine.connect() as connection:
            for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                assert connection.scalar(text(f"SHOW {name}")) == seconds
