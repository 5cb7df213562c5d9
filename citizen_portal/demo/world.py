"""The register of the demo world: its files, with today's addresses and days filled in."""

import re
from datetime import date, timedelta
from pathlib import Path

WORLD = Path(__file__).parent / "world"
MARK = re.compile(r"\$\{(?:(bodies)|day([+-]\d+))\}")
"""``${bodies}`` is where the bodies answer; ``${day-30}`` is thirty days before today."""


def files() -> list[Path]:
    """The files of the world, in the order of their names."""
    return sorted(WORLD.glob("*.yaml"))


def fill(text: str, *, bodies: str, today: date) -> str:
    """A file's text with each mark replaced, fit to be imported."""

    def filled(mark: re.Match[str]) -> str:
        address, days = mark.groups()
        return bodies if address else (today + timedelta(days=int(days))).isoformat()

    return MARK.sub(filled, text)


def write(into: Path, *, bodies: str, today: date) -> list[Path]:
    """Write the filled files into a folder and name them, as ``register import`` wants them."""
    into.mkdir(parents=True, exist_ok=True)
    written = []
    for file in files():
        target = into / file.name
        target.write_text(fill(file.read_text("utf-8"), bodies=bodies, today=today), "utf-8")
        written.append(target)
    return written
