"""Take each filter and guard out, one at a time, and see that somebody notices.

    python -m tests.isolation.mutants 1 12       the first of twelve parts
    python -m tests.isolation.mutants key "…"    those whose key holds these words

One world is made; each site is tried in a fork of it. Without a guard somebody comes in at a door
who may not (``doors.py``); without a filter one of the pages, forms and calls that come by it is
answered otherwise, or has another effect, beside a twin (``mirrored.py``). What neither notices has
a test that does (``caught.json``), or a reason why there is nothing to notice (``equivalent.py``).
"""

import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.routing import Rule

from citizen_portal import db, sealing, signing
from citizen_portal.identity.remote import keys as sign_in_keys
from tests import own_rows
from tests.compiled import KeptTemplates, kept_rules, kept_statements
from tests.databases import SqliteFiles
from tests.isolation.changing import take_out
from tests.isolation.copies import spare
from tests.isolation.doors import let_in
from tests.isolation.equivalent import EQUIVALENT
from tests.isolation.filling import fill
from tests.isolation.forks import forked
from tests.isolation.hits import Hits
from tests.isolation.mirrored import WORKED, Answers, Mirror, Unit
from tests.isolation.sites import Site, sites
from tests.isolation.twins import add_body, add_citizen
from tests.isolation.walking import Form
from tests.isolation.world import World, built

HERE = Path(__file__).parent
CAUGHT = HERE / "caught.json"
"""By site the test that notices, where the looks here do not."""
MOST = 40
"""So many units are tried where more come by a site."""
NUMBERS = itertools.count()
SECONDS = 240.0
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "-m", "not browser")


@dataclass(frozen=True)
class Outcome:
    by: str
    """Who noticed; nobody where it is empty."""
    seconds: float


class First:
    """Remembers the first test that fails."""

    name = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.name:
            self.name = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.name:
            self.name = f"{report.nodeid} (cannot be read)"


