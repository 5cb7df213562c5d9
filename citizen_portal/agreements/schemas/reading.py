"""From files to entries: read, check each entry, check them against one another, report.

Files are read quickly first. Only if that finds a fault are they read again with the line of each
value, so that who imports a good file does not wait for what only faults need.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from citizen_portal.agreements.actions import Entries
from citizen_portal.agreements.queries import Law, Register
from citizen_portal.agreements.schemas.agreement import AgreementDocument
from citizen_portal.agreements.schemas.crossing import Written, cross_check, slugs_by_name
from citizen_portal.agreements.schemas.dea import DeaAgreement, is_dea, source_of
from citizen_portal.agreements.schemas.entries import (
    OrganisationEntry,
    PowerEntry,
    RuleEntry,
    SourceEntry,
)
from citizen_portal.agreements.schemas.faults import Fault, Placed, Sheet
from citizen_portal.agreements.schemas.json_text import read_json
from citizen_portal.agreements.schemas.located import MOST_BYTES, Located, Path, Unreadable, decode
from citizen_portal.agreements.schemas.quick_json import NotQuick, read_quickly
from citizen_portal.agreements.schemas.register_file import RegisterFile
from citizen_portal.agreements.schemas.yaml_text import read_yaml
from citizen_portal.bodies.queries import Directory

LISTS: dict[str, type[BaseModel]] = {
    name: get_args(info.annotation)[0] for name, info in RegisterFile.model_fields.items()
}
Model = TypeVar("Model", bound=BaseModel)
Advance = Callable[[int], object]
Progress = Callable[[str, int], AbstractContextManager[Advance]]
"""Begins to show how far a task has come: its name and length, of which steps are then told."""


@dataclass(frozen=True)
class Reading:
    """What files say. ``entries`` may be imported if there is not one fault."""

    entries: Entries
    faults: tuple[Fault, ...]


@contextmanager
def _unseen(_: str, __: int) -> Iterator[Advance]:
    yield lambda _: None


def read(
    files: Sequence[FilePath],
    *,
    directory: Directory,
    register: Register,
    law: Law,
    progress: Progress = _unseen,
) -> Reading:
    """Read register files, in our shape or the UK register's; finds every fault in them."""
    for task, located in (("Reading", _quickly), ("Finding the lines", _located)):
        reader = _Reader(located)
        with progress(task, sum(map(_size, files))) as advance:
            for file in files:
                reader.take(file, advance)
        reader.convert(directory)
        reader.faults += cross_check(
            reader.written, directory=directory, register=register, law=law
        )
        if not reader.faults:
            break
    return Reading(_entries(reader.good), tuple(sorted(set(reader.faults))))


@dataclass
class _Good:
    """Entries that are good by themselves."""

    organisations: list[Placed[OrganisationEntry]] = field(default_factory=list)
    sources: list[Placed[SourceEntry]] = field(default_factory=list)
    legal_powers: list[Placed[PowerEntry]] = field(default_factory=list)
    agreements: list[Placed[AgreementDocument]] = field(default_factory=list)
    rules: list[Placed[RuleEntry]] = field(default_factory=list)


@dataclass
class _Reader:
    located: Callable[[FilePath], Located]
    good: _Good = field(default_factory=_Good)
    foreign: list[Placed[DeaAgreement]] = field(default_factory=list)
    written: dict[str, list[Written]] = field(default_factory=lambda: {name: [] for name in LISTS})
    faults: list[Fault] = field(default_factory=list)

    def take(self, file: FilePath, advance: Advance) -> None:
        size = _size(file)
        try:
            sheet = Sheet(str(file), self.located(file))
        except Unreadable as error:
            self.faults.append(Fault(str(file), error.line, "file", error.why))
            return
        value = sheet.located.value
        advance(size // 2)
        if is_dea(value):
            self._take_dea(sheet, value)
        elif isinstance(value, dict) and value:
            self._take_ours(sheet, value, lambda share: advance(int(size / 2 * share)))
        else:
            self.faults.append(sheet.fault((), f"must hold one or more of {', '.join(LISTS)}"))

    def convert(self, directory: Directory) -> None:
        """Make agreements of ours of foreign ones, now that each organisation is known."""
        slugs = slugs_by_name(self.good.organisations, directory)
        for placed in self.foreign:
            source = source_of(placed.sheet.located.value)
            try:
                document = placed.entry.document(source=source, slugs=slugs)
            except ValidationError as error:
                self.faults += placed.sheet.faults_of(error, placed.path)
            else:
                self.good.agreements.append(Placed(document, placed.sheet, placed.path))

    def _take_ours(
        self, sheet: Sheet, value: dict[str, Any], advance: Callable[[float], object]
    ) -> None:
        count = sum(len(entries) for entries in value.values() if isinstance(entries, list))
        for name, entries in value.items():
            if name not in LISTS:
                self.faults.append(sheet.fault((name,), "is not a field of this format"))
            elif not isinstance(entries, list):
                self.faults.append(sheet.fault((name,), "must be a list"))
            else:
                for position, entry in enumerate(entries):
                    self._take_entry(sheet, name, entry, (name, position))
                    advance(1 / count)

    def _take_entry(self, sheet: Sheet, name: str, entry: Any, path: Path) -> None:
        if isinstance(entry, dict):
            self.written[name].append(Placed(entry, sheet, path))
        getattr(self.good, name).extend(self._checked(sheet, LISTS[name], entry, path))

    def _take_dea(self, sheet: Sheet, value: dict[str, Any]) -> None:
        places: list[tuple[Any, Path]] = [(value, ())]
        if "data" not in value:
            entries = value["agreements"]
            places = [(entry, ("agreements", at)) for at, entry in enumerate(entries)]
        for entry, path in places:
            for placed in self._checked(sheet, DeaAgreement, entry, path):
                self.foreign.append(placed)
                known = {"reference": placed.entry.data.id}
                self.written["agreements"].append(Placed(known, sheet, path))

    def _checked(
        self, sheet: Sheet, model: type[Model], entry: Any, path: Path
    ) -> Iterator[Placed[Model]]:
        try:
            yield Placed(model.model_validate(entry), sheet, path)
        except ValidationError as error:
            self.faults += sheet.faults_of(error, path)


def _located(file: FilePath) -> Located:
    text = _text(file)
    return read_json(text) if _is_json(file, text) else read_yaml(text)


def _quickly(file: FilePath) -> Located:
    """The same without lines, where that is quicker."""
    text = _text(file)
    if not _is_json(file, text):
        return read_yaml(text)
    try:
        return read_quickly(text)
    except NotQuick:
        return read_json(text)


def _text(file: FilePath) -> str:
    try:
        if file.exists() and not file.is_file():  # a pipe would keep us waiting
            raise Unreadable(1, "the file cannot be opened")
        with file.open("rb") as opened:
            return decode(opened.read(MOST_BYTES + 1))
    except OSError:
        raise Unreadable(1, "the file cannot be opened") from None


def _is_json(file: FilePath, text: str) -> bool:
    return file.suffix.lower() == ".json" or text.lstrip()[:1] in {"{", "["}


def _size(file: FilePath) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _entries(good: _Good) -> Entries:
    documents = (placed.entry.document() for placed in good.agreements)
    return Entries(
        organisations=tuple(placed.entry.columns() for placed in good.organisations),
        sources=tuple((p.entry.organisation, p.entry.columns()) for p in good.sources),
        powers=tuple(placed.entry.columns() for placed in good.legal_powers),
        agreements=tuple(documents),
        rules=tuple((p.entry.source, p.entry.columns()) for p in good.rules),
    )
