"""The second wall holds whatever a statement says: each table, each kind of reach, each forgery."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Uuid, delete, insert, literal, select, text, update
from sqlalchemy import table as sql_table
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from citizen_portal import bulk, clock, partitions
from citizen_portal.audit import AuditEntry
from citizen_portal.db import in_place_of, on_behalf, owned_by_citizen
from citizen_portal.identity.models import PairwiseIndex, Visit
from citizen_portal.reach import OF_A_BODY, OF_WEB, Kind, Reach, of_body, of_citizen
from citizen_portal.wall import Wall, binding
from tests import make
from tests.wall.conftest import KEY, Town

TABLES = {table.name: table for table in owned_by_citizen()}
WHOSE = "SELECT DISTINCT citizen_id FROM "


def seen(session: Session, table: str) -> set[UUID]:
    return set(session.scalars(text(WHOSE + table)))


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_that_names_nobody_finds_rows_of_the_citizen_it_is_for(
    town: Town, table: str
) -> None:
    with town.owner.reading() as owner:
        assert seen(owner, table) == {town.me, town.other}
    for one in (town.me, town.other):
        with town.web.of(of_citizen(one)).reading() as session:
            assert seen(session, table) == {one}


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_another_are_neither_changed_removed_nor_made(town: Town, table: str) -> None:
    mine = town.web.of(of_citizen(town.me))
    found = TABLES[table]
    with mine.write() as session:
        for statement in (
            delete(found).where(found.c.citizen_id == town.other),
            update(found).where(found.c.citizen_id == town.other).values(citizen_id=town.me),
        ):
            assert session.connection().execute(statement).rowcount == 0
        session.rollback()
        others = {column.name: column for column in found.columns if column.name != "citizen_id"}
        copied = select(literal(town.other, Uuid()), *others.values())
        made = insert(found).from_select(["citizen_id", *others], copied)
        with pytest.raises(DBAPIError, match="row-level security"):
            session.connection().execute(made)


@pytest.mark.parametrize("table", [*TABLES, "hold", "held_event", "hold_decision"])
def test_whoever_asks_for_nobody_has_no_right_at_all(town: Town, table: str) -> None:
    for sessions in (town.web, town.worker):
        with sessions.reading() as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(select(literal(1)).select_from(sql_table(table)))


PARTS = {
    partitions.name(table.name, number): table.name
    for table in owned_by_citizen()
    for number in range(partitions.COUNT)
    if partitions.is_parted(table)
}


def refuses(connection: Connection, statement: str) -> None:
    step = connection.begin_nested()
    with pytest.raises(ProgrammingError, match="permission denied for table"):
        connection.execute(text(statement))
    step.rollback()


@pytest.mark.parametrize("kind", ["", *Kind])
def test_a_partition_is_closed_to_whoever_asks_by_its_name(town: Town, kind: Kind | str) -> None:
    """To each role that can be become, and to the two that log in."""
    for sessions in (town.worker, town.web) if kind in ("", *OF_WEB) else (town.worker,):
        reach = Reach(Kind(kind), str(town.me)) if kind else None
        with sessions.of(reach).write() as session:
            connection = session.connection()
            for part in PARTS:
                refuses(connection, f"TABLE {part}")
            for verb in ("DELETE FROM", "TRUNCATE", "COPY"):
                refuses(connection, f"{verb} {part} {'TO STDOUT' if verb == 'COPY' else ''}")


def test_a_partition_shows_nothing_even_to_whom_a_right_on_it_was_given(town: Town) -> None:
    with town.owner.write() as session:
        held = {part: seen(session, part) for part in PARTS}
        for part, table in PARTS.items():
            session.execute(text(f"GRANT ALL ON {part} TO portal_citizen"))
            assert held[part] <= seen(session, table)
        town.wall(session.connection(), of_citizen(town.me))
        assert set().union(*(seen(session, part) for part in PARTS)) == set()
        assert {table for table in TABLES if seen(session, table) != {town.me}} == set()
        session.rollback()
    assert set().union(*held.values()) == {town.me, town.other}


@pytest.mark.parametrize("kind", [kind for kind in OF_WEB if kind is not Kind.CITIZEN])
def test_no_other_path_of_the_web_reaches_rows_of_somebody_unknown_to_it(
    town: Town, kind: Kind
) -> None:
    """Neither with a body that knows nobody, nor with an id of a citizen in place of the body's."""
    for whose in (uuid4(), town.other):
        for table in TABLES:
            with town.web.of(of_body(whose, kind)).reading() as session:
                assert reached(session, table) == set(), (kind, table)


