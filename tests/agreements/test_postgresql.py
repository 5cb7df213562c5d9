"""The same on PostgreSQL: search, filters, kept versions, migrations. Skipped where none is."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from citizen_portal import schema
from citizen_portal.agreements import queries
from citizen_portal.agreements.models import AgreementVersion
from citizen_portal.agreements.queries import Order, Standing, Wanted
from citizen_portal.db import Base, Sessions, make_sessions
from tests.agreements import test_search as search

TODAY = date(2026, 11, 22)
PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    places = os.pathsep.join([*map(str, PLACES), os.environ.get("PATH", "")])
    return shutil.which(name, path=places)


def run(*command: object) -> None:
    """As another user where we are root, because the server refuses to be run by root."""
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_other, *map(str, command)], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    """A server of its own on a socket in a folder that goes away with it."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data, options = Path(folder) / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"
        try:
            run(initdb, "-D", data, "-U", "portal", "--auth=trust", "-E", "UTF8", "--locale=C")
            run(pg_ctl, "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        found = make_sessions(f"postgresql+psycopg://portal@/postgres?host={folder}")
        try:
            yield found
        finally:
            found.engine.dispose()
            run(pg_ctl, "-D", data, "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def demo(sessions: Sessions, tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    """The demo's agreements in a schema that the migrations made."""
    schema.upgrade(sessions.engine)
    search.import_demo(sessions, tmp_path_factory.mktemp("world"))
    return sessions


def test_the_migrations_lead_to_what_the_models_say(demo: Sessions) -> None:
    with demo.engine.connect() as connection:
        compared = {"include_name": schema.described, "compare_type": False}
        context = MigrationContext.configure(connection, opts=compared)
        differences = compare_metadata(context, Base.metadata)
    described = [one for one in differences if "found" not in str(one)]
    assert described == []


@pytest.mark.parametrize("asked", search.TYPED, ids=lambda asked: str(asked["typed"]))
def test_what_people_type_finds_what_they_mean(demo: Sessions, asked: dict[str, Any]) -> None:
    search.finds(demo, asked)


@pytest.mark.parametrize("text", search.HOSTILE, ids=range(len(search.HOSTILE)))
def test_signs_of_a_query_language_are_words_or_nothing(demo: Sessions, text: str) -> None:
    assert search.looked_for(demo, text).count <= search.looked_for(demo, "").count


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("standing", [None, *Standing])
def test_the_list_is_filtered_and_sorted(
    demo: Sessions, order: Order, standing: Standing | None
) -> None:
    with demo.reading() as session:
        wanted = Wanted(text="records", order=order, standing=standing, answers="gaps")
        found = queries.listing(session, wanted, today=TODAY)
    terms = [line.terms for line in found.lines]
    assert all(standing in (None, queries.standing_on(one, TODAY)) for one in terms)
    assert len(terms) == min(20, found.count)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE agreement_version SET document = '{}'",
        "UPDATE agreement_version SET digest = 'x', number = 7",
        "DELETE FROM agreement_version",
    ],
)
def test_what_was_published_stays(demo: Sessions, change: str) -> None:
    with pytest.raises(DatabaseError, match="stays as it is"), demo.writing() as session:
        session.execute(text(change))
    with demo.reading() as session:
        assert session.scalars(select(AgreementVersion.number)).first() == 1


def test_migrations_go_back_to_nothing(demo: Sessions) -> None:
    """Last, because it takes the tables away."""
    schema.downgrade(demo.engine, "0002")
    schema.upgrade(demo.engine)
    search.finds(demo, {"typed": "kidney app", "first": "DSA-0008"})
    schema.downgrade(demo.engine, "base")
    assert inspect(demo.engine).get_table_names() == ["alembic_version"]
