"""Large answers as files: written once, and kept as long as the register stays as it is.

The tables of the data package are written in one pass. Each file is
nameless on disk, so that neither memory nor a folder has to hold a large register.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary, finalize

from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import published
from citizen_portal.agreements.views.open_data.agreement_columns import Row
from citizen_portal.agreements.views.open_data.package import TABLES
from citizen_portal.bodies.queries import REGISTER, database_of, directory, revisions
from citizen_portal.web import cells

CHUNK = 65536


@dataclass(frozen=True)
class Written:
    """A finished file. It can be read by several at once, and is gone when nobody holds it."""

    descriptor: int
    size: int
    digest: str

    def __post_init__(self) -> None:
        finalize(self, os.close, self.descriptor)

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, self.size, CHUNK):
            yield os.pread(self.descriptor, CHUNK, start)


class _Growing:
    """A file that counts and hashes what is written."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when finished
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, text: str) -> None:
        content = text.encode()
        self.size += len(content)
        self.hash.update(content)
        self.file.write(content)

    def finished(self) -> Written:
        with self.file:
            self.file.flush()
            return Written(os.dup(self.file.fileno()), self.size, self.hash.hexdigest())


Files = Mapping[str, Written]
Stamp = tuple[object, ...]
_kept: WeakKeyDictionary[object, dict[str, tuple[Stamp, Files]]] = WeakKeyDictionary()
_writing = Lock()


def tables(session: Session, *, site: str) -> Files:
    """The file of each table by name."""
    return _keep(session, "tables", (site,), lambda: _tables(session, site))


def whole(session: Session, name: str, stamp: Stamp, make: Callable[[], str]) -> Written:
    """The text that ``make`` makes, which is asked again once the stamp or the register changed."""
    return _keep(session, name, stamp, lambda: {name: _file(make())})[name]


def _keep(session: Session, name: str, stamp: Stamp, make: Callable[[], Files]) -> Files:
    """One at a time writes, so that two who ask at once do not write the same twice."""
    now = (revisions(session).get(REGISTER, 0), *stamp)
    with _writing:
        kept = _kept.setdefault(database_of(session), {})
        if name not in kept or kept[name][0] != now:
            kept[name] = (now, make())
        return kept[name][1]


def _file(text: str) -> Written:
    growing = _Growing()
    growing.write(text)
    return growing.finished()


def _tables(session: Session, site: str) -> Files:
    growing = {table.name: _Growing() for table in TABLES}
    writers = {name: cells.writer(each) for name, each in growing.items()}
    for table in TABLES:
        writers[table.name].writerow(column.name for column in table.columns)
    bodies = directory(session).bodies.values()
    names = {body.slug: body.official_name["en"] for body in bodies}
    each_agreement = [table for table in TABLES if table.of_agreement]
    for one in published.each_newest(session):
        row = Row(one, names, site)
        for table in each_agreement:
            writers[table.name].writerows(table.cells(row))
    others: dict[str, Iterator[Any]] = {
        "versions": published.version_facts(session),
        "organisations": iter(sorted(bodies, key=lambda body: body.slug)),
        "powers": iter(published.powers(session).values()),
    }
    for table in TABLES:
        rows = chain.from_iterable(map(table.cells, others.get(table.name, iter(()))))
        writers[table.name].writerows(rows)
    return {name: each.finished() for name, each in growing.items()}
