"""Migrations lead to what the models say, and back, and collide in review."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from citizen_portal import schema
from citizen_portal.db import Base, Sessions, make_sessions
from tests import make

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return make_sessions(f"sqlite:///{tmp_path}/migrated.db")


def test_the_newest_schema_is_what_the_models_say(sessions: Sessions) -> None:
    schema.upgrade(sessions.engine)
    with sessions.engine.connect() as connection:
        compared = {"include_name": schema.described}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, Base.metadata) == []
    sessions.engine.dispose()


def test_migrations_go_back_to_nothing_and_forward_again(sessions: Sessions) -> None:
    schema.upgrade(sessions.engine)
    with sessions.writing() as session:
        session.add(make.body(name={"en": 'Ŵy\'r "hostile"; DROP TABLE body;--\u202e'}))
    schema.downgrade(sessions.engine, "base")
    assert inspect(sessions.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(sessions.engine)
    at, newest = schema.standing(sessions.engine)
    assert at == newest
    sessions.engine.dispose()


def test_the_head_file_names_the_newest_revision() -> None:
    _, newest = schema.standing(create_engine("sqlite://"))
    assert (MIGRATIONS / "HEAD").read_text().strip() == newest


def test_no_migration_leans_on_code_that_will_change() -> None:
    """What was run once must do the same for whoever runs it later."""
    texts = {path.name: path.read_text() for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    assert [name for name, text in texts.items() if "citizen_portal" in text] == []


def test_revisions_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
