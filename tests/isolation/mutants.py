"""Take each filter and guard out, one at a time, and see that somebody notices.

    python -m tests.isolation.mutants 1 12       the first of twelve parts
    python -m tests.isolation.mutants key "…"    those whose key holds these words

One world is made; each site is tried in a fork of it: by the test that noticed it the last time
(``caught.json``), or else by the shortest look. With ``SEARCH=file`` the tests of the slice follow,
and the file is told which of them noticed.
"""

import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.routing import Rule

from citizen_portal import db, sealing, signing
from citizen_portal.identity.remote import keys as sign_in_keys
from tests.compiled import KeptTemplates, kept_rules, kept_statements
from tests.databases import SqliteFiles
from tests.isolation.aimed import finds
from tests.isolation.changing import take_out
from tests.isolation.equivalent import EQUIVALENT
from tests.isolation.filling import fill
from tests.isolation.sites import Site, sites
from tests.isolation.world import World, built, spare

HERE = Path(__file__).parent
CAUGHT = HERE / "caught.json"
"""By site the test that noticed, where the shortest look did not."""
SECONDS = 240.0
SLICES = {"web": "kernel"}
OPTIONS = ("-x", "-q", "-n0", "-p", "no:cacheprovider", "-m", "not browser", "-k", "not postgresql")


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


def quick(world: World, file: Path, site: Site | None) -> str:
    """What the shortest look finds first."""
    copied = file.with_name(f"{os.getpid()}.db")
    shutil.copy(file, copied)
    try:
        here = spare(world, f"sqlite:///{copied}")
        return next(finds(here, about=site.slice if site else ""), "")
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"fails: {type(error).__name__} in {Path(place.filename).name}"
    finally:
        copied.unlink(missing_ok=True)


def tested(tests: list[str]) -> str:
    """The first of these tests that fails."""
    first = First()
    code = pytest.main([*OPTIONS, *tests], plugins=[first])
    return first.name or ("" if code in {0, 5} else f"pytest ends with {int(code)}")


def tried(world: World, file: Path, site: Site | None, tests: list[str], hint: list[str]) -> str:
    if site is not None:
        take_out(site)
    if hint and (found := tested(hint)):
        return found
    if not hint and (found := quick(world, file, site)):
        return f"the shortest look: {found}"
    return tested(tests) if tests else ""


def forked(*given: Any) -> Outcome:
    """``tried`` in a process of its own."""
    began, (read, write) = time.monotonic(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _be_quiet()
        try:
            said = tried(*given)
        except BaseException as error:
            said = f"cannot be tried: {type(error).__name__}: {error}"
        os.write(write, said.encode()[:4000])
        os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], SECONDS)
    said = os.read(read, 5000).decode("utf-8", "replace") if ready else "takes too long"
    os.close(read)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
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


def slices(site: Site) -> list[str]:
    name = SLICES.get(site.slice, site.slice)
    return [f"tests/{name}"] if Path(f"tests/{name}").is_dir() else ["tests/kernel"]


def main(arguments: list[str]) -> int:
    known: dict[str, str] = json.loads(CAUGHT.read_text()) if CAUGHT.exists() else {}
    mine, missed = chosen(arguments), []
    search = "SEARCH" in os.environ
    with warm() as (world, file):
        baseline = forked(world, file, None, [], [])
        assert baseline.by == "", f"with each filter in its place: {baseline.by}"
        for number, site in enumerate(mine, 1):
            hint = [known[site.key]] if site.key in known else []
            outcome = forked(world, file, site, slices(site) if search else [], hint)
            if not outcome.by or outcome.by.startswith(("cannot", "takes")):
                missed.append(site.key)
            told = outcome.by or "NOBODY"
            print(f"{number:3} {outcome.seconds:5.1f}s {site.key}\n      {told[:150]}", flush=True)
            if search and outcome.by.startswith("tests/") and not hint:
                with open(os.environ["SEARCH"], "a") as out:
                    out.write(json.dumps([site.key, outcome.by]) + "\n")
    print(f"{len(mine)} filters and guards taken out, {len(mine) - len(missed)} noticed")
    for key in missed:
        print(f"NOT NOTICED {key}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
