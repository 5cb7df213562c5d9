"""Spread tables of citizens over partitions by citizen, on PostgreSQL.

No table becomes a partitioned one in place: each is made anew and its rows are copied. What hangs
on it (keys, indexes, triggers, rights, policies) is put back as the server tells it, so that the
second wall stands as before, whether or not it is raised anew after this.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = (
    "access_tally",
    "answer",
    "check_line",
    "choice",
    "choice_effect",
    "code_asked",
    "code_try",
    "correction",
    "correction_recipient",
    "export",
    "incident_line",
    "link_change",
    "pushed_event",
    "question_message",
    "sign_in",
    "standing_choice",
    "subject_link",
    "told",
    "visit",
)
COUNT = 4
OURS = "t.relnamespace = 'public'::regnamespace AND t.relname = ANY (:tables)"
KEYS_AWAY = f"""
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
FROM pg_constraint AS c WHERE c.contype = 'f' AND c.conparentid = 0 AND EXISTS
(SELECT FROM pg_class AS t WHERE t.oid IN (c.conrelid, c.confrelid) AND {OURS})
"""
POLICIES_AWAY = f"""
SELECT format('DROP POLICY %I ON %I', p.polname, t.relname)
FROM pg_policy AS p JOIN pg_class AS t ON t.oid = p.polrelid WHERE {OURS}
"""
"""They lean on each other's tables."""
CONSTRAINTS = f"""
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname,
  pg_get_constraintdef(c.oid))
FROM pg_constraint AS c WHERE c.contype IN ('p', 'u', 'f') AND c.conparentid = 0 AND EXISTS
(SELECT FROM pg_class AS t WHERE {OURS}
  AND (t.oid = c.conrelid OR t.oid = c.confrelid AND c.contype = 'f'))
ORDER BY c.contype = 'f'
"""
"""Keys of their own first, for the others lead to them. Checks come with the columns."""
INDEXES = f"""
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
WHERE {OURS} AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid
  AND c.contype IN ('p', 'u')) AND i.indexrelid <> 'ux_export_under_way'::regclass
"""
UNDER_WAY = (
    "CREATE UNIQUE INDEX ux_export_under_way ON export (citizen_id)"
    " WHERE state IN ('asked', 'waiting', 'building')"
)
"""The server tells a list in other words than it was given; read again, in others still."""
TRIGGERS = f"""
SELECT pg_get_triggerdef(g.oid) FROM pg_trigger AS g JOIN pg_class AS t ON t.oid = g.tgrelid
WHERE {OURS} AND NOT g.tgisinternal AND g.tgparentid = 0
"""
OWNERS = f"""
SELECT t.relname, quote_ident(pg_get_userbyid(t.relowner)) FROM pg_class AS t WHERE {OURS}
"""
GUARDED = f"SELECT t.relname FROM pg_class AS t WHERE {OURS} AND t.relrowsecurity"
FORCED = f"SELECT t.relname FROM pg_class AS t WHERE {OURS} AND t.relforcerowsecurity"
RIGHTS = f"""
SELECT format('GRANT %s%s ON %I TO %s', a.privilege_type, h.part, h.relname,
  coalesce(quote_ident(r.rolname), 'PUBLIC'))
FROM (SELECT t.relname, t.relowner, t.relacl AS acl, '' AS part FROM pg_class AS t WHERE {OURS}
  UNION ALL SELECT t.relname, t.relowner, m.attacl, format(' (%I)', m.attname) FROM pg_class AS t
  JOIN pg_attribute AS m ON m.attrelid = t.oid WHERE {OURS} AND NOT m.attisdropped) AS h
CROSS JOIN aclexplode(h.acl) AS a LEFT JOIN pg_roles AS r ON r.oid = a.grantee
WHERE a.grantee <> h.relowner
"""
POLICIES = f"""
SELECT format('CREATE POLICY %I ON %I AS %s FOR %s TO %s', p.policyname, p.tablename,
    p.permissive, p.cmd, (SELECT string_agg(CASE r WHEN 'public' THEN 'PUBLIC'
      ELSE quote_ident(r) END, ', ') FROM unnest(p.roles) AS r))
  || coalesce(format(' USING (%s)', p.qual), '')
  || coalesce(format(' WITH CHECK (%s)', p.with_check), ''),
  format('COMMENT ON POLICY %I ON %I IS %L', p.policyname, p.tablename,
    obj_description(q.oid, 'pg_policy'))
FROM pg_policies AS p JOIN pg_class AS t ON t.relname = p.tablename
JOIN pg_policy AS q ON q.polrelid = t.oid AND q.polname = p.policyname
WHERE p.schemaname = 'public' AND {OURS}
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_anew(" PARTITION BY HASH (citizen_id)", range(COUNT))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_anew("", range(0))


def _make_anew(kind: str, numbers: range) -> None:
    _say("SET LOCAL row_security = off")  # where a row would be hidden, fail rather than lose it
    away = [*_told(KEYS_AWAY), *_told(POLICIES_AWAY)]
    back = [*_told(CONSTRAINTS), *_told(INDEXES), UNDER_WAY, *_told(TRIGGERS), *_walls(numbers)]
    for statement in away:
        _say(statement)
    for table in TABLES:
        _copy(table, kind, numbers)
    for statement in back:
        _say(statement)
    for table in TABLES:
        _say(f"ANALYZE {table}")


def _copy(table: str, kind: str, numbers: range) -> None:
    _say(f"ALTER TABLE {table} RENAME TO {table}_before")
    _say(f"CREATE TABLE {table} (LIKE {table}_before INCLUDING ALL EXCLUDING INDEXES){kind}")
    for number, part in zip(numbers, _parts(table, numbers), strict=True):
        values = f"WITH (MODULUS {COUNT}, REMAINDER {number})"
        _say(f"CREATE TABLE {part} PARTITION OF {table} FOR VALUES {values}")
    _say(f"INSERT INTO {table} SELECT * FROM {table}_before")
    _say(f"DROP TABLE {table}_before")


def _walls(numbers: range) -> Iterator[str]:
    """Whose tables they are, who may touch them, and which rows. Partitions have neither rights nor
    policies: nobody reaches a row by them."""
    for table, owner in _rows(OWNERS):
        for each in (table, *_parts(table, numbers)):
            yield f"ALTER TABLE {each} OWNER TO {owner}"
    for table in _told(GUARDED):
        for each in (table, *_parts(table, numbers)):
            yield f"ALTER TABLE {each} ENABLE ROW LEVEL SECURITY"
        for each in _parts(table, numbers):
            yield f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY"
    for table in _told(FORCED):
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield from _told(RIGHTS)
    yield from _told(POLICIES)


def _parts(table: str, numbers: range) -> list[str]:
    return [f"{table}_part_{number}" for number in numbers]


def _rows(asked: str) -> list[tuple[str, ...]]:
    rows = op.get_bind().execute(sa.text(asked), {"tables": list(TABLES)})
    return [tuple(row) for row in rows]


def _told(asked: str) -> list[str]:
    return [statement for row in _rows(asked) for statement in row]


def _say(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)
