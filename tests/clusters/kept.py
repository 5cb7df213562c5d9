"""What is kept in the end: each row of a citizen on their cluster, what both read on both alike."""

from collections import Counter
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
CITIZENS: Counter[str] = Counter()
"""How many there were on each cluster."""


class AstrayError(AssertionError):
    """A row lies where nobody looks for it."""


def look(first: str, second: str) -> None:
    """At these two databases; raises ``AstrayError``."""
    alike: list[dict[str, str]] = []
    for url, here in ((first, FIRST), (second, SECOND)):
        with psycopg.connect(
            host=_host(url), user="portal", dbname=make_url(url).database
        ) as asked:
            whose: list[tuple[str, UUID]] = asked.execute(WHOSE).fetchall()
            alike.append(dict(asked.execute(ALIKE).fetchall()))
        if astray := sorted({table for table, citizen in whose if place(citizen) != here}):
            raise AstrayError(f"on the {here} cluster, rows of the other: {', '.join(astray)}")
        CITIZENS[here] += sum(table == "citizen" for table, _ in whose)
    if differ := [table for table, digest in alike[0].items() if alike[1][table] != digest]:
        raise AstrayError(f"on both clusters, but not alike: {', '.join(differ)}")


def _host(url: str) -> str:
    return str(make_url(url).query["host"])
