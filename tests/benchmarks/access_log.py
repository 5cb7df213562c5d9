"""The first page of a long history against a short one: `python -m tests.benchmarks.access_log`.

One citizen has a million events in a table of ten million (``BENCH_TABLE`` says otherwise),
another one has a hundred. Both are asked for ``/my/access`` in turn, on each database. Tables are
made inside the database, once, and kept in ``.bench/``.
"""

import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.bodies.models import Protocol, Source
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from tests import make, postgres
from tests.benchmarks.fan_out import portal

LARGE, SMALL = 1_000_000, 100
TABLE = int(os.environ.get("BENCH_TABLE", "10000000"))
DAYS = 1_000
ROUNDS, WARM = 40, 5
BAR = 1.3
KEPT = Path(".bench")
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


def main() -> int:
    KEPT.mkdir(exist_ok=True)
    held = [compared("sqlite", f"sqlite:///{KEPT.resolve()}/access-log-{TABLE}.db")]
    with postgres.address() as url:
        held += [compared("postgresql", url)] if url else []
    return 0 if all(held) else 1


def compared(name: str, url: str) -> bool:
    app = portal(_folder(name), url)
    large, small = _people(app, name)
    pages = {"large": browser(app, large), "small": browser(app, small)}
    times: dict[str, list[float]] = {each: [] for each in pages}
    for turn in range(ROUNDS + WARM):
        for which, client in pages.items():
            start = time.perf_counter()
            response = client.get("/my/access")
            if turn >= WARM:
                times[which].append((time.perf_counter() - start) * 1000)
            assert response.status_code == 200
    app.extensions["sessions"].engine.dispose()
    mine, limit = (statistics.median(times[each]) for each in ("large", "small"))
    print(
        f"{name:11} {LARGE:,} of {TABLE:,} events {mine:.1f} ms, {SMALL} events {limit:.1f} ms, "
        f"{mine / limit:.2f}x (bar: {BAR}x)",
        flush=True,
    )
    return mine / limit <= BAR


def browser(app: Flask, citizen_id: UUID) -> FlaskClient:
    with app.extensions["sessions"].writing() as session:
        proof = identity.Proof(assurance="", auth_time=clock.now())
        started = identity.start(session, citizen_id, proof=proof)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{citizen_id}:{started.sign_in.id}:{started.token}"
        cookie["_fresh"] = True
    return client


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
        if name == "postgresql":
            session.execute(text("ANALYZE"))
    return people[0].id, people[1].id


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


def _folder(name: str) -> Path:
    folder = KEPT / f"keys-{name}"
    folder.mkdir(exist_ok=True)
    return folder.resolve()


if __name__ == "__main__":
    sys.exit(main())
