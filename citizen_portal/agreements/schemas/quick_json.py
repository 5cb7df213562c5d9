"""Reads JSON quickly, by the standard library's own reader, and remembers no lines.

What it refuses, or what turns out to have a fault, is read again by ``json_text``, which tells
where. So it must take nothing that ``json_text`` refuses; the other way round is only slower.
"""

import json
from collections.abc import Sequence
from typing import Any

from citizen_portal.agreements.schemas.located import MOST_DEPTH, Located


class NotQuick(Exception):
    """It must be read with care, to say what is wrong and where."""


def read_quickly(text: str) -> Located:
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotQuick from None
    _shallow(value)
    return Located(value)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotQuick
    return found


def _refuse(_: str) -> Any:
    raise NotQuick


def _shallow(value: Any) -> None:
    """Raises ``NotQuick`` where lists and mappings stand in one another too deeply."""
    level = [value]
    for _ in range(MOST_DEPTH + 1):
        level = [inner for each in level for inner in _inner(each)]
        if not level:
            return
    raise NotQuick


def _inner(value: Any) -> list[Any]:
    """The lists and mappings directly in it."""
    if not isinstance(value, dict | list):
        return []
    members = value.values() if isinstance(value, dict) else value
    return [each for each in members if isinstance(each, dict | list)]
