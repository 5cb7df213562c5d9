"""One pass over a table's rows: CSV at once, JSON lines and the page's parts as they come.

A zip holds one file after the other. So while the CSV is written, the other two are packed and wait
in a spool.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from citizen_portal.exports.package.archive import Archive, Entry, File, Member
from citizen_portal.exports.package.columns import Batch, Row
from citizen_portal.exports.package.contents import Table
from citizen_portal.exports.package.spool import Spool
from citizen_portal.web import cells

PART = 1_000
"""Rows in one part of what the page loads."""
FIRST = 50
"""Rows that the page shows without any script, if they are not long."""
LONG, SHOWN = 4_000_000, 60_000
"""Characters that are in memory at once; that those first rows have together."""


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
        self._part: Member | None = None
        self.first: list[Row] = []
        self.rows = self._shown = 0

    def fill(self, csv: Member) -> None:
        csv.write(_csv([tuple(column.name for column in self.table.columns)]))
        for rows in self._batches():
            batch = Batch(self.table, rows)
            csv.write(_csv(batch.csv_rows()))
            lines = batch.json_lines().encode()
            self.lines.write(lines)
            self._show(lines)
            self._keep_first(rows)
            self.rows += len(rows)
            self._beat(self.rows)
        if self._part is not None:
            self._end_part(self._part)

    def _batches(self) -> Iterator[Sequence[Row]]:
        """Rows of one part, and no more than fit into memory, however long a body's texts are."""
        batch: list[Row] = []
        length = 0
        for row in self.table.rows:
            batch.append(row)
            if self.table.source:  # our own texts are short
                length += text_length(row)
            if length >= LONG or (self.rows + len(batch)) % PART == 0:
                yield batch
                batch, length = [], 0
        if batch:
            yield batch

    def _show(self, lines: bytes) -> None:
        """The same objects as a script: a page without a server can load nothing else."""
        if self._part is not None and self.rows % PART == 0:
            self._end_part(self._part)
        if self._part is None:
            number = len(self.parts) + 1
            path = part_path(self.table, number)
            self._part = Member(path, self._archive.stamp, self._spool)
            self._part.write(f'rows("{self.table.name}",{number},[\n'.encode())
        else:
            self._part.write(b",\n")
        self._part.write(lines[:-1].replace(b"\n", b",\n"))

    def _end_part(self, part: Member) -> None:
        part.write(b"\n])\n")
        self.parts.append(part.close())
        self._part = None

    def _keep_first(self, rows: Sequence[Row]) -> None:
        for row in rows[: FIRST - len(self.first)]:
            self._shown += text_length(row)
            if self._shown > SHOWN and self.first:
                return
            self.first.append(row)


def text_length(row: Iterable[object]) -> int:
    """Characters of the texts in a row."""
    return sum(len(value) for value in row if isinstance(value, str))


def part_path(table: Table, number: int) -> str:
    return f"page/{table.name}-{number:04}.js"


def _csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    cells.writer(text).writerows(rows)
    return text.getvalue().encode()
