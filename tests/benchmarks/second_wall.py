"""First page on PostgreSQL with and without the second wall, in turns, on the same rows:
`python -m tests.benchmarks.second_wall`.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from pydantic import SecretStr

from citizen_portal import clock, sealing, signing
from citizen_portal.app import create_app
from citizen_portal.identity import actions
from citizen_portal.identity.remote import keys
from citizen_portal.settings import Settings
from citizen_portal.wall import KEY, Wall
from tests import make, postgres, walled
from tests.databases import make_tables

ROUNDS, PAGES = 5, 100
MOST = 2.0
"""Times the time without it."""


def main() -> int:
    if postgres.absent():
        print(f"second wall: not measured, {postgres.absent()}")
        return 0
    with postgres.started() as folder, tempfile.TemporaryDirectory() as name:
        return _measure(f"postgresql+psycopg://portal@/postgres?host={folder}", Path(name))


def _measure(url: str, folder: Path) -> int:
    apps, cookie = _portals(url, folder)
    took: dict[str, list[float]] = {name: [] for name in apps}
    for at in range(ROUNDS + 1):  # the first warms up
        for name, app in apps.items():
            seconds = _page(app, cookie)
            if at:
                took[name].append(seconds)
    for app in apps.values():
        app.extensions["sessions"].engine.dispose()
    median = {name: statistics.median(times) * 1000 for name, times in took.items()}
    times = median["with"] / median["without"]
    print(
        f"second wall: first page {median['without']:.2f} ms without, {median['with']:.2f} ms with"
        f" it, {times:.2f} times (at most {MOST})"
    )
    return int(times > MOST)


def _portals(url: str, folder: Path) -> tuple[dict[str, Flask], str]:
    """Two of one database, and the cookie of somebody who is signed in."""
    for create in (sealing.create, signing.create, keys.create):
        create(folder)
    make_tables(url)
    settings = Settings(
        environment="development",
        log_level="WARNING",
        secret_key=SecretStr("for measuring only, and long enough"),
        database_url=url,
        queue_file=folder / "queue.db",
        keys_folder=folder,
        export_store=f"{folder}-copies",
    )
    plain = create_app(settings)
    sessions = plain.extensions["sessions"]
    with sessions.writing() as session:
        citizen = make.citizen()
        session.add(citizen)
        session.flush()
        proof = actions.Proof(assurance="", auth_time=clock.now())
        started = actions.start(session, citizen.id, proof=proof)
        cookie = f"{citizen.id}:{started.sign_in.id}:{started.token}"
    walled.build(sessions, Wall(sealing.load(folder)[1].derive(KEY), walled.ROLES))
    roles = {"database_roles": walled.ROLES, "database_url": walled.as_role(url, "portal_web")}
    behind = create_app(settings.model_copy(update=roles))
    return {"without": plain, "with": behind}, cookie


def _page(app: Flask, cookie: str) -> float:
    """Seconds of a first page."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = cookie, True
    begun = time.perf_counter()
    for _ in range(PAGES):
        response = client.get("/my")
        assert response.status_code == 200, response.status
    return (time.perf_counter() - begun) / PAGES


if __name__ == "__main__":
    sys.exit(main())