def reached(session: Session, table: str) -> set[UUID]:
    """Whose rows are found; nobody's where the role has no right."""
    try:
        return seen(session, table)
    except ProgrammingError:
        session.rollback()
        return set()


@pytest.mark.parametrize("kind", OF_A_BODY)
def test_a_body_finds_of_what_is_of_bodies_what_is_its_own(town: Town, kind: Kind) -> None:
    mine, others = make.body(), make.body()
    with town.owner.writing() as owner:
        owner.add_all([mine, others])
        owner.flush()
        for body in (mine, others):
            owner.add_all([known(body.id, town.me), AuditEntry(**_noted(body.id))])
    for table in ("pairwise_index", "audit_entry"):
        asked = text(f"SELECT DISTINCT organisation_id FROM {table}")  # noqa: S608
        with town.web.of(of_body(mine.id, kind)).writing() as session:
            assert set(session.scalars(asked)) == {mine.id}
            session.add(AuditEntry(**_noted(others.id)))
            session.flush()
            assert set(session.scalars(asked)) == {mine.id}
    with town.web.of(of_body(mine.id, kind)).write() as session:
        session.add(known(others.id, town.me))
        with pytest.raises(DBAPIError, match="permission denied"):
            session.flush()


def known(organisation_id: UUID, citizen_id: UUID) -> PairwiseIndex:
    return PairwiseIndex(
        organisation_id=organisation_id, pairwise=uuid4().hex, citizen_id=citizen_id
    )


def _noted(organisation_id: UUID) -> dict[str, Any]:
    return {"tag": "link:made", "actor_id": None, "organisation_id": organisation_id, "about": {}}


def forged(wall: Wall, me: UUID, other: UUID, here: str) -> dict[str, str]:
    reach = of_citizen(other)
    said = f"citizen {other}"
    right = wall.word(reach, here)
    return {
        "no word": "",
        "no mac": said,
        "an empty mac": f"{said} ",
        "zeros": f"{said} {'0' * 64}",
        "another key": Wall(bytes(32), "portal").word(reach, here),
        "another transaction": wall.word(reach, f"{here}1"),
        "another backend": wall.word(reach, f"1{here}"),
        "another citizen's": right.replace(str(other), str(me)),
        "mine with the other's name": wall.word(of_citizen(me), here).replace(str(me), str(other)),
        "another kind": wall.word(of_body(other), here).replace("body", "citizen", 1),
        "capitals": right.upper(),
        "one more": f"{right} {right}",
        "cut": right[:-1],
        "a quote": f"citizen '{other}' OR true {'0' * 64}",
    }


NAMES = list(forged(Wall(KEY, ""), uuid4(), uuid4(), "1/1"))


@pytest.mark.parametrize("name", NAMES)
def test_a_forged_word_finds_nothing(town: Town, name: str) -> None:
    with town.web.of(of_citizen(town.me)).reading() as session:
        here = str(session.scalar(text(binding.ASK)))
        said = {"word": forged(town.wall, town.me, town.other, here)[name]}
        session.execute(text("SELECT set_config('portal.reach', :word, true)"), said)
        assert seen(session, "sign_in") == set()
        said = {"word": town.wall.word(of_citizen(town.me), here)}
        session.execute(text("SELECT set_config('portal.reach', :word, true)"), said)
        assert seen(session, "sign_in") == {town.me}  # so that it was for the word alone


def test_the_word_of_one_transaction_is_good_in_no_other(town: Town) -> None:
    mine, others = town.web.of(of_citizen(town.me)), town.worker.of(of_citizen(town.other))
    with others.reading() as other:
        assert seen(other, "sign_in") == {town.other}
        word = {"word": other.scalar(text("SELECT current_setting('portal.reach')"))}
        with mine.reading() as session:
            session.execute(text("SELECT set_config('portal.reach', :word, true)"), word)
            assert seen(session, "sign_in") == set()
    with others.reading() as later:  # on the same connection, and so the same backend
        later.execute(text("SELECT set_config('portal.reach', :word, true)"), word)
        assert seen(later, "sign_in") == set()


