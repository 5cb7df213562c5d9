"""What a load notes while it goes on, by many threads at once."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Seen:
    """What an outage came to."""

    requests: int = 0
    served: int = 0
    not_served: int = 0
    signed_out: int = 0
    gaps: int = 0
    """Pages that lacked what some body holds, and said so."""
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)
    rounds: Counter[str] = field(default_factory=Counter)
    """How often each was served in each step of a round."""


class Ledger:
    def __init__(self) -> None:
        self.seen, self.over, self._lock = Seen(), threading.Event(), threading.Lock()
        self.jumping = False
        """Whether the clock jumps: then sessions may end, and what was begun before is refused."""

    def note(self, rounds: str = "", **counts: int) -> None:
        with self._lock:
            if rounds:
                self.seen.rounds[rounds] += 1
            for name, more in counts.items():
                setattr(self.seen, name, getattr(self.seen, name) + more)

    def wrong(self, what: str) -> None:
        with self._lock:
            self.seen.wrong.append(what)
