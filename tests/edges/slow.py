"""How long others wait while many callers take their time: ``python -m tests.edges.slow``.

Bounded, on loopback: dozens of callers for a few seconds. Gunicorn's own threads, those of
``citizen_portal.serving``, and those behind the shipped nginx, in one run.
"""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from citizen_portal.serving import HEAD_SECONDS, threads
from tests.benchmarks.fan_out import portal
from tests.edges.nginx import NGINX, in_front_of
from tests.edges.serving import Slow, seconds_to_answer, servers

HEADS, BODIES, SILENT, PATIENCE = 16, 0, 40, 45.0
OWN = ("--worker-class", "gthread")


def main() -> int:
    held = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        app = portal(folder, f"sqlite:///{folder}/slow.db")
        for kind, options in (("gunicorn's own", OWN), ("as shipped", ())):
            with servers(app, folder, 1, options=options) as (server,):
                waited = _waited(server.port, server.address)
                bar = HEAD_SECONDS * HEADS / threads + 5
                print(
                    f"{kind:16} others wait {waited:.1f} s (bar: {bar:.0f} as shipped)", flush=True
                )
                held.append(kind != "as shipped" or waited < bar)
                if kind == "as shipped" and NGINX is not None:
                    port = stack.enter_context(
                        in_front_of(server.port, folder, root=os.geteuid() == 0)
                    )
                    waited = _waited(port, f"http://127.0.0.1:{port}")
                    print(f"{'behind nginx':16} others wait {waited:.1f} s (bar: 1)", flush=True)
                    held.append(waited < 1)
    return 0 if all(held) else 1


def _waited(port: int, address: str) -> float:
    with Slow(port, silent=SILENT, heads=HEADS, bodies=BODIES) as slow:
        slow.drip()
        return seconds_to_answer(address, most=PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
