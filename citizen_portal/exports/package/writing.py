"""Writes a whole copy, from the first row to the signature, and never goes back."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import BinaryIO

from citizen_portal.exports.package import descriptors, manifest, page, paper, tables
from citizen_portal.exports.package.archive import Archive, File
from citizen_portal.exports.package.contents import Contents, Document, Missing
from citizen_portal.exports.package.linked import linked
from citizen_portal.exports.package.tables import Written
from citizen_portal.signing import Signer


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written."""

    bytes: int
    sha256: str
    """Of the whole file: its fingerprint."""
    files: int
    rows: dict[str, int]
    """By the table's name."""
    missing: tuple[Missing, ...]
    key: str
    """Id of the key that signed it."""


def write(
    out: BinaryIO, contents: Contents, *, signer: Signer, beat: Callable[[int], None]
) -> Summary:
    """Writes the copy to ``out``, which need not be able to seek or read.

    ``beat`` is told how many rows are written in all, some thousand apart; what it raises ends the
    writing. Raises ``Unwritable`` for a value that is not what its column says, and ``TooLarge``.
    """
    archive = Archive(out, contents.made_at)
    done = _write_tables(archive, contents, beat)
    documents = [(one, archive.add_bytes(one.path, one.data)) for one in contents.documents]
    missing = _missing(contents)
    _describe(archive, contents, done, documents, missing)
    summary = _summarise(archive, contents, missing)
    archive.add_bytes("index.html", page.drawn(contents, done, documents, missing, summary))
    archive.add_bytes(manifest.KEY, manifest.key(signer))
    listed = manifest.written(contents, archive.files)
    archive.store(manifest.LIST, listed)
    archive.store(manifest.SIGNATURE, manifest.signature(listed, signer))
    archive.finish()
    rows = {each.table.name: each.rows for each in done}
    files = len(archive.files) + 2
    return Summary(archive.size, archive.sha256, files, rows, missing, str(signer.current.kid))


def _write_tables(
    archive: Archive, contents: Contents, beat: Callable[[int], None]
) -> list[Written]:
    done: list[Written] = []
    before = 0
    for table in contents.tables:
        done.append(tables.write(archive, table, _after(before, beat)))
        before += done[-1].rows
    return done


def _after(before: int, beat: Callable[[int], None]) -> Callable[[int], None]:
    """Tells how many rows there are with those of the tables before."""
    return lambda rows: beat(before + rows)


def _describe(
    archive: Archive,
    contents: Contents,
    done: list[Written],
    documents: Iterable[tuple[Document, File]],
    missing: tuple[Missing, ...],
) -> None:
    """What the tables are and what is missing, for programs."""
    listed = {"missing": [asdict(one) for one in missing]}
    absent = archive.add_bytes("missing.json", manifest.as_json(listed))
    for each in done:
        said = descriptors.csv_on_the_web(each, contents.language)
        archive.add_bytes(f"{each.csv.path}-metadata.json", manifest.as_json(said))
    package = descriptors.data_package(contents, done, documents, absent)
    archive.add_bytes("datapackage.json", manifest.as_json(package))
    if lines := descriptors.lines_package(contents, done):
        archive.add_bytes("datapackage-lines.json", manifest.as_json(lines))
    archive.add_bytes("copy.jsonld", manifest.as_json(linked(contents, done, missing)))


def _summarise(archive: Archive, contents: Contents, missing: tuple[Missing, ...]) -> str | None:
    """Where the summary lies; nothing where it could not be made, none where none is made."""
    drawn = paper.drawn(contents, missing)
    if drawn is None:
        return None
    return archive.add_bytes(paper.PATH, drawn).path if drawn else ""


def _missing(contents: Contents) -> tuple[Missing, ...]:
    """Known only now: what could not be had shows while tables are read."""
    found = contents.missing
    return tuple(found() if callable(found) else found)
