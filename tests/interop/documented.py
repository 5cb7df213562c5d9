"""The commands of docs/api.md, run as somebody would who follows them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()
NEEDED = ("sh", "curl", "openssl", "python3")


def blocks(page: str = PAGE) -> dict[str, str]:
    """The worked examples, by what each is for."""
    names = ("keys", "token", "agreement", "events", "lines", "spans", "demo")
    return dict(zip(names, re.findall(r"```sh\n(.*?)```", page, re.DOTALL), strict=True))


def run(script: str, folder: Path, **names: str) -> str:
    """What the commands say; fails where one of them does."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "127.0.0.1", **names}
    command = ["sh", "-eu", "-c", script]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
