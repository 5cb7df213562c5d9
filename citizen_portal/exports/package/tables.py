"""One pass over a table's rows: CSV at once, JSON lines and the page's parts as they come.

A zip holds one file after the other. So while the CSV is written, the other two are packed and wait
in a spool.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from citizen_portal.exports.package.archive import Archive, Entry, File, Member
from citizen_portal.exports.package.columns import Batch, Row
from citizen_portal.exports.package.contents import Table
from citizen_portal.exports.package.spool import Spool
from citizen_portal.web import cells

PART = 1_000
"""Rows in one part of what the page loads."""
FIRST = 50
"""Rows that the page shows without any script."""


@dataclass(slots=True)
class Written:
    """What became of a table."""

    table: Table
    csv: File
    lines: File
    rows: int = 0
    parts: int = 0
    first: list[Row] = field(default_factory=list)


def write(archive: Archive, table: Table, beat: Callable[[int], object]) -> Written:
    """Reads the rows once; ``beat`` is told how many, each time some more are written."""
    with closing(Spool()) as lines, closing(Spool()) as parts:
        forms = _Forms(table, archive, lines, parts, beat)
        csv = archive.add(f"data/{table.name}.csv", forms.fill)
        closed = forms.lines.close()
        archive.append([closed], lines.read())
        archive.append(forms.parts, parts.read())
    return Written(table, csv, closed[1], forms.rows, len(forms.parts), forms.first)


class _Forms:
    """Each form of a table, growing batch by batch."""

    def __init__(
        self,
        table: Table,
        archive: Archive,
        lines: Spool,
        parts: Spool,
        beat: Callable[[int], object],
    ) -> None:
        self.table, self._archive, self._spool, self._beat = table, archive, parts, beat
        self.lines = Member(f"data/{table.name}.jsonl", archive.stamp, lines)
        self.parts: list[tuple[Entry, File]] = []
        self.first: list[Row] = []
        self.rows = 0

    def fill(self, csv: Member) -> None:
        csv.write(_csv([tuple(column.name for column in self.table.columns)]))
        for rows in self._batches():
            batch = Batch(self.table, rows)
            csv.write(_csv(batch.csv_rows()))
            lines = batch.json_lines().encode()
            self.lines.write(lines)
            self._part(lines)
            self.first += rows[: FIRST - len(self.first)]
            self.rows += len(rows)
            self._beat(self.rows)

    def _batches(self) -> Iterator[Sequence[Row]]:
        rows = iter(self.table.rows)
        while batch := list(islice(rows, PART)):
            yield batch

    def _part(self, lines: bytes) -> None:
        """The same objects as a script: a page without a server can load nothing else."""
        number = len(self.parts) + 1
        member = Member(part_path(self.table, number), self._archive.stamp, self._spool)
        member.write(f'rows("{self.table.name}",{number},[\n'.encode())
        member.write(lines[:-1].replace(b"\n", b",\n"))
        member.write(b"\n])\n")
        self.parts.append(member.close())


def part_path(table: Table, number: int) -> str:
    return f"page/{table.name}-{number:04}.js"


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    cells.writer(text).writerows(rows)
    return text.getvalue().encode()
