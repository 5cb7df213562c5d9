"""Reads JSON and remembers lines. Stricter than Python: no NaN, no key twice, bounded depth."""

import json
import re
from bisect import bisect_right
from typing import Any

from citizen_portal.agreements.schemas.located import (
    LONGEST_NUMBER,
    MOST_DEPTH,
    Located,
    Path,
    Unreadable,
)

SPACE = re.compile(r"[ \t\r\n]*")
STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def read_json(text: str) -> Located:
    """Raises ``Unreadable`` with the line at which it stops being JSON."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}

    def read(self) -> Located:
        value = self._value(())
        self._skip()
        if self.at < len(self.text):
            raise self._fault("holds more after the end of the JSON value")
        return Located(value, self.lines)

    def _value(self, path: Path) -> Any:
        self._skip()
        self.lines.setdefault(path, self._line())
        if len(path) > MOST_DEPTH:
            raise self._fault("is nested too deeply")
        start = self.text[self.at : self.at + 1]
        if start == "{":
            return self._object(path)
        if start == "[":
            return self._array(path)
        if start == '"':
            return self._string()
        return self._plain()

    def _object(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        if self._take("}"):
            return found
        while True:
            self._skip()
            line = self._line()
            key = self._string()
            if key in found:
                raise self._fault("holds the same field twice")
            self.lines[*path, key] = line
            if not self._take(":"):
                raise self._fault("is not JSON: a colon is missing")
            found[key] = self._value((*path, key))
            if not self._goes_on("}"):
                return found

    def _array(self, path: Path) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        if self._take("]"):
            return found
        while True:
            found.append(self._value((*path, len(found))))
            if not self._goes_on("]"):
                return found

    def _goes_on(self, end: str) -> bool:
        if self._take(","):
            return True
        if self._take(end):
            return False
        raise self._fault("is not JSON: a comma or a closing bracket is missing")

    def _string(self) -> str:
        match = STRING.match(self.text, self.at)
        if match is None:
            raise self._fault("is not JSON: a text in double quotes was expected")
        try:
            value = json.loads(match.group())
        except ValueError:
            raise self._fault("is not JSON: an unknown escape in a text") from None
        self.at = match.end()
        return str(value)

    def _plain(self) -> Any:
        for word, value in WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        match = NUMBER.match(self.text, self.at)
        if match is None:
            raise self._fault("is not JSON: a value was expected")
        self.at = match.end()
        written = match.group()
        if len(written) > LONGEST_NUMBER:
            return written
        return int(written) if written.lstrip("-").isdigit() else float(written)

    def _take(self, letter: str) -> bool:
        self._skip()
        if not self.text.startswith(letter, self.at):
            return False
        self.at += 1
        return True

    def _skip(self) -> None:
        match = SPACE.match(self.text, self.at)
        if match is not None:
            self.at = match.end()

    def _line(self) -> int:
        return bisect_right(self.ends, self.at - 1) + 1

    def _fault(self, why: str) -> Unreadable:
        return Unreadable(self._line(), why)
