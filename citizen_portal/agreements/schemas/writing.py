"""Writes register files that ``reading`` reads to the same entries."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import yaml

from citizen_portal.agreements.schemas.located import MOST_BYTES
from citizen_portal.agreements.schemas.yaml_text import plain

Format = Literal["yaml", "json"]
Entry = Mapping[str, Any]
Lists = Mapping[str, Iterable[Entry]]
SHARE = MOST_BYTES * 3 // 4
"""Bytes of one file of several, so that each can be imported whatever its form adds."""
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def text(lists: Lists, form: Format) -> Iterator[str]:
    """The text of a file, piece by piece."""
    return _json(lists) if form == "json" else _yaml(lists)


def shares(lists: Lists, most: int = SHARE) -> Iterator[Lists]:
    """The lists in parts of at most so many bytes: each for a file of its own."""
    share: dict[str, list[Entry]] = {}
    size = 0
    for name, entries in lists.items():
        for entry in entries:
            length = len(json.dumps(entry, ensure_ascii=False, indent=1).encode())
            if share and size + length > most:
                yield share
                share, size = {}, 0
            share.setdefault(name, []).append(entry)
            size += length
    if share:
        yield share


def _json(lists: Lists) -> Iterator[str]:
    yield "{"
    for n, (name, entries) in enumerate(lists.items()):
        yield f"{',' if n else ''}\n {json.dumps(name)}: ["
        for m, entry in enumerate(entries):
            written = json.dumps(entry, ensure_ascii=False, indent=1)
            yield f"{',' if m else ''}\n{textwrap.indent(written, '  ')}"
        yield "]"
    yield "\n}\n"


def _yaml(lists: Lists) -> Iterator[str]:
    for name, entries in lists.items():
        begun = False
        for entry in entries:
            if not begun:
                yield f"{name}:\n"
                begun = True
            yield yaml.dump(
                [entry],
                Dumper=_Dumper,
                allow_unicode=True,
                default_flow_style=False,
                sort_keys=False,
                width=-1,  # a text stays on its line
            )
        if not begun:
            yield f"{name}: []\n"


class _Dumper(DUMPER):  # type: ignore[misc]
    """Puts in quotes what our reader would take for a number or a word of YAML's."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, value: str) -> Any:
    quoted = "\n" in value or plain(value) is not value
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if quoted else None)


_Dumper.add_representer(str, _text)
