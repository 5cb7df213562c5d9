"""Looks whether the second wall stands as it should: for ``citizen-portal db check``."""

from collections.abc import Iterator

from sqlalchemy import Connection

from citizen_portal.reach import Kind
from citizen_portal.wall import rights
from citizen_portal.wall.binding import Wall
from citizen_portal.wall.raising import REACH, SAID, every_role, kinds_of, roles_of, stands, walled

ROLES = (
    "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolinherit FROM pg_roles"
    " WHERE rolname = ANY (%s)"
)
TABLES = (
    "SELECT relname, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity"
    " FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
)
PARTS = (
    "SELECT p.relname, c.relname, c.relnamespace = p.relnamespace, pg_get_userbyid(c.relowner),"
    " c.relrowsecurity AND c.relforcerowsecurity,"
    " EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) FROM pg_inherits"
    " JOIN pg_class AS c ON c.oid = inhrelid JOIN pg_class AS p ON p.oid = inhparent"
    " WHERE p.relkind = 'p' AND p.relnamespace = 'public'::regnamespace ORDER BY c.relname"
)
"""Each partition: of which table, whether beside it, whose, whether it gives nobody a row who asks
by its name, and whether there is a policy by which it would."""
NONE = ("", False, False)
"""Of a table that is not there: whose, and how it is guarded."""
VIEWS = (
    "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    " AND NOT coalesce('security_invoker=true' = ANY (reloptions)"
    " OR 'security_invoker=on' = ANY (reloptions), false)"
)
MEMBERS = (
    "SELECT r.rolname FROM pg_roles AS r WHERE r.rolname <> %s"
    " AND pg_has_role(%s, r.oid, 'MEMBER') AND (r.rolname = ANY (%s) OR r.rolsuper"
    " OR r.rolbypassrls OR has_table_privilege(r.oid, 'wall.key', 'SELECT')"
    " OR EXISTS (SELECT FROM pg_class AS c WHERE c.relowner = r.oid"
    " AND c.relnamespace = 'public'::regnamespace AND (c.relname = ANY (%s) OR c.relispartition)))"
    " ORDER BY r.rolname"
)
"""By however many steps: kinds of ours that a login is not for, whoever the wall does not hold, who
may read its key, and who owns what is behind it."""
RIGHTS = (
    "WITH held AS (SELECT relname, relnamespace, relacl AS acl, '' AS part FROM pg_class UNION ALL"
    " SELECT relname, relnamespace, attacl, ' (' || attname || ')' FROM pg_class"
    " JOIN pg_attribute ON attrelid = pg_class.oid)"
    " SELECT h.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type || h.part FROM held AS h"
    " CROSS JOIN aclexplode(h.acl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee"
    " WHERE h.relnamespace = 'public'::regnamespace AND h.relname = ANY (%s)"
    " AND coalesce(r.rolname, 'PUBLIC') = ANY (%s)"
)
FUNCTION = (
    "SELECT prosrc, prosecdef, array_to_string(proconfig, ';'), pg_get_userbyid(proowner)"
    " FROM pg_proc WHERE oid = to_regprocedure('wall.reach(text)')"
)
READS_KEY = "SELECT has_table_privilege(%s, 'wall.key', 'SELECT')"
COPIES = (
    "SELECT relname FROM pg_class WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace"
)
POLICIES = (
    "SELECT tablename, policyname, permissive, roles::text[], qual, with_check FROM pg_policies"
    " WHERE schemaname = 'public'"
)


def faults(connection: Connection, wall: Wall) -> list[str]:
    """What is wrong with the wall, in words for an operator; nothing where it stands."""
    if not stands(connection):
        return ["There is no second wall. Run: citizen-portal db upgrade"]
    looked = (_of_roles, _of_members, _of_tables, _of_parts, _of_rights, _of_key, _of_function)
    found = [fault for look in looked for fault in look(connection, wall)]
    return found + list(_of_policies(connection))


def _of_roles(connection: Connection, wall: Wall) -> Iterator[str]:
    found = {row[0]: row[1:] for row in connection.exec_driver_sql(ROLES, (every_role(wall),))}
    for login in roles_of(wall):
        if login not in found:
            yield f"The role {login} is not there."
    for role, (above, bypasses, makes, inherits) in sorted(found.items()):
        if above or bypasses or makes:
            yield f"The role {role} may do more than it should: row level security would not hold."
        if inherits and role in roles_of(wall):
            yield f"The role {role} inherits what it may become. ALTER ROLE {role} NOINHERIT;"


def _of_members(connection: Connection, wall: Wall) -> Iterator[str]:
    for login, kinds in roles_of(wall).items():
        others = [wall.role(kind) for kind in Kind if kind not in kinds]
        asked = (login, login, others, walled())
        for (role,) in connection.exec_driver_sql(MEMBERS, asked):
            yield f"The role {login} can become {role}, and should not."


def _of_rights(connection: Connection, wall: Wall) -> Iterator[str]:
    """Where no rule gives a right on a table of citizens, or a column of it, no role has it; nor
    more than it should on one of those that hold what the rules ask, or are appended."""
    ours = kinds_of(wall)
    may = [(rule.table, wall.role(rule.kind), rule.may) for rule in rights.rules()]
    may += [
        (table, role, rights.of_shared(table, kind))
        for table in rights.LOOKED_AT
        for role, kind in ours.items()
    ]
    given = {(table, role, right) for table, role, of in may for right in rights.one_by_one(of)}
    parts = [part for _, part, *_ in connection.exec_driver_sql(PARTS)]
    looked_at = [*walled(), *rights.LOOKED_AT, *parts]
    for found in connection.exec_driver_sql(RIGHTS, (looked_at, [*ours, "PUBLIC"])):
        if tuple(found) not in given:
            yield f"The role {found[1]} has rights on {found[0]} that it should not have."


def _of_key(connection: Connection, wall: Wall) -> Iterator[str]:
    for role in every_role(wall):
        if connection.exec_driver_sql(READS_KEY, (role,)).scalar():
            yield f"The key of the wall can be read by {role}."


def _of_function(connection: Connection, wall: Wall) -> Iterator[str]:
    """What each policy asks: it says what we say, and runs as an owner who is none of our roles."""
    found = connection.exec_driver_sql(FUNCTION).one()
    source, definer, settings, owner = found
    as_made = source == REACH.split("$$")[1] and settings == "search_path=pg_catalog, pg_temp"
    if not as_made or not definer or owner in every_role(wall):
        yield "The function wall.reach is not as it was made. Run: citizen-portal db upgrade"


def _of_tables(connection: Connection, wall: Wall) -> Iterator[str]:
    found = {row[0]: row[1:] for row in connection.exec_driver_sql(TABLES)}
    for table in walled():
        owner, enabled, forced = found.get(table, NONE)
        if not (enabled and forced):
            yield f"Row level security is not forced on the table {table}."
        if owner in every_role(wall):
            yield f"The table {table} belongs to {owner}, which should own none."
    for table in rights.THEIRS:
        _, enabled, _ = found.get(table, NONE)
        if not enabled:
            yield f"Row level security is not enabled on the table {table}."
    for (view,) in connection.exec_driver_sql(VIEWS):
        yield f"The view {view} is not security_invoker: it would show rows of anybody."
    for (copy,) in connection.exec_driver_sql(COPIES):
        yield f"The materialized view {copy} holds rows that no policy guards."


def _of_parts(connection: Connection, wall: Wall) -> Iterator[str]:
    """Rows are reached by their table alone: by a partition its policies would not hold."""
    for table, part, beside, owner, shut, opened in connection.exec_driver_sql(PARTS):
        if not beside:
            yield f"The partition {part} of {table} is in another schema: its rights are not known."
        if not shut:
            yield f"Row level security is not forced on {part}, a partition of {table}."
        if opened:
            yield f"There is a policy on {part}, a partition of {table}, and should be none."
        if owner in every_role(wall):
            yield f"The partition {part} belongs to {owner}, which should own none."


def _of_policies(connection: Connection) -> Iterator[str]:
    """One for each rule, and no other: policies add up."""
    wanted = {(rule.table, f"wall_{rule.kind}") for rule in rights.rules()}
    wanted |= {(table, of[0]) for table in rights.THEIRS for of in rights.of_theirs(table)}
    guarded, found = {*walled(), *rights.THEIRS}, set()
    for table, policy, kind, roles, seen, written in connection.exec_driver_sql(POLICIES):
        found.add((table, policy))
        if (table, policy) not in wanted and table in guarded:
            yield f"The policy {policy} on {table} is not ours: it may show what it should not."
        if (
            "PUBLIC" in map(str.upper, roles)
            or kind != "PERMISSIVE"
            or written not in (seen, "true", "false")
        ):
            yield f"The policy {policy} on {table} is not as it was made."
    for table, policy, noted, said in connection.exec_driver_sql(SAID):
        if (table, policy) in wanted and noted != said:
            yield f"The policy {policy} on {table} does not say what it said when it was made."
    for table, policy in sorted(wanted - found):
        yield f"The policy {policy} on {table} is missing."
