"""Who writes to one SQLite file: one after the other, and none for longer than it has patience."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from citizen_portal.db import Sessions, make_sessions
from citizen_portal.line import Line

TIMES = 20
WRITER = """
import sys
from sqlalchemy import text
from citizen_portal.db import make_sessions
sessions = make_sessions(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with sessions.writing() as session:
        session.execute(text("UPDATE counted SET number = number + 1"))
"""


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    sessions = make_sessions(f"sqlite:///{tmp_path}/some.db")
    with sessions.writing() as session:
        session.execute(text("CREATE TABLE counted (number INTEGER)"))
        session.execute(text("INSERT INTO counted VALUES (0)"))
    return sessions


def count(sessions: Sessions) -> int:
    with sessions.reading() as session:
        return int(session.execute(text("SELECT number FROM counted")).scalar_one())


def test_threads_and_processes_write_one_after_the_other(sessions: Sessions) -> None:
    """None finds the file locked: whoever has its turn has the lock at once."""

    def write() -> None:
        for _ in range(TIMES):
            with sessions.writing() as session:
                session.execute(text("UPDATE counted SET number = number + 1"))

    threads = [threading.Thread(target=write) for _ in range(4)]
    url = sessions.engine.url.render_as_string(hide_password=False)
    others = [subprocess.Popen([sys.executable, "-c", WRITER, url, str(TIMES)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait() for other in others] == [0, 0]
    assert count(sessions) == 6 * TIMES


def test_who_fails_or_rolls_back_leaves_the_line(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.execute(text("UPDATE counted SET number = 7"))
        session.rollback()
    with sessions.write() as session:
        session.execute(text("UPDATE counted SET number = 8"))
        session.connection().invalidate()
    done = threading.Event()

    def write() -> None:
        with sessions.writing() as session:
            session.execute(text("UPDATE counted SET number = 9"))
        done.set()

    threading.Thread(target=write, daemon=True).start()
    assert done.wait(3), "sooner than patience is over"
    assert count(sessions) == 9


def test_readers_do_not_wait(sessions: Sessions) -> None:
    with sessions.writing() as session:
        session.execute(text("UPDATE counted SET number = 5"))
        assert count(sessions) == 0


@pytest.mark.parametrize("one_process", [True, False])
def test_patience_ends(tmp_path: Path, *, one_process: bool) -> None:
    file = tmp_path / "line"
    line = Line(file, patience=0.1)
    first = line.place()
    second = (line if one_process else Line(file, patience=0.1)).place()
    first.wait()
    begun = time.monotonic()
    second.wait()
    assert time.monotonic() - begun >= 0.1
    second.leave()
    third = Line(file, patience=60).place()
    first.leave()
    third.wait()
    assert time.monotonic() - begun < 30, "it is first at once"
