"""A portal whose data is put back now and then, and bodies that forget, on a network that loses,
repeats and delays: what ``test_converges.py`` plays with."""

import json
import shutil
import sqlite3
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Scope as May
from citizen_portal.db import make_sessions
from citizen_portal.jobs import HANDLERS, Job, Work
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Choice, Effect
from citizen_portal.preferences.queries import Feedback, effects_of
from tests.bodies import systems
from tests.preferences.town import BODIES, Town

JOBS = ("preferences.linked", "preferences.follow_register", "preferences.send", "preferences.hear")
HOOKED = ("clinic", "council")
"""These are sent messages; the university only reads its list."""
TOKEN_FOR = 200
"""Seconds for which a body uses a token."""
CLIENT = "/api/v1"


@dataclass
class Body:
    """A receiver: keeps the highest version for each person and agreement, and its statement."""

    slug: str
    system: systems.System
    holds: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    cursor: int = 0
    saved: tuple[dict[tuple[str, str], dict[str, Any]], int] = field(default=({}, 0))
    got: set[str] = field(default_factory=set)
    """Ids of all that ever came in, also what was forgotten since."""
    said: set[tuple[str, str]] = field(default_factory=set)
    """What it ever answered: ids and states."""

    def take(self, change: dict[str, Any]) -> None:
        self.got.add(change["id"])
        key = change["subject"], change["agreement"]
        held = self.holds.get(key)
        if held is not None and held["version"] == change["version"]:
            assert held["may_use"] == change["may_use"], "one version, two meanings"
        if held is None or held["version"] < change["version"]:
            self.holds[key] = change

    def save(self) -> None:
        self.saved = dict(self.holds), self.cursor

    def crash(self) -> None:
        self.holds, self.cursor = dict(self.saved[0]), self.saved[1]


class World:
    """One portal; ``begin`` gives it a new database for each run."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.file = Path(str(app.extensions["sessions"].engine.url.database))
        app.extensions["sessions"].engine.dispose()
        app.extensions["sessions"] = make_sessions(f"sqlite:///{self.file}")  # without a queue
        self.town = Town(app)
        self.systems = {slug: systems.connect(app, slug, May.PREFERENCES) for slug in BODIES}
        with self.town.sessions.writing() as session:
            for slug in HOOKED:
                url = f"https://{slug}.example/in"
                bodies.set_webhook(session, app.extensions["sealer"], self.town.bodies[slug], url)
        self.people = [self.town.person(), self.town.person("clinic", "university")]
        self._tokens: dict[str, tuple[float, dict[str, str]]] = {}
        self._copy(self.start)
        self.bodies: dict[str, Body] = {}

    @property
    def start(self) -> Path:
        return self.folder / "start.db"

    def begin(self) -> None:
        self._put_back(self.start)
        self.bodies = {slug: Body(slug, self.systems[slug]) for slug in BODIES}
        self.came_of: dict[str, UUID | None] = {}
        """By the id of each message the choice that it came of."""

    def back_up(self) -> Path:
        copy = self.folder / "backup.db"
        self._copy(copy)
        return copy

    def restore(self, copy: Path) -> None:
        self._put_back(copy)
        with self.town.sessions.writing() as session:
            actions.begin(session)

    def work(self, *names: str) -> None:
        """The worker does these jobs, or all; what goes wrong is raised."""
        for name in names or JOBS:
            with self.town.sessions.writing() as session:
                waiting = session.scalars(select(Job).where(Job.name == name)).all()
                session.execute(delete(Job).where(Job.name == name))
            given = [job.arguments for job in waiting] if name == JOBS[0] else [{}]
            for arguments in given:
                work = Work(self.town.sessions, self.app.extensions, UUID(int=0))
                HANDLERS[name](work, **arguments)
        self.note()

    def note(self) -> None:
        with self.town.sessions.reading() as session:
            rows = session.execute(select(Effect.id, Effect.choice_id))
            self.came_of.update({effect_id.hex: choice_id for effect_id, choice_id in rows})

    def kept(self) -> set[UUID]:
        """The choices that are in the database."""
        with self.town.sessions.reading() as session:
            return set(session.scalars(select(Choice.id).where(Choice.ended_by.is_(None))))

    def shown(self) -> Iterator[Feedback]:
        """What citizens read of each body."""
        with self.town.sessions.reading() as session:
            for citizen_id in self.people:
                yield from effects_of(session, citizen_id)

    def read_list(self, body: Body, *, lost: bool = False) -> int:
        """The status of one page; where it is lost on its way the body knows nothing of it."""
        answer = self.call(body, "GET", f"preference-changes?after={body.cursor}")
        if answer.status_code == 200 and not lost:
            page = self.json(answer)
            for change in page["changes"]:
                body.take(change)
            body.cursor = page["next"]
        return int(answer.status_code)

    def tell(self, body: Body, *, done: bool) -> list[str]:
        """Send all that a body holds; gives the ids of what was taken."""
        held = list(body.holds.values())
        said = {"statements": [each["statement"] for each in held], "done": done}
        answer = self.call(body, "POST", "preference-statements", {**said, "read_to": body.cursor})
        assert answer.status_code == 200, answer.text
        assert self.json(answer)["errors"] == []
        self.note()
        return [each["id"] for each in held]

    def digest(self, body: Body) -> dict[tuple[str, str], int]:
        answer = self.call(body, "GET", "preference-digest")
        payload = self.json(answer)["payload"]
        said = json.loads(urlsafe_b64decode(payload + "=="))
        return {(line["subject"], line["agreement"]): line["version"] for line in said["current"]}

    def call(self, body: Body, method: str, path: str, said: Any = None) -> Any:
        sent = {"json": said} if said is not None else {}
        client = self.app.test_client()
        return client.open(
            f"{CLIENT}/{path}", method=method, headers=self._headers(body.slug), **sent
        )

    @staticmethod
    def json(answer: Any) -> Any:
        return answer.json

    def _headers(self, slug: str) -> dict[str, str]:
        since, headers = self._tokens.get(slug, (0.0, {}))
        if not headers or time.monotonic() > since + TOKEN_FOR:
            headers = self.systems[slug].headers(self.app)
            self._tokens[slug] = time.monotonic(), headers
        return headers

    def _copy(self, to: Path) -> None:
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)

    def _put_back(self, copy: Path) -> None:
        """As after a stop of the portal: nothing that was in memory is left."""
        self.town.sessions.engine.dispose()
        for part in ("-wal", "-shm"):
            Path(f"{self.file}{part}").unlink(missing_ok=True)
        shutil.copy(copy, self.file)