@contextmanager
def warm() -> Iterator[tuple[World, Path]]:
    """The filled world, and a file with all that is in its database."""
    own_rows.watch()
    folder = Path(tempfile.mkdtemp(prefix="mutants"))
    keys = folder / "keys"
    keys.mkdir()
    for each in (sealing, signing, sign_in_keys):
        each.create(keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", kept_rules(Rule.compile))
        patch.setitem(Flask.jinja_options, "bytecode_cache", KeptTemplates())
        patch.setattr(db, "create_engine", kept_statements(create_engine))
        (folder / "databases").mkdir()
        (folder / "world").mkdir()
        databases = SqliteFiles(folder / "databases")
        with databases.lend() as url, built(folder / "world", keys, url) as world:
            fill(world)
            world.app.extensions["sessions"].engine.dispose()
            yield world, Path(url.removeprefix("sqlite:///"))
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Way:
    """One walk through the filled world with its twins, and by which sites each unit comes."""

    file: Path
    bystanders: tuple[UUID, ...]
    forms: dict[Unit, Form]
    said: dict[Unit, Any]
    met: dict[Unit, set[str]]

    def by(self, site: Site) -> list[Unit]:
        """What comes by a site, what comes by few others first; what is outside of functions is
        come by everywhere."""
        here = [unit for unit, keys in self.met.items() if not site.where or site.key in keys]
        if site.where:
            here = sorted(here, key=lambda unit: len(self.met[unit]))[:MOST]
        return [*here, WORKED] if any(unit.how != "GET" for unit in here) else here


def ways(world: World, file: Path) -> list[Way]:
    hits, found = Hits(), []
    add_body(world)
    for how in (Mirror.of_body, Mirror.of_citizen):
        twins = (add_citizen(world).id,) if how is Mirror.of_citizen else ()
        world.app.extensions["sessions"].engine.dispose()
        here = Path(shutil.copy(file, file.with_name(f"{how.__name__}.db")))
        with copied(world, here) as place:
            met: dict[Unit, set[str]] = {}
            mirror = Mirror(place, twins)
            mirror.after = lambda unit, met=met: met.update({unit: hits.take()})  # type: ignore[misc]
            hits.take()
            how(mirror)
        found.append(Way(here, twins, mirror.forms, mirror.said, met))
    return found


@contextmanager
def copied(world: World, file: Path) -> Iterator[World]:
    copy = file.with_name(f"{file.stem}-{os.getpid()}-{next(NUMBERS)}.db")
    shutil.copy(file, copy)
    place = spare(world, f"sqlite:///{copy}")
    try:
        yield place
    finally:
        place.app.extensions["sessions"].engine.dispose()
        for part in copy.parent.glob(f"{copy.name}*"):
            part.unlink()


def mirrored(world: World, here: list[Way], site: Site) -> Iterator[str]:
    """Units that are answered otherwise, or have other effects, once it is taken out."""
    asked = [(way, way.by(site)) for way in here if way.by(site)]
    expected: list[Answers] = []
    for way, units in asked:
        with copied(world, way.file) as place:
            mirror = Mirror(place, way.bystanders, way.forms, way.said)
            expected.append({unit: mirror.once(unit) for unit in units})
    take_out(site)
    for (way, units), wanted in zip(asked, expected, strict=True):
        with copied(world, way.file) as place:
            mirror = Mirror(place, way.bystanders, way.forms, way.said)
            for unit in units:
                if failing(mirror.once, unit) != wanted[unit]:
                    yield f"beside a twin: {' '.join(unit)}"


def failing(act: Callable[..., Any], *given: Any) -> Any:
    """What it gives, or how it fails."""
    try:
        return act(*given)
    except Exception as error:
        return f"fails: {type(error).__name__}"


def quick(world: World, file: Path, here: list[Way], site: Site) -> str:
    """What is found first: at the doors without a guard, beside the twins without a filter."""
    if not site.guard:
        return next(mirrored(world, here, site), "")
    take_out(site)
    with copied(world, file) as place:
        return str(failing(next, let_in(place, about=site.slice), ""))


def tested(tests: list[str]) -> str:
    """The first of these tests that fails."""
    first = First()
    code = pytest.main([*OPTIONS, *tests], plugins=[first])
    return first.name or ("" if code in {0, 5} else f"pytest ends with {int(code)}")


def tried(world: World, file: Path, here: list[Way], site: Site, tests: list[str]) -> str:
    """By whom it is noticed; by the tests, where some are named."""
    if not tests:
        return quick(world, file, here, site)
    take_out(site)
    return tested(tests)


def tried_apart(*given: Any) -> Outcome:
    """``tried`` in a process of its own, which says nothing."""

    def quietly() -> str:
        _be_quiet()
        return tried(*given)

    began = time.monotonic()
    try:
        said = forked(quietly, seconds=SECONDS)
    except RuntimeError as error:
        said = f"cannot be tried: {error}"
    except TimeoutError:
        said = "takes too long"
    return Outcome(said, time.monotonic() - began)


def _be_quiet() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process


def chosen(arguments: list[str]) -> list[Site]:
    found = [site for site in sites() if site.key not in EQUIVALENT]
    if arguments[:1] == ["key"]:
        return [site for site in found if arguments[1] in site.key]
    part, parts = (int(each) for each in arguments) if arguments else (1, 1)
    return found[part - 1 :: parts]


def main(arguments: list[str]) -> int:
    known: dict[str, str] = json.loads(CAUGHT.read_text())
    mine, missed = chosen(arguments), []
    with warm() as (world, file):
        kept = Path(shutil.copy(file, file.with_name("kept.db")))
        here = ways(world, file)
        for number, site in enumerate(mine, 1):
            tests = [known[site.key]] if site.key in known else []
            outcome = tried_apart(world, kept, here, site, tests)
            if not outcome.by or outcome.by.startswith(("cannot", "takes")):
                missed.append(site.key)
            told = outcome.by or "NOBODY"
            print(f"{number:3} {outcome.seconds:5.1f}s {site.key}\n      {told[:150]}", flush=True)
    print(f"{len(mine)} filters and guards taken out, {len(mine) - len(missed)} noticed")
    for key in missed:
        print(f"NOT NOTICED {key}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
