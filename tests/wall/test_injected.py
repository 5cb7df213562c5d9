"""What could be injected into a page of a citizen's is refused, or shows nothing of another."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from citizen_portal.reach import OF_A_BODY, Kind, of_body, of_citizen
from tests import make
from tests.wall.conftest import Town
from tests.wall.test_wall import TABLES, known, seen

INJECTED = {
    "role of the worker": "SET LOCAL ROLE portal_telling",
    "role of what is withheld": "SET LOCAL ROLE portal_held",
    "role of the worker's login": "SET LOCAL ROLE portal_worker",
    "role of the owner": "SET LOCAL ROLE portal",
    "another session's user": "SET SESSION AUTHORIZATION portal_worker",
    "the key": "SELECT * FROM wall.key",
    "the key by way of a copy": "COPY wall.key TO STDOUT",
    "another function": "CREATE FUNCTION wall.reach(int) RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "our function": "CREATE OR REPLACE FUNCTION wall.reach(kind text) RETURNS text LANGUAGE sql "
    "AS $$ SELECT 'x' $$",
    "a function in public": "CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql "
    "AS 'SELECT $1'",
    "a table in public": "CREATE TABLE public.mine (id int)",
    "no row level security": "ALTER TABLE sign_in DISABLE ROW LEVEL SECURITY",
    "a policy": "CREATE POLICY mine ON sign_in USING (true)",
    "a file": "SELECT pg_read_file('postgresql.conf')",
    "a program": "COPY sign_in TO PROGRAM 'cat'",
    "a file to write": "COPY sign_in TO '/tmp/sign_in'",
    "a partition": "SELECT * FROM sign_in_part_0",
    "a partition by way of a copy": "COPY sign_in_part_1 TO STDOUT",
    "a partition, emptied": "TRUNCATE sign_in_part_2",
    "a partition, taken away": "ALTER TABLE sign_in DETACH PARTITION sign_in_part_3",
    "what is withheld": "SELECT * FROM held_event",
    "who withholds": "SELECT * FROM hold",
    "truncate": "TRUNCATE sign_in CASCADE",
    "what was done, gone": "DELETE FROM audit_entry",
    "what was done, otherwise": "UPDATE audit_entry SET actor_id = NULL",
    "what was done, by nobody": "SET LOCAL ROLE none; DELETE FROM audit_entry",
    "what was done, by a body": "SET LOCAL ROLE portal_body; UPDATE audit_entry SET tag = ''",
    "a key that leans": "CREATE TEMP TABLE mine (a uuid, b uuid, FOREIGN KEY (a, b)"
    " REFERENCES sign_in)",
    "a trigger": "CREATE TRIGGER mine BEFORE UPDATE ON sign_in FOR EACH ROW"
    " EXECUTE FUNCTION choice_kept()",
    "another's queries": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'portal'",
    "statistics": "SELECT stavalues1 FROM pg_statistic",
}


@pytest.mark.parametrize("name", INJECTED)
def test_what_is_injected_into_a_citizens_page_is_refused(town: Town, name: str) -> None:
    with (
        town.web.of(of_citizen(town.me)).write() as session,
        pytest.raises(DBAPIError, match="denied|must be|may reference only"),
    ):
        session.execute(text(INJECTED[name]))


TELL = (
    "CREATE FUNCTION pg_temp.tell(uuid) RETURNS bool LANGUAGE plpgsql COST 0.0000001"
    " AS $$ BEGIN RAISE WARNING '%', $1; RETURN true; END $$"
)
STILL = {
    "row_security off": ("SET LOCAL row_security = off", False),
    "role none": ("SET LOCAL ROLE none", False),
    "reset": ("RESET ROLE", False),
    "role of a body": ("SET LOCAL ROLE portal_body", False),
    "role of what comes in": ("SET LOCAL ROLE portal_ingest", False),
    "role of what is asked": ("SET LOCAL ROLE portal_asking", False),
    "a new transaction": ("COMMIT", False),
    "temporary function": (
        "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        True,
    ),
    "search path": ("SET LOCAL search_path = pg_temp, public", True),
    "plans": ("SET LOCAL enable_seqscan = off", True),
    "a cheap function that tells": (TELL, True),
}
"""What is allowed, and whether the citizen's own rows are found after it."""


@pytest.mark.parametrize("name", STILL)
def test_what_may_be_injected_shows_nothing_of_another(town: Town, name: str) -> None:
    told: list[str] = []
    statement, own = STILL[name]
    where = " WHERE pg_temp.tell(citizen_id)" if statement == TELL else ""
    for table in TABLES:
        with town.web.of(of_citizen(town.me)).write() as session:
            driver: Any = session.connection().connection.driver_connection
            driver.add_notice_handler(lambda notice: told.append(notice.message_primary))
            session.execute(text(statement))
            try:
                found = seen(session, f"public.{table}{where}")
            except DBAPIError:
                found = set()
            assert found == ({town.me} if own else set())
    assert (str(town.me) in told) is (statement == TELL)
    assert str(town.other) not in told


def test_statistics_of_columns_tell_nothing(town: Town) -> None:
    with town.owner.writing() as owner:
        owner.execute(text("ANALYZE sign_in"))
        kept = "SELECT count(*) FROM pg_stats WHERE tablename ~ '^sign_in'"
        assert owner.scalar(text(kept))
    with town.web.of(of_citizen(town.me)).reading() as session:
        assert session.scalar(text(kept)) == 0


MOVED = {
    "a source": "UPDATE source SET organisation_id = :mine",
    "an incident": "UPDATE incident SET organisation_id = :mine",
    "whom another knows": "UPDATE pairwise_index SET organisation_id = :mine",
    "whom it knows": "UPDATE pairwise_index SET citizen_id = :other",
    "whom it knows, by another word": "UPDATE pairwise_index SET pairwise = 'mine'",
    "somebody it does not know": "INSERT INTO pairwise_index"
    " (organisation_id, pairwise, citizen_id) VALUES (:mine, 'theirs', :other)",
}


@pytest.mark.parametrize(
    "role", ["none", "portal_citizen", "portal_asking", "portal_body", "portal_ingest"]
)
@pytest.mark.parametrize("name", MOVED)
def test_a_body_gets_no_further_by_making_something_its_own(
    town: Town, name: str, role: str
) -> None:
    """Rules look at whose something is, so that nobody who asks may say otherwise."""
    mine = make.body()
    with town.owner.writing() as owner:
        owner.add(mine)
        owner.flush()
        owner.add(known(mine.id, town.me))
    _, _, kind = role.partition("_")
    kind = kind if kind in OF_A_BODY else Kind.ASKING
    with town.web.of(of_body(mine.id, Kind(kind))).write() as session:
        session.execute(text(f"SET LOCAL ROLE {role}"))
        with pytest.raises(DBAPIError, match="permission denied|row-level security"):
            session.execute(text(MOVED[name]), {"mine": mine.id, "other": town.other})


def test_a_login_by_itself_does_not_find_whom_a_body_knows(town: Town) -> None:
    for sessions in (town.web, town.worker):
        with sessions.reading() as session, pytest.raises(DBAPIError, match="permission denied"):
            session.execute(text("SELECT 1 FROM pairwise_index"))
