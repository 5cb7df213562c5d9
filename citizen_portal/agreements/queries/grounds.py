"""Reasons in data law (UK GDPR Articles 6 and 9 and their like), in words of the region."""

from functools import cache
from pathlib import Path

import yaml

from citizen_portal.db import Words

FOLDER = Path(__file__).parents[2] / "data" / "grounds"


@cache
def grounds(region: str) -> dict[str, Words]:
    """Words by the identifier that agreements use; empty where a region has none yet."""
    file = FOLDER / f"{region}.yaml"
    if not file.is_file():
        return {}
    found: dict[str, Words] = yaml.safe_load(file.read_text(encoding="utf-8"))["grounds"]
    return found
