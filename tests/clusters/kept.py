"""What is kept in the end: each row of a citizen on their cluster, what both read on both alike."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.clusters.placing import EVERYWHERE, FIRST, SECOND, SPREAD, place

WHOSE = sql.SQL(" UNION ").join(
    sql.SQL("SELECT {}, {} FROM {}").format(table, sql.Identifier(by), sql.Identifier(table))
    for table, by in SPREAD.items()
)
ONE = sql.SQL("SELECT {}, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {} AS t")
ALIKE = sql.SQL(" UNION ALL ").join(
    ONE.format(table, sql.Identifier(table)) for table in sorted(EVERYWHERE)
)
STILL = sql.SQL("SET LOCAL lock_timeout = '20s'; LOCK TABLE {} IN SHARE MODE").format(
    sql.SQL(", ").join(sql.Identifier(table) for table in sorted(EVERYWHERE))
)
CITIZENS: Counter[str] = Counter()
"""How many there were on each cluster."""


class AstrayError(AssertionError):
    """A row lies where nobody looks for it."""


def look(first: str, second: str) -> None:
    """At these two databases, once whoever writes there is done; raises ``AstrayError``."""
    with _still(first) as one, _still(second) as other:
        for asked, here in ((one, FIRST), (other, SECOND)):
            whose: list[tuple[str, UUID]] = asked.execute(WHOSE).fetchall()
            if astray := sorted({table for table, citizen in whose if place(citizen) != here}):
                raise AstrayError(f"on the {here} cluster, rows of the other: {', '.join(astray)}")
            CITIZENS[here] += sum(table == "citizen" for table, _ in whose)
        alike = [dict(asked.execute(ALIKE).fetchall()) for asked in (one, other)]
    if differ := [table for table, digest in alike[0].items() if alike[1][table] != digest]:
        raise AstrayError(f"on both clusters, but not alike: {', '.join(differ)}")


@contextmanager
def _still(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A job may be at work yet: what it writes to both is committed to one after the other."""
    found = make_url(url)
    host, name = str(found.query["host"]), found.database
    with psycopg.connect(host=host, user="portal", dbname=name) as asked:
        asked.execute(STILL)
        yield asked
