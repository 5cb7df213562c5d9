"""Migrations lead to what the models say, and back, and collide in review."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from citizen_portal import schema
from citizen_portal.db import Base, Sessions
from tests import make
from tests.databases import Databases, opened

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def sessions(databases: Databases) -> Iterator[Sessions]:
    with opened(databases, empty=True) as sessions:
        yield sessions


@pytest.mark.both
def test_the_newest_schema_is_what_the_models_say(sessions: Sessions) -> None:
    schema.upgrade(sessions.engine)
    with sessions.engine.connect() as connection:
        compared = {"include_name": schema.described}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.both
def test_migrations_make_what_the_models_make(databases: Databases, sessions: Sessions) -> None:
    """Defaults, checks and triggers too, which the comparison above leaves out."""
    schema.upgrade(sessions.engine)
    with opened(databases) as made:
        assert described(sessions.engine) == described(made.engine)


TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) || pg_get_functiondef(tgfoid) "
    "FROM pg_trigger WHERE NOT tgisinternal",
}
PARTITIONS = (
    "SELECT inhrelid::regclass::text, pg_get_partkeydef(inhparent),"
    " pg_get_expr(relpartbound, inhrelid) FROM pg_inherits"
    " JOIN pg_class ON pg_class.oid = inhrelid WHERE relkind IN ('r', 'p')"
)


def described(engine: Engine) -> dict[str, Any]:
    """What the database says of each table, and of what happens when rows change."""
    found = inspect(engine)
    told: dict[str, Any] = {}
    tables = set(found.get_table_names()) - {"alembic_version"}
    for table in sorted(name for name in tables if schema.described(name, "table", {})):
        told[table] = [
            sorted(json.dumps(each, default=str) for each in asked(table))
            for asked in (
                found.get_columns,
                found.get_indexes,
                found.get_unique_constraints,
                found.get_foreign_keys,
                found.get_check_constraints,
            )
        ]
    with engine.connect() as connection:
        told["triggers"] = set(connection.execute(text(TRIGGERS[engine.dialect.name])).all())
        if engine.dialect.name == "postgresql":
            told["partitions"] = set(connection.execute(text(PARTITIONS)).all())
    return told


@pytest.mark.both
def test_migrations_go_back_to_nothing_and_forward_again(sessions: Sessions) -> None:
    schema.upgrade(sessions.engine)
    with sessions.writing() as session:
        session.add(make.body(name={"en": 'Ŵy\'r "hostile"; DROP TABLE body;--\u202e'}))
    schema.downgrade(sessions.engine, "base")
    assert inspect(sessions.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(sessions.engine)
    at, newest = schema.standing(sessions.engine)
    assert at == newest


def test_the_head_file_names_the_newest_revision() -> None:
    _, newest = schema.standing(create_engine("sqlite://"))
    assert (MIGRATIONS / "HEAD").read_text().strip() == newest


def test_who_runs_no_migration_is_spared_alembic() -> None:
    asked = "import sys, citizen_portal.cli; print(' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "citizen_portal.schema" in loaded
    assert not loaded & {"alembic", "mako"}


def test_no_migration_leans_on_code_that_will_change() -> None:
    """What was run once must do the same for whoever runs it later."""
    texts = {path.name: path.read_text() for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    assert [name for name, text in texts.items() if "citizen_portal" in text] == []


def test_revisions_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
