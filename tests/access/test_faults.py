"""Whatever breaks while a batch is taken, nothing that was accepted is lost and nothing doubled.

The portal is a real process on a real SQLite file. strace kills it at the n-th system call of a
batch, or lets that call (or each one of its kind from it on) fail as a broken disk does. ``make
faults`` goes through every call; a usual run takes some of them.
"""

import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from citizen_portal.db import Sessions, make_sessions
from citizen_portal.settings import Settings
from tests.access.batches import Sender
from tests.access.portal_process import portal
from tests.thorough import EVERY

CALLS = "openat,newfstatat,fcntl,pread64,pwrite64,fsync,fdatasync,ftruncate,fallocate,unlink,close"
"""What SQLite asks of the system for its files."""
KINDS = {
    "killed": "signal=KILL:when={}",
    "one call fails": "error=EIO:when={}",
    "all fail from it on": "error=EIO:when={}+",
}
USUAL: tuple[str, ...] = ()
MOVING = ("wal_autocheckpoint=1",)
"""Each commit then goes on from the write-ahead log into the file itself."""


def no_strace() -> str | None:
    """Why system calls cannot be traced here, if so."""
    if shutil.which("strace") is None:
        return "no strace here: apt-get install strace"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)  # noqa: S607
    return f"strace may not trace here: {tried.stderr}" if tried.returncode else None


pytestmark = pytest.mark.skipif(no_strace() is not None, reason=str(no_strace()))


@dataclass
class Copies:
    """As many copies as wanted of one portal's files, taken while it was at rest."""

    sender: Sender
    folder: Path

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.original = Path(str(self.sender.sessions.engine.url.database))

    def copy(self) -> Settings:
        place = self.folder / str(next(self.numbers))
        place.mkdir()
        self.sender.sessions.engine.dispose()  # the last to leave folds the log into the file
        shutil.copy(self.original, place / "portal.db")
        changed = {
            "database_url": f"sqlite:///{place}/portal.db",
            "queue_file": place / "queue.db",
        }
        return self.sender.settings.model_copy(update=changed)


@pytest.fixture
def copies(settings: Settings, tmp_path: Path) -> Copies:
    changed = {
        "database_url": f"sqlite:///{tmp_path}/portal.db",
        "testing": False,
        "log_level": "ERROR",
    }
    return Copies(Sender(settings.model_copy(update=changed)), tmp_path)


@pytest.mark.parametrize("pragmas", [USUAL, MOVING], ids=["usual", "moving"])
@pytest.mark.parametrize("kind", KINDS)
def test_wherever_it_breaks_nothing_is_lost_and_nothing_doubled(
    copies: Copies, kind: str, pragmas: tuple[str, ...]
) -> None:
    calls = calls_of_a_batch(copies, pragmas)
    for name, number in points(calls, kind, pragmas):
        strike(copies, f"inject={name}:{KINDS[kind].format(number)}", pragmas)
    ledger = copies.sender.ledger
    print(f"{kind}, {' '.join(pragmas) or 'as usual'}, {len(calls)} calls: {ledger}")
    assert ledger.struck > ledger.points / 2


def calls_of_a_batch(copies: Copies, pragmas: tuple[str, ...]) -> list[tuple[str, int]]:
    """The system calls of a batch when nothing breaks, each with its number among its like."""
    trace, sender = copies.folder / "clean", copies.sender
    with portal(copies.copy(), *pragmas) as one:
        sender.warm(one)
        with one.traced(trace, "-e", f"trace={CALLS}"):
            assert one.send(sender.batch("second"), sender.headers) == 200
    met: Counter[str] = Counter()
    found = []
    for name in re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE):
        met[name] += 1
        found.append((name, met[name]))
    assert met["fdatasync"] + met["fsync"] > 0
    return found


def strike(copies: Copies, injection: str, pragmas: tuple[str, ...]) -> None:
    settings, sender, trace = copies.copy(), copies.sender, copies.folder / "trace"
    sender.headers = sender.fresh_headers()
    second = sender.batch("second")
    with portal(settings, *pragmas) as one:
        sender.warm(one)
        with one.traced(trace, "-e", f"trace={CALLS}", "-e", injection):
            status = one.send(second, sender.headers)
    told = "INJECTED" in (said := trace.read_text()) or "SIGKILL" in said
    sender.ledger.struck += told or status != 200
    sessions = make_sessions(settings.database_url)
    try:
        assert whole(sessions)
        sender.check(sessions, settings, second, status)
    finally:
        sessions.engine.dispose()


def whole(sessions: Sessions) -> bool:
    with sessions.reading() as session:
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        return session.scalar(text("PRAGMA integrity_check")) == "ok" and not broken


def points(
    calls: list[tuple[str, int]], kind: str, pragmas: tuple[str, ...]
) -> list[tuple[str, int]]:
    """Every call, or some: the first sync of the log is among them."""
    if EVERY and pragmas == USUAL and kind in list(KINDS)[:2]:
        return calls
    if EVERY:
        return calls[::8]
    (sync, *_) = (at for at, (name, _) in enumerate(calls) if "sync" in name)
    return [calls[at] for at in (len(calls) // 3, sync)]


@pytest.mark.parametrize(("pragmas", "synced"), [((), True), (("synchronous=NORMAL",), False)])
def test_what_is_answered_is_on_disk(
    copies: Copies, pragmas: tuple[str, ...], synced: bool
) -> None:
    """That a killed process loses nothing would be so without any sync: what matters is the order.

    With a weaker setting the same look at the same trace says no.
    """
    trace, sender = copies.folder / "trace", copies.sender
    wanted = "trace=pwrite64,fsync,fdatasync,sendto,sendmsg,write,writev"
    with portal(copies.copy(), *pragmas) as one:
        sender.warm(one)
        with one.traced(trace, "-yy", "-e", wanted):
            assert one.send(sender.batch("second"), sender.headers) == 200
    assert synced_before_answer(trace.read_text().splitlines()) is synced


def synced_before_answer(lines: list[str]) -> bool:
    """Whether the log of the database is synced after its last write and before the answer."""
    log = r"\(\d+</[^>]*/portal\.db-wal>"
    written = numbers(lines, rf"pwrite64{log}")
    synced = numbers(lines, rf"f(data)?sync{log}\) += 0")
    (answered, *_) = numbers(lines, r"(sendto|sendmsg|writev?)\(\d+<TCP.*HTTP/1\.[01] 200")
    assert written[-1] < answered, "nothing of the batch was written before the answer"
    return any(written[-1] < at < answered for at in synced)


def numbers(lines: list[str], pattern: str) -> list[int]:
    return [at for at, line in enumerate(lines) if re.search(pattern, line)]
