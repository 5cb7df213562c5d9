"""``db upgrade`` raises the wall for an owner who is no superuser; ``db check`` sees each gap."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, insert, select, text

from citizen_portal import cli, clock, schema, sealing
from citizen_portal.cli import Operator, main
from citizen_portal.db import Sessions, make_sessions, owned_by_citizen
from citizen_portal.identity.models import Citizen, Visit
from citizen_portal.reach import Kind, of_citizen
from citizen_portal.settings import Settings
from citizen_portal.wall import KEY, Wall, rights
from citizen_portal.wall.looking import faults
from citizen_portal.wall.raising import WEB, lower, raise_wall, walled
from tests import make
from tests import walled as behind
from tests.databases import Databases, opened
from tests.wall.conftest import Town

OWNER = "mine_owner"
"""Named like the roles of the portal, as docs/deploy.md does, and none of them."""


def test_each_table_of_citizens_is_behind_the_wall() -> None:
    """One that is added is there at once, for its citizen and for retention; others by a rule."""
    own = [table.name for table in owned_by_citizen()]
    rules = rights.rules()
    for kind in (Kind.CITIZEN, Kind.RETENTION):
        assert [rule.table for rule in rules if rule.kind is kind and rule.may == rights.ALL] == own
    assert {rule.table for rule in rules} == {*own, *rights.HELD} == set(walled())
    assert len({(rule.kind, rule.table) for rule in rules}) == len(rules)


def test_what_is_withheld_is_for_those_who_decide_and_release_it_alone() -> None:
    found = {
        (rule.kind, rule.table): rule.may
        for rule in rights.rules()
        if rule.table in rights.HELD and rule.kind is not Kind.HELD
    }
    assert found == {
        (Kind.INGEST, "hold"): (rights.READ, rights.ADD),
        (Kind.INGEST, "held_event"): (rights.ADD,),
        (Kind.APPROVALS, "hold"): (rights.READ, rights.CHANGE),
        (Kind.APPROVALS, "hold_decision"): rights.EDIT,
        (Kind.KEYS, "held_event"): ("SELECT (sealed)",),
        (Kind.RETENTION, "hold"): ("SELECT (source_id, source_ref, state)",),
    }


@pytest.fixture(scope="module")
def kept(postgresql_databases: Databases) -> Iterator[Sessions]:
    """An empty database, and an owner who may make roles and no more."""
    with opened(postgresql_databases, empty=True) as above:
        with above.engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {OWNER} LOGIN CREATEROLE"))
            connection.execute(text(f"ALTER SCHEMA public OWNER TO {OWNER}"))
            name = connection.engine.url.database
            connection.execute(text(f'GRANT CREATE ON DATABASE "{name}" TO {OWNER}'))
            for kind in (*Kind, "web", "worker"):
                role = f"mine_{kind}"
                assert connection.scalar(text("SELECT to_regrole(:role)"), {"role": role}) is None
        url = behind.as_role(above.engine.url.render_as_string(False), OWNER)
        owner = make_sessions(url)
        yield owner
        owner.engine.dispose()


@pytest.fixture(scope="module")
def wall(keys_folder: object) -> Wall:
    return Wall(sealing.load(keys_folder)[1].derive(KEY), "mine")  # type: ignore[arg-type]


def test_an_owner_raises_it_and_reads_nothing_after(
    kept: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = kept.engine.url.render_as_string(hide_password=False)
    changed = {"database_url": url, "database_roles": "mine", "queue_file": None}
    operator = Operator()
    operator.__dict__["settings"] = settings.model_copy(update=changed)
    monkeypatch.setattr(cli, "Operator", lambda: operator)
    for _ in range(2):
        said = CliRunner().invoke(main, ["db", "upgrade"])
        assert said.exit_code == 0, said.output
        assert "The second wall stands on" in said.output
    assert "Log in as mine_web and mine_worker." in said.output
    said = CliRunner().invoke(main, ["db", "check"])
    assert said.exit_code == 0, said.output
    asked = text(
        "SELECT rolname, rolconfig[1] AS rolconfig FROM pg_roles WHERE rolname ~ '^mine_w'"
    )
    with kept.engine.connect() as connection:
        told = {one.rolname: one.rolconfig for one in connection.execute(asked)}
    assert told == {
        "mine_web": "statement_timeout=30000",
        "mine_worker": "statement_timeout=600000",
    }
    operator.sessions.engine.dispose()


def test_the_owner_moves_rows_in_a_migration_alone(kept: Sessions, wall: Wall) -> None:
    with kept.engine.begin() as connection:
        connection.execute(text("ALTER ROLE mine_web LOGIN"))
    url = behind.as_role(kept.engine.url.render_as_string(False), wall.role(WEB))
    web = make_sessions(url, wall=wall)
    me = make.citizen()
    with web.of(of_citizen(me.id)).writing() as session:
        session.add(me)
        session.flush()
        session.add(Visit(citizen_id=me.id, assurance=""))
    own = select(Visit.citizen_id)
    with kept.engine.begin() as connection:
        assert connection.scalars(own).all() == []
        lower(connection)
        assert connection.scalars(own).all() == [me.id]
        raise_wall(connection, wall)
        assert connection.scalars(own).all() == []
    with web.writing() as session:  # what leans on a row goes with it, though nobody may see it
        session.delete(session.get_one(Citizen, me.id))
    with kept.engine.begin() as connection:
        lower(connection)
        assert connection.scalars(own).all() == []
        raise_wall(connection, wall)
    web.engine.dispose()


def test_a_move_without_its_roles_leaves_the_wall_as_it_was(kept: Sessions, wall: Wall) -> None:
    schema.downgrade(kept.engine, "-1")
    schema.upgrade(kept.engine)
    with kept.engine.connect() as connection:
        assert faults(connection, wall) == []


SCALING = (Path(__file__).parents[2] / "docs/scaling.md").read_text()
SPLIT = re.search(r"^BEGIN;\n(.*?)^COMMIT;$", SCALING, re.DOTALL | re.MULTILINE)
PLACES = "SELECT tableoid::regclass::text AS part, citizen_id FROM visit"


def test_a_partition_is_split_as_the_page_on_growth_says(kept: Sessions, wall: Wall) -> None:
    assert SPLIT is not None
    with kept.engine.connect() as connection:
        lower(connection)
        people = [make.citizen().id for _ in range(60)]
        for table, more in ((Citizen, {}), (Visit, {"assurance": "", "at": clock.now()})):
            key = "id" if table is Citizen else "citizen_id"
            connection.execute(insert(table), [{key: one, **more} for one in people])
        before = {row.citizen_id: row.part for row in connection.execute(text(PLACES))}
        raise_wall(connection, wall)
        for statement in SPLIT[1].split(";\n"):
            connection.exec_driver_sql(statement or "SET LOCAL row_security = on")
        assert faults(connection, wall) == []
        assert connection.execute(text(PLACES)).all() == []
        lower(connection)
        after = {row.citizen_id: row.part for row in connection.execute(text(PLACES))}
        connection.rollback()
    assert set(before) == set(after) == set(people)
    moved = {(before[one], after[one]) for one in people if before[one] != after[one]}
    assert moved == {("visit_part_0", "visit_part_4")}
    assert set(after.values()) == {f"visit_part_{number}" for number in range(5)}


GAPS = {
    "ALTER TABLE sign_in NO FORCE ROW LEVEL SECURITY": "not forced on the table sign_in",
    "ALTER TABLE visit DISABLE ROW LEVEL SECURITY": "not forced on the table visit",
    "DROP POLICY wall_citizen ON told": "The policy wall_citizen on told is missing",
    "CREATE POLICY mine ON told USING (true)": "The policy mine on told is not ours",
    "ALTER POLICY wall_citizen ON told TO PUBLIC": "wall_citizen on told is not as it was made",
    "ALTER POLICY wall_citizen ON told USING (true)": "wall_citizen on told is not as it was made",
    "CREATE VIEW seen AS SELECT * FROM sign_in": "The view seen is not security_invoker",
    "CREATE MATERIALIZED VIEW seen AS SELECT * FROM sign_in": "The materialized view seen holds",
    "ALTER ROLE portal_web BYPASSRLS": "The role portal_web may do more",
    "ALTER ROLE portal_citizen SUPERUSER": "The role portal_citizen may do more",
    "ALTER ROLE portal_web INHERIT": "The role portal_web inherits",
    "ALTER TABLE told OWNER TO portal_worker": "The table told belongs to portal_worker",
    "DROP FUNCTION wall.reach CASCADE": "There is no second wall",
    "GRANT portal_telling TO portal_web": "The role portal_web can become portal_telling",
    "GRANT SELECT ON hold TO portal_citizen": "portal_citizen has rights on hold that it should",
    "GRANT SELECT (scope) ON choice TO portal_keys": "portal_keys has rights on choice that it",
    "GRANT UPDATE (kind) ON told TO PUBLIC": "The role PUBLIC has rights on told",
    "DROP POLICY wall_body ON pairwise_index": "The policy wall_body on pairwise_index is missing",
    "CREATE POLICY mine ON incident USING (true)": "The policy mine on incident is not ours",
    "ALTER TABLE incident DISABLE ROW LEVEL SECURITY": "not enabled on the table incident",
    "GRANT SELECT (basis) ON hold TO portal_retention": "portal_retention has rights on hold that",
    "GRANT UPDATE (id) ON told TO PUBLIC": "The role PUBLIC has rights on told",
    "GRANT SELECT ON hold TO portal_retention": "portal_retention has rights on hold that",
    "GRANT SELECT ON sign_in TO PUBLIC": "The role PUBLIC has rights on sign_in",
    "ALTER POLICY wall_citizen ON told USING (true) WITH CHECK (true)": "wall_citizen on told does"
    " not say what it said",
    "ALTER POLICY wall_approvals ON hold_decision USING (hold_id IS NOT NULL) WITH CHECK"
    " (hold_id IS NOT NULL)": "wall_approvals on hold_decision does not say what it said",
    "ALTER POLICY wall_telling ON told TO portal_telling, portal_web": "wall_telling on told does",
    "ALTER POLICY wall_body ON audit_entry USING (true)": "wall_body on audit_entry does not say",
    "CREATE ROLE portal__step; GRANT portal_telling TO portal__step; GRANT portal__step TO"
    " portal_web": "The role portal_web can become portal_telling",
    "GRANT portal_held TO portal_body": "The role portal_web can become portal_held",
    "GRANT pg_read_all_data TO portal_web": "The role portal_web can become pg_read_all_data",
    "CREATE ROLE clerk BYPASSRLS; GRANT clerk TO portal_worker": "portal_worker can become clerk",
    "CREATE ROLE clerk; ALTER TABLE told OWNER TO clerk; GRANT clerk TO portal_web": "The role"
    " portal_web can become clerk",
    "CREATE OR REPLACE FUNCTION wall.reach(kind text) RETURNS text LANGUAGE plpgsql STABLE"
    " SECURITY DEFINER AS $$ BEGIN RETURN split_part(current_setting('portal.reach'), ' ', 2);"
    " END $$": "The function wall.reach is not as it was made",
    "ALTER FUNCTION wall.reach RESET search_path": "The function wall.reach is not as it was made",
    "ALTER FUNCTION wall.reach SECURITY INVOKER": "The function wall.reach is not as it was made",
    "GRANT DELETE ON audit_entry TO portal_web": "The role portal_web has rights on audit_entry",
    "GRANT INSERT ON pairwise_index TO portal_body": "portal_body has rights on pairwise_index",
    "GRANT SELECT ON pairwise_index TO portal_web": "portal_web has rights on pairwise_index",
    "GRANT UPDATE ON source TO portal_web": "The role portal_web has rights on source",
    "GRANT UPDATE ON incident TO portal_ingest": "portal_ingest has rights on incident",
    "GRANT UPDATE (tag) ON audit_entry TO portal_body": "portal_body has rights on audit_entry",
    "GRANT SELECT ON visit_part_0 TO portal_citizen": "portal_citizen has rights on visit_part_0",
    "GRANT UPDATE (at) ON visit_part_3 TO PUBLIC": "The role PUBLIC has rights on visit_part_3",
    "ALTER TABLE told_part_1 DISABLE ROW LEVEL SECURITY": "not forced on told_part_1, a partition",
    "ALTER TABLE told_part_2 NO FORCE ROW LEVEL SECURITY": "not forced on told_part_2, a partition",
    "CREATE POLICY mine ON visit_part_0 USING (true)": "There is a policy on visit_part_0",
    "ALTER TABLE told_part_0 OWNER TO portal_worker": "told_part_0 belongs to portal_worker",
    "CREATE ROLE clerk; ALTER TABLE told_part_0 OWNER TO clerk; GRANT clerk TO portal_web": "The"
    " role portal_web can become clerk",
    "CREATE SCHEMA apart; ALTER TABLE visit_part_0 SET SCHEMA apart": "visit_part_0 of visit is in",
    "ALTER TABLE visit DETACH PARTITION visit_part_0; CREATE TABLE late PARTITION OF visit FOR"
    " VALUES WITH (MODULUS 4, REMAINDER 0)": "not forced on late, a partition of visit",
    "GRANT SELECT ON wall.key TO portal_web": "The key of the wall can be read by portal_web",
}


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_in_it_is_told(town: Town, gap: str) -> None:
    with town.owner.engine.connect() as connection:
        assert faults(connection, town.wall) == []
        connection.execute(text(gap))
        assert any(GAPS[gap] in fault for fault in faults(connection, town.wall))
        connection.rollback()


def test_who_logs_in_can_look_after_it_too(town: Town) -> None:
    with town.owner.engine.begin() as connection:
        connection.execute(text("ALTER TABLE told NO FORCE ROW LEVEL SECURITY"))
        connection.execute(text("GRANT SELECT ON hold TO portal_body"))
    for sessions in (town.web, town.worker):
        with sessions.engine.connect() as connection:
            assert len(faults(connection, town.wall)) == 2
    behind.build(town.owner, town.wall)
    with town.web.engine.connect() as connection:
        assert faults(connection, town.wall) == []


def test_a_view_of_whoever_asks_is_no_gap(town: Town) -> None:
    made = "CREATE VIEW seen WITH (security_invoker) AS SELECT citizen_id FROM sign_in"
    with town.owner.engine.connect() as connection:
        connection.execute(text(made))
        connection.execute(text("GRANT SELECT ON seen TO portal_citizen"))
        assert faults(connection, town.wall) == []
        assert _behind_a_view(connection, town) == {town.me}
        connection.execute(text("ALTER VIEW seen SET (security_invoker = false)"))
        connection.execute(text("RESET ROLE"))
        assert len(faults(connection, town.wall)) == 1
        assert _behind_a_view(connection, town) == {town.me, town.other}


def _behind_a_view(connection: Connection, town: Town) -> set[object]:
    town.wall(connection, of_citizen(town.me))
    found = set(connection.scalars(text("SELECT citizen_id FROM seen")))
    connection.execute(text("RESET ROLE"))
    return found
