"""Raises the second wall: roles, rights, the key, and a policy for each rule. Run by the owner.

What stands is made as ``rights`` says, however it stood before: so again after each migration. All
of it is in the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from citizen_portal.db import owned_by_citizen
from citizen_portal.partitions import parted
from citizen_portal.reach import OF_WEB, Kind
from citizen_portal.wall import rights
from citizen_portal.wall.binding import HERE, Wall

WEB, WORKER = "web", "worker"
"""The two roles that log in. Neither owns a table, nor has what it can become by itself."""
BLOCK = 64
"""Bytes of a block of SHA-256, for HMAC (RFC 2104)."""
READ_ONLY_HERE = {"alembic_version"}
THERE = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = 'public'::regnamespace"
)
FORCED = f"{THERE} AND relforcerowsecurity"
WHOLE = f"{THERE} AND NOT relispartition"
OPEN_PARTS = f"{THERE} AND relispartition AND NOT (relrowsecurity AND relforcerowsecurity)"
KEY = (
    "CREATE SCHEMA IF NOT EXISTS wall",
    "CREATE TABLE IF NOT EXISTS wall.key (inside bytea NOT NULL, outside bytea NOT NULL)",
    "REVOKE ALL ON SCHEMA wall FROM PUBLIC",
    "REVOKE ALL ON wall.key FROM PUBLIC",
    "DELETE FROM wall.key",
)
REACH = f"""
CREATE OR REPLACE FUNCTION wall.reach(kind text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    said text[] := string_to_array(current_setting('portal.reach', true), ' ');
    about bytea;
BEGIN
    IF array_length(said, 1) IS DISTINCT FROM 3 OR said[1] <> kind THEN
        RETURN NULL;
    END IF;
    about := convert_to(kind || ' ' || said[2] || ' ' || {HERE}, 'UTF8');
    PERFORM FROM wall.key
    WHERE sha256(convert_to(said[3], 'UTF8')) = sha256(convert_to(
        encode(sha256(outside || sha256(inside || about)), 'hex'), 'UTF8'));
    RETURN CASE WHEN FOUND THEN said[2] END;
END $$
"""
"""Whose rows this transaction may see, if it asks on behalf of that kind and has the right word.

Digests are compared, so that the time it takes tells nothing of the word. Once a statement:
policies ask in a sub-select. Not in a worker process of a query, which is another backend.
"""

SAID = """
SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy') AS noted, encode(sha256(convert_to(
    replace(concat_ws(E'\\n', p.polcmd::text, p.polpermissive::text,
        coalesce((SELECT string_agg(r.rolname, ',' ORDER BY r.rolname)
            FROM pg_roles AS r WHERE r.oid = ANY (p.polroles)), '-'),
        coalesce(pg_get_expr(p.polqual, p.polrelid), '-'),
        coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-')), 'public.', ''),
    'UTF8')), 'hex') AS said
FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
WHERE c.relnamespace = 'public'::regnamespace AND starts_with(p.polname, 'wall_')
"""
"""A digest of what each policy says, as the server tells it, beside the one that was noted. However
the search path stands: names of ours are told with their schema or without."""
NOTE = f"""
DO $note$ DECLARE one record; BEGIN
    FOR one IN {SAID} LOOP
        EXECUTE 'COMMENT ON POLICY ' || quote_ident(one.polname) || ' ON '
            || quote_ident(one.relname) || ' IS ' || quote_literal(one.said);
    END LOOP;
