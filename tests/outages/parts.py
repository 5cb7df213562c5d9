"""What can be taken away and given back: servers at fixed ports, programs, the time, the disk."""

import contextlib
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Child, Processes
from tests.fakes.serving import Quiet

LOOK_EVERY = 0.1


class Server:
    """An app at a port that stays the same while it is away."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://{HOST}:{self.port}"
        self.app = Flask("none")
        self._running: tuple[BaseWSGIServer, threading.Thread] | None = None

    def start(self) -> None:
        server = make_server(HOST, self.port, self.app, threaded=True, request_handler=Quiet)
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        self._running = server, thread

    def stop(self) -> None:
        if self._running is not None:
            server, thread = self._running
            self._running = None
            server.shutdown()
            thread.join()
            server.server_close()


class Clock:
    """The time of the portal's programs, which may be another than ours.

    Debian's ``faketime`` moves the time since the start as well, or else breaks ``time.sleep``.
    """

    def __init__(self, folder: Path) -> None:
        self.shift = timedelta()
        self._file, self._library = folder / "shift", folder / "clock.so"
        self.move(self.shift)
        self.absent = self._build()
        """Why it cannot be moved, if it cannot."""

    def _build(self) -> str | None:
        compiler = shutil.which("cc")
        if compiler is None:
            return "no C compiler here to build another clock: apt-get install gcc"
        source = Path(__file__).with_name("clock.c")
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(self._library), str(source)]
        done = subprocess.run(command, capture_output=True, text=True)
        return None if done.returncode == 0 else f"another clock cannot be built: {done.stderr}"

    def move(self, shift: timedelta) -> None:
        self.shift = shift
        with self._file.open("r+b" if self._file.exists() else "xb", buffering=0) as file:
            file.write(struct.pack("q", round(shift.total_seconds())))

    def environment(self) -> dict[str, str]:
        if self.absent:
            return {}
        return {"LD_PRELOAD": str(self._library), "SHIFT": str(self._file)}


@dataclass
class Program:
    arguments: Sequence[str]
    env: Mapping[str, str]
    child: Child | None = None


class Supervisor:
    """Starts what has ended, as systemd does with ``Restart=always``; nobody else does."""

    def __init__(self, logs: Path) -> None:
        self.programs: dict[str, Program] = {}
        self.others: list[Callable[[], None]] = []
        """What else is looked after: each looks, and starts what is not there."""
        self.restarts: Counter[str] = Counter()
        self.held = threading.Event()
        """Nothing is started while it is set: the wait before a restart, as long as wanted."""
        self._processes = Processes(logs)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def add(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        self.programs[name] = Program(arguments, env)

    def pid(self, name: str) -> int:
        child = self.programs[name].child
        assert child is not None
        return child.process.pid

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        """In one thread: what it starts ends with the thread that started it."""
        while not self._over.wait(LOOK_EVERY):
            if self.held.is_set():
                continue
            for name, program in self.programs.items():
                if program.child is None or program.child.process.poll() is not None:
                    self._start(name, program)
            for look in self.others:
                look()
        self._processes.end()

    def _start(self, name: str, program: Program) -> None:
        self.restarts[name] += program.child is not None
        self._processes.children = [
            one for one in self._processes.children if one is not program.child
        ]
        self._processes.start(name, program.arguments, program.env)
        program.child = self._processes.children[-1]


@dataclass
class Disk:
    """A place that can be full: a file system in memory of its own."""

    place: Path
    absent: str | None = None
    """Why there is none, if there is none; the place is a usual folder then."""
    filler: Path = field(init=False)

    def __post_init__(self) -> None:
        self.filler = self.place / "filler"

    def fill(self) -> None:
        """Until not a byte is left. Call it again where somebody let go of some."""
        with self.filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            for size in (1_000_000, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def free(self) -> None:
        self.filler.unlink(missing_ok=True)


@contextmanager
def disk(megabytes: int) -> Iterator[Disk]:
    place, mount = Path(tempfile.mkdtemp(prefix="outages")), shutil.which("mount")
    place.chmod(0o755)
    mounted = False
    if mount is not None and os.geteuid() == 0:
        options = f"size={megabytes}m,mode=755"
        command = [mount, "-t", "tmpfs", "-o", options, "outages", str(place)]
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    try:
        yield Disk(
            place, None if mounted else "no file system can be mounted here (as root it can)"
        )
    finally:
        if mounted:
            subprocess.run([str(shutil.which("umount")), "--lazy", str(place)], check=True)
        shutil.rmtree(place)
