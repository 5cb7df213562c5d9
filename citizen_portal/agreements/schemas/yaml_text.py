"""Reads YAML and remembers lines. Plain data only: no aliases, no tags, no key twice.

Words are read by YAML 1.2's rules, so that ``no`` stays the word "no" and a date stays as written.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from citizen_portal.agreements.schemas.located import (
    LONGEST_NUMBER,
    MOST_DEPTH,
    Located,
    Path,
    Unreadable,
)

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
WHOLE = re.compile(r"[-+]?[0-9]+")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def read_yaml(text: str) -> Located:
    """Raises ``Unreadable`` with the line at which it stops being YAML that we take."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, "is not well-formed YAML here") from None
    except yaml.YAMLError as error:
        at = getattr(error, "position", 0)
        why = "holds a character that YAML does not take"
        raise Unreadable(text.count("\n", 0, at) + 1, why) from None
    return Located(builder.root, builder.lines)


@dataclass
class _Open:
    """A mapping or list that has begun and not yet ended."""

    into: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


@dataclass
class _Builder:
    """Puts events together without recursion, so that depth is ours to limit."""

    root: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def take(self, event: yaml.Event) -> None:
        self._refuse(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(event, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(event, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _refuse(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _fault(event, "holds more than one YAML document")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _fault(event, "uses an anchor or alias, which are not taken")
        if getattr(event, "tag", None):
            raise _fault(event, "uses a tag, which are not taken")

    def _begin(self, event: yaml.Event, into: dict[str, Any] | list[Any]) -> None:
        if self._wants_key():
            raise _fault(event, "uses a list or mapping as the name of a field")
        if len(self.stack) >= MOST_DEPTH:
            raise _fault(event, "is nested too deeply")
        path = self._put(event, into)
        self.stack.append(_Open(into, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if not self._wants_key():
            self._put(event, event.value if event.style else plain(event.value))
            return
        top = self.stack[-1]
        if event.value in top.into:
            raise _fault(event, "holds the same field twice")
        top.key = event.value
        self.lines[*top.path, event.value] = _line(event)

    def _wants_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].key is None and self._in_mapping()

    def _in_mapping(self) -> bool:
        return isinstance(self.stack[-1].into, dict)

    def _put(self, event: yaml.Event, value: Any) -> Path:
        """Put a value where the innermost open mapping or list takes it; returns its path."""
        path: Path = ()
        if not self.stack:
            self.root = value
        else:
            top = self.stack[-1]
            if isinstance(top.into, dict):
                assert top.key is not None  # noqa: S101 - a value follows its key
                path = (*top.path, top.key)
                top.into[top.key] = value
                top.key = None
            else:
                path = (*top.path, len(top.into))
                top.into.append(value)
        self.lines.setdefault(path, _line(event))
        return path


def plain(written: str) -> Any:
    """What a word without quotes means."""
    if written in WORDS:
        return WORDS[written]
    if len(written) > LONGEST_NUMBER:
        return written
    if WHOLE.fullmatch(written):
        return int(written)
    return float(written) if DECIMAL.fullmatch(written) else written


def _fault(event: yaml.Event, why: str) -> Unreadable:
    return Unreadable(_line(event), why)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