END $note$
"""
"""What each says as it is made stands in its comment: the server tells it in other words than ours,
so that what it says later can be compared with that alone."""


def roles_of(wall: Wall) -> dict[str, Sequence[Kind]]:
    """The roles that log in, and what each can become."""
    return {wall.role(WEB): OF_WEB, wall.role(WORKER): tuple(Kind)}


def kinds_of(wall: Wall) -> dict[str, Kind | None]:
    """Each role and its kind: those that can be become, then those that log in, of no kind."""
    return {wall.role(kind): kind for kind in Kind} | dict.fromkeys(roles_of(wall))


def every_role(wall: Wall) -> list[str]:
    """Those that can be become, then those that log in."""
    return list(kinds_of(wall))


def walled() -> list[str]:
    """The tables behind the wall, by name."""
    return [table.name for table in owned_by_citizen()] + list(rights.HELD)


def lower(connection: Connection) -> Sequence[str]:
    """Let the owner move rows of citizens in a migration, in its transaction; gives the tables."""
    forced = connection.exec_driver_sql(FORCED).scalars().all()
    for table in forced:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    return forced


def restore(connection: Connection, tables: Iterable[str]) -> None:
    """Undo ``lower`` for those of the tables that are still there."""
    for table in set(tables).intersection(connection.exec_driver_sql(THERE).scalars()):
        connection.exec_driver_sql(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def stands(connection: Connection) -> bool:
    asked = "SELECT to_regprocedure('wall.reach(text)') IS NOT NULL"
    return bool(connection.exec_driver_sql(asked).scalar())


def raise_wall(connection: Connection, wall: Wall) -> None:
    for statement in _roles(connection, wall):
        connection.exec_driver_sql(statement)
    _keep_key(connection, wall.key)
    own = walled()
    for statement in (*_rights(connection, wall, own), *_policies(connection, wall, own)):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(NOTE)


def _roles(connection: Connection, wall: Wall) -> Iterator[str]:
    """Roles are of the whole server: another database may have made them already."""
    known = set(connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    for role in every_role(wall):
        if role not in known:
            yield f'CREATE ROLE "{role}" NOLOGIN NOINHERIT'
    for login, kinds in roles_of(wall).items():
        for kind in kinds:
            yield f'GRANT "{wall.role(kind)}" TO "{login}"'


def _keep_key(connection: Connection, key: bytes) -> None:
    for statement in KEY:
        connection.exec_driver_sql(statement)
    block = key.ljust(BLOCK, b"\0")
    pads = tuple(bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    connection.exec_driver_sql("INSERT INTO wall.key (inside, outside) VALUES (%s, %s)", pads)
    connection.exec_driver_sql(REACH)
    connection.exec_driver_sql("REVOKE ALL ON FUNCTION wall.reach(text) FROM PUBLIC")


def _rights(connection: Connection, wall: Wall, own: Iterable[str]) -> Iterator[str]:
    """What is not of citizens each role may touch, as before; the rest by rule alone."""
    roles = ", ".join(f'"{role}"' for role in every_role(wall))
    shared = set(_tables(connection)) - set(own) - READ_ONLY_HERE
    yield f"GRANT USAGE ON SCHEMA public, wall TO {roles}"
    yield f"GRANT EXECUTE ON FUNCTION wall.reach(text) TO {roles}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}, PUBLIC"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {roles}"
    for table in sorted(shared):
        for may, some in _alike(wall, table).items():
            yield f'GRANT {", ".join(may)} ON "{table}" TO {", ".join(some)}'
    for table in sorted(READ_ONLY_HERE & set(_tables(connection))):
        yield f'GRANT SELECT ON "{table}" TO {roles}'


def _alike(wall: Wall, table: str) -> Mapping[tuple[str, ...], list[str]]:
    """By what they may do with a table that is not of citizens, the roles that may do so much."""
    found = defaultdict(list)
    for role, kind in kinds_of(wall).items():
        found[rights.of_shared(table, kind)].append(f'"{role}"')
    return {may: some for may, some in found.items() if may}


def _tables(connection: Connection) -> Sequence[str]:
    """Each by which rows are asked for: on a partition, or what was one, no role has a right."""
    return [one for one in connection.exec_driver_sql(WHOLE).scalars() if not parted(one)]


def _policies(connection: Connection, wall: Wall, own: Sequence[str]) -> Iterator[str]:
    before = "SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public'"
    for policy, table in connection.exec_driver_sql(before).all():
        if policy.startswith("wall_"):
            yield f'DROP POLICY "{policy}" ON "{table}"'
    # a partition without a policy gives a row to nobody who asks by its name
    for table in (*own, *connection.exec_driver_sql(OPEN_PARTS).scalars()):
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    for rule in rights.rules():
        role = wall.role(rule.kind)
        yield f'GRANT {", ".join(rule.may)} ON "{rule.table}" TO "{role}"'
        yield (
            f'CREATE POLICY "wall_{rule.kind}" ON "{rule.table}" TO "{role}"'
            f" USING ({rule.rows}) WITH CHECK ({rule.rows})"
        )
    yield from _policies_of_theirs(connection, wall)


def _policies_of_theirs(connection: Connection, wall: Wall) -> Iterator[str]:
    """Not forced on their owner, who keeps them as before."""
    logins = [f'"{login}"' for login in roles_of(wall)]
    for table in sorted(set(rights.THEIRS).intersection(_tables(connection))):
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        for policy, kinds, says in rights.of_theirs(table):
            roles = [f'"{wall.role(kind)}"' for kind in kinds]
            if policy == "wall_others":
                roles += logins
            yield f'CREATE POLICY "{policy}" ON "{table}" TO {", ".join(roles)} {says}'