def nothing(_: Session) -> None:
    """Leave the transaction to itself."""


@pytest.mark.parametrize("end", [Session.commit, Session.rollback, nothing])
@pytest.mark.parametrize(
    "kept", ["", "SET SESSION portal.reach = 'x'; SET SESSION ROLE portal_citizen"]
)
def test_nothing_of_a_transaction_is_left_on_its_connection(
    town: Town, end: Callable[[Session], None], kept: str
) -> None:
    with town.web.of(of_citizen(town.me)).write() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        word = session.scalar(text("SELECT current_setting('portal.reach')"))
        session.execute(text("SELECT set_config('portal.reach', :word, false)"), {"word": word})
        session.execute(text(kept))
        end(session)
    with town.web.read() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == backend
        assert reached(session, "sign_in") == set()
    with town.web.of(of_citizen(town.other)).write() as session:
        assert seen(session, "sign_in") == {town.other}
        session.execute(text("RESET ROLE"))
        session.commit()
        session.execute(text("RESET ALL"))
        session.commit()


def test_a_transaction_can_go_on_for_another_or_for_nobody(town: Town) -> None:
    with town.web.read() as session:
        assert session.scalar(text("SELECT current_user")) == "portal_web"
        for one in (town.me, town.other):
            on_behalf(session, of_citizen(one))
            assert seen(session, "sign_in") == {one}
        on_behalf(session, None)
        assert session.scalar(text("SELECT current_user")) == "portal_web"
        with pytest.raises(DBAPIError, match="permission denied"):
            seen(session, "sign_in")


def test_a_step_in_place_of_another_that_fails_leaves_nothing_of_them(town: Town) -> None:
    with town.web.of(of_citizen(town.me)).write() as session:
        with pytest.raises(DBAPIError), in_place_of(session, of_citizen(town.other)):
            session.execute(text("SELECT 1 / 0"))
        session.rollback()
        assert seen(session, "sign_in") == {town.me}


def test_a_step_that_is_undone_leaves_the_rest_as_it_was(town: Town) -> None:
    with town.web.of(of_citizen(town.me)).write() as session:
        with session.begin_nested() as step:
            assert seen(session, "sign_in") == {town.me}
            step.rollback()
        assert seen(session, "sign_in") == {town.me}


def test_each_path_of_the_worker_reaches_the_tables_it_needs_and_no_others(town: Town) -> None:
    for kind in set(Kind) - set(OF_WEB):
        for table in TABLES:
            with town.worker.of(Reach(kind)).reading() as session:
                may = session.scalar(
                    text("SELECT has_table_privilege(:table, 'SELECT')"), {"table": table}
                )
                assert not may or seen(session, table) == {town.me, town.other}
                assert may or kind is not Kind.RETENTION
    with town.web.of(Reach(Kind.TELLING)).reading() as session, pytest.raises(DBAPIError):
        seen(session, "told")


def test_a_database_that_is_gone_says_so_as_for_any_other_statement(town: Town) -> None:
    mine = town.web.of(of_citizen(town.me))
    with mine.reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    with town.owner.writing() as owner:
        owner.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    with mine.reading() as session, pytest.raises(DBAPIError) as raised:
        seen(session, "sign_in")
    assert raised.value.connection_invalidated or "terminat" in str(raised.value)
    with mine.reading() as session:
        assert seen(session, "sign_in") == {town.me}


def test_many_rows_go_in_where_policies_allow_no_copy(town: Town) -> None:
    names = ("citizen_id", "id", "assurance", "at")
    mine = town.web.of(of_citizen(town.me))
    with mine.write() as session:
        bulk.insert(session, Visit, names, [(town.me, uuid4(), "", clock.now()) for _ in range(3)])
        own = select(Visit.id).where(Visit.citizen_id == town.me)
        assert len(session.scalars(own).all()) == 4
        with pytest.raises(DBAPIError, match="row-level security"):
            bulk.insert(session, Visit, names, [(town.other, uuid4(), "", clock.now())])
