"""A file's content together with the line on which each of its values stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
MOST_BYTES = 32_000_000
MOST_DEPTH = 32
LONGEST_NUMBER = 40
"""Longer numbers are kept as text: no field of ours holds one, and converting them is slow."""


class Unreadable(Exception):
    """The file cannot be read at all; says where and why, and none of its content."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


@dataclass
class Located:
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of what the path leads to or, where there is no such thing, of what would
        hold it."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(tuple(path[:length]))
            if line is not None:
                return line
        return self.lines.get((), 1)


def decode(content: bytes) -> str:
    """The text of a file; raises ``Unreadable`` when it is too large or not UTF-8."""
    if len(content) > MOST_BYTES:
        raise Unreadable(1, f"the file is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "the file is not written in UTF-8") from None
    if "\0" in text:
        raise Unreadable(text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character")
    return text
