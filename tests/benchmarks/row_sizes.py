"""Bytes on PostgreSQL of one event, with its indexes: `python -m tests.benchmarks.row_sizes`.

A hundred citizens have a year of 1,700 events each; ``docs/scaling.md`` multiplies what comes out.
"""

import sys

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Protocol
from citizen_portal.db import Base
from citizen_portal.identity.models import Citizen
from tests import make, postgres
from tests.benchmarks.access_log import COUNT, DAY_OF, FILL, IDS, MOMENTS, NUMBERS

PEOPLE, EVENTS = 100, 1_700
LAST, YEAR = 1_764_201_600, 365 * 86_400
ON = "postgresql"
RECEIVED = """
INSERT INTO received (source_id, source_ref, salt, leaf, occurred_on, accepted_on, kept)
SELECT source_id, source_ref, sha256(id::text::bytea), sha256(source_ref::bytea),
  occurred_at::date, accepted_at::date, true FROM pushed_event
"""
SIZE = """
SELECT pg_total_relation_size(CAST(:table AS regclass))
  + coalesce(sum(pg_total_relation_size(relid)), 0)
FROM pg_partition_tree(CAST(:table AS regclass)) WHERE level > 0
"""
"""A table that lies in partitions has no bytes of its own."""
TABLES = ("pushed_event", "received", "access_tally")


def main() -> int:
    if reason := postgres.absent():
        print(f"row sizes: not measured, {reason}")
        return 0
    with postgres.started() as folder:
        engine = create_engine(f"postgresql+psycopg://portal@/postgres?host={folder}")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            fill(session)
            for table in TABLES:
                rows = session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608
                size = session.scalar(text(SIZE), {"table": table}) or 0
                print(f"{table:14} {rows:9,} rows {size / rows:6.0f} bytes each, with indexes")
    return 0


def fill(session: Session) -> None:
    body = make.body()
    session.add(body)
    session.flush()
    source = make.source(body, protocol=Protocol.PUSH)
    session.add(source)
    given = {"numbers": NUMBERS[ON], "id": IDS[ON], "moment": MOMENTS[ON], "no": "false"}
    events = text(FILL.format(**given))
    counts = text(COUNT.format(id=IDS[ON], day=DAY_OF[ON]))
    for number in range(PEOPLE):
        citizen = Citizen()
        session.add(citizen)
        session.flush()
        spread = {"count": EVENTS, "last": LAST, "step": YEAR // EVENTS}
        whose = {"citizen": citizen.id, "source": source.id, "of": str(number)}
        session.execute(events, {**whose, **spread})
        session.execute(counts, {"citizen": citizen.id})
    session.execute(text(RECEIVED))
    session.commit()


if __name__ == "__main__":
    sys.exit(main())
