"""The first page of a long history against a short one.

Tables are made inside the database; SQLite's are kept in ``.bench/`` until the schema changes.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Protocol, Source
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from citizen_portal.web.ready import newest_schema
from tests import make
from tests.benchmarks.portals import portal, signed_in
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

LARGE, SMALL = size(1_000_000, 2_000), 100
TABLE = 10 * LARGE
DAYS = 1_000
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT :count)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, :count - 1))",
}
IDS = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
MOMENTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', :last - i * :step, 'unixepoch')",
    "postgresql": "to_timestamp(:last - i * :step)",
}
DAY_OF = {"sqlite": "substr(occurred_at, 1, 10)", "postgresql": "occurred_at::date"}
FILL = """
INSERT INTO pushed_event (citizen_id, id, source_id, source_ref, occurred_at, accepted_at, role,
  actor, trigger, result, emergency, action, receiver_code, system, categories, lifted)
{numbers} SELECT :citizen, {id}, :source, 'ref-' || :of || '-' || i, {moment}, {moment}, 'self',
  CASE i % 3 WHEN 0 THEN 'person' ELSE 'machine' END, 'duty', 'given', {no},
  'Looked at the record before a visit', 'B000' || (i % 5), 'Front desk', '["Name"]', 0 FROM n
"""
COUNT = """
INSERT INTO access_tally (citizen_id, id, day, source_id, receiver_code, reference, actor,
  categories, times, lifted)
SELECT citizen_id, {id}, {day}, source_id, receiver_code, '', actor, '["Name"]', count(*), 0
FROM pushed_event WHERE citizen_id = :citizen
GROUP BY citizen_id, {day}, source_id, receiver_code, actor
"""


@contextmanager
def access_log(place: Place) -> Iterator[list[Case]]:
    app = portal(_kept() if place.database == "sqlite" else place)
    large, small = _people(app, place.database)
    yield [Case(_page(app, large), _page(app, small), rounds=40, warm=5)]
    app.extensions["sessions"].engine.dispose()


def _kept() -> Place:
    folder = Path(".bench").resolve() / f"access-log-{TABLE}-{newest_schema()}"
    folder.mkdir(parents=True, exist_ok=True)
    return Place("sqlite", f"sqlite:///{folder}/bench.db", folder)


def _page(app: Flask, citizen_id: UUID) -> Callable[[], float]:
    browser = signed_in(app, citizen_id)

    def way() -> float:
        start = time.perf_counter()
        response = browser.get("/my/access")
        taken = (time.perf_counter() - start) * 1000
        assert response.status_code == 200
        return taken

    return way


def _people(app: Flask, name: str) -> tuple[UUID, UUID]:
    """The two citizens; makes the tables where they are not there yet."""
    with app.extensions["sessions"].writing() as session:
        known = session.scalars(text("SELECT id FROM citizen ORDER BY id LIMIT 2")).all()
        if len(known) == 2:
            return UUID(str(known[0])), UUID(str(known[1]))
        body = make.body(slug="clinic")
        session.add(body)
        session.flush()
        source = make.source(body, slug="clinic-log", protocol=Protocol.PUSH, base_url=None)
        people = [Citizen() for _ in range(2 + (TABLE - LARGE) // LARGE * 10)]
        session.add_all([source, *people])
        session.flush()
        for one in people[:2]:
            identity.link(
                session,
                one.id,
                body.id,
                pairwise=identity.pairwise(app.extensions["index"], one.id, body.id),
                state=LinkState.LINKED,
                proof=LinkProof.CODE,
            )
        counts = [LARGE, SMALL, *[LARGE // 10] * (len(people) - 2)]
        for number, (one, count) in enumerate(zip(people, counts, strict=True)):
            _fill(session, name, one.id, source, number, count)
        whom = people[0].id, people[1].id
    if name == "postgresql":
        with app.extensions["sessions"].engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.execute(text("VACUUM (ANALYZE)"))  # as the server does by itself, soon or late
            alone.execute(text("CHECKPOINT"))
    return whom


def _fill(
    session: Session, name: str, citizen_id: UUID, source: Source, number: int, count: int
) -> None:
    def plain(value: UUID) -> str:
        return value.hex if name == "sqlite" else str(value)

    now = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    given = {"citizen": plain(citizen_id), "source": plain(source.id), "of": str(number)}
    parts = {"id": IDS[name], "moment": MOMENTS[name], "numbers": NUMBERS[name]}
    fill = FILL.format(**parts, no="0" if name == "sqlite" else "false")
    if name == "postgresql":
        fill = fill.replace(":citizen", "CAST(:citizen AS uuid)")
        fill = fill.replace(":source", "CAST(:source AS uuid)")
    step = DAYS * 86_400 // count
    session.execute(text(fill), {**given, "count": count, "last": now, "step": step})
    tally = COUNT.format(id=IDS[name], day=DAY_OF[name])
    session.execute(text(tally), {"citizen": given["citizen"]})
