"""What processes cost: time of a core, and memory."""

import os
import resource
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_ms(server: int | None) -> float:
    """Spent so far by a server and those it started, or by this process and those that ended."""
    if server is None:
        spent = [resource.getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in spent) * 1000
    return sum(_ticks(pid) for pid in tree(server)) * 1000 / TICKS


def pss_mb(server: int | None) -> float:
    """The proportional set size: what processes share counts once."""
    return sum(_pss(pid) for pid in tree(server or os.getpid(), alone=server is None)) / 1024


def tree(pid: int, *, alone: bool = False) -> list[int]:
    """A process and those that it started."""
    if alone:
        return [pid]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in tree(int(child)))]


def peak_mb() -> float:
    """The most memory that this process has had."""
    return int(_field("/proc/self/status", "VmHWM:")) / 1024


def _pss(pid: int) -> int:
    return int(_field(f"/proc/{pid}/smaps_rollup", "Pss:"))


def _field(file: str, name: str) -> str:
    lines = Path(file).read_text().splitlines()
    [value] = [line.split()[1] for line in lines if line.startswith(name)]
    return value


def _ticks(pid: int) -> int:
    """User and system time, also of children that ended (proc_pid_stat(5), fields 14 to 17)."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15]))
