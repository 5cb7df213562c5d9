"""Cells of our CSV files, read as the data page says that they are written."""

import re


def unguarded(text: str) -> str:
    """The text without the apostrophe that keeps it from being run."""
    return text.removeprefix("'")


def parted(text: str) -> list[str]:
    """The items of a cell; none of an empty text."""
    items = re.findall(r"(?:[^\\;]|\\.)+", text, re.DOTALL)
    bare = [item.removeprefix(" ") if at else item for at, item in enumerate(items)]
    return [re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL) for item in bare]
