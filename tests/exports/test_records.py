"""The records of bodies in a copy: a table for each dataset, within bounds, and no silence."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask, request

from citizen_portal.exports import jobs
from citizen_portal.exports.gathering import budget
from citizen_portal.exports.models import State
from citizen_portal.exports.package import tables
from citizen_portal.settings import Settings
from tests.exports import reading
from tests.exports.test_judges import faults, taken_by_csvw
from tests.exports.world import World, lines, missing
from tests.fakes.records import ME, marked
from tests.fakes.serving import served
from tests.pages import said

Says = Callable[[str, str | None], dict[str, Any]]
"""What a body says of a dataset at a cursor."""
Gives = Callable[..., None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No body here keeps anybody waiting, however busy the machine is."""
    return settings.model_copy(update={"ask_seconds": 20.0})


@pytest.fixture
def gives(world: World) -> Iterator[Gives]:
    """Have a body, "giver", that holds these datasets and says this of them."""
    with ExitStack() as stack:

        def start(says: Says, *datasets: str) -> None:
            app = _app(says, datasets or ("homes",))
            world.bodies_at = stack.enter_context(served(lambda _: app))
            world.body("giver")

        yield start


def _app(says: Says, datasets: tuple[str, ...]) -> Flask:
    app = Flask("giver")

    def about(said: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(json.dumps(said).replace(ME, request.args["subject"])))

    @app.get("/honest/v1/holdings")
    def holdings() -> dict[str, Any]:
        held = [{"subject": ME, "dataset": name, "name": {"en": name.title()}} for name in datasets]
        return about({"subject": ME, "holdings": [one | HELD for one in held]})

    @app.get("/honest/v1/records/<dataset>")
    def records(dataset: str) -> dict[str, Any]:
        return about({"dataset": dataset} | says(dataset, request.args.get("cursor")))

    return app


SETS = ("homes", "cars")
HELD = {"categories": ["Name"]}


def page(*rows: dict[str, Any], to: str | None = None, **types: str) -> dict[str, Any]:
    """One page with fields of these types."""
    fields = [marked(name, kind) for name, kind in types.items()]
    said = [{"subject": ME, "values": values} for values in rows]
    return {"subject": ME, "fields": fields, "rows": said, "next": to}


def made(world: World) -> zipfile.ZipFile:
    address = world.made(parts=["records"])
    assert world.row(address).state is State.READY, world.row(address).fault
    return world.package(address)


def why(world: World, package: zipfile.ZipFile) -> set[tuple[str, str]]:
    name = world.bodies["giver"].official_name["en"]
    return {(one["why"], one["words"]) for one in missing(package) if one["body"] == name}


def test_each_dataset_is_a_table_that_every_judge_takes(
    world: World, gives: Gives, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives(
        lambda dataset, _: page(
            {"street": "1 Harbour Street", "line": "9"}, {}, street="string", line="string"
        ),
        "homes",
        "moves",
    )
    package = made(world)
    for name in ("records-giver-main-homes", "records-giver-main-moves"):
        assert lines(package, name) == [
            {"line": 1, "street": "1 Harbour Street", "line_2": "9"},
            {"line": 2, "street": None, "line_2": None},
        ]
    raw = package.fp
    assert raw is not None
    raw.seek(0)
    folder = reading.unpacked(raw.read(), tmp_path / "copy")
    monkeypatch.chdir(folder)
    assert faults() == []
    assert all(map(taken_by_csvw, folder.glob("data/records-*-metadata.json")))


def test_a_page_that_has_other_columns_ends_the_table_and_nothing_else(
    world: World, gives: Gives
) -> None:
    world.body("good")
    pages = {
        None: page({"n": "x"}, to="2", n="string"),
        "2": page({"n": 5}, n="integer"),
    }
    gives(lambda dataset, cursor: pages[cursor])
    package = made(world)
    assert [one["n"] for one in lines(package, "records-giver-main-homes")] == ["x"]
    [(code, words)] = why(world, package)
    assert code == "answer_refused"
    assert "stopped half way" in words


def test_what_later_pages_leave_out_is_said(world: World, gives: Gives) -> None:
    others = page({"n": "y", "else": "?"}, n="string", o="string")
    others["fields"][1]["about"] = "other_person"
    pages = {None: page({"n": "x"}, to="2", n="string"), "2": others | {"total": 500}}
    gives(lambda dataset, cursor: pages[cursor])
    found = why(world, made(world))
    assert ("about_others", "Left out: O.") in found
    assert {code for code, _ in found} == {"about_others", "not_marked", "not_shared"}
    assert any("more lines than it gave us" in said for _, said in found)


def test_rows_beyond_the_bound_are_said_to_be_missing(world: World, gives: Gives) -> None:
    settings = world.app.extensions["settings"]
    few = settings.model_copy(update={"fetch_max_rows": 150})
    world.app.extensions["settings"] = few

    def says(dataset: str, cursor: str | None) -> dict[str, Any]:
        start = int(cursor or 0)
        limit = int(request.args["limit"])
        rows = [{"n": start + each} for each in range(limit)]
        return page(*rows, to=str(start + limit), n="integer")

    gives(says, "homes", "moves")
    package = made(world)
    assert len(lines(package, "records-giver-main-homes")) == 150
    assert "data/records-giver-main-moves.csv" not in package.namelist(), "they share a bound"
    assert {code for code, _ in why(world, package)} == {"too_many"}


def test_a_source_has_a_time_for_all_its_pages(
    world: World, gives: Gives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SOURCE_SECONDS", 0.5)
    gives(
        lambda dataset, cursor: page({"n": 1}, to=str(int(cursor or 0) + 1), n="integer"),
        *(f"d{n}" for n in range(50)),
    )
    package = made(world)
    assert len(lines(package, "records-giver-main-d0")) > 1
    assert {code for code, _ in why(world, package)} == {"too_slow"}


def test_texts_of_a_source_are_bounded(
    world: World, gives: Gives, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST_CHARACTERS", 100_000)
    text = "x" * 19_000
    gives(lambda dataset, cursor: page({"n": text}, to=str(int(cursor or 0) + 1), n="text"))
    package = made(world)
    assert len(lines(package, "records-giver-main-homes")) == 6
    assert {code for code, _ in why(world, package)} == {"too_many"}


def test_a_set_that_cannot_be_had_is_named_in_the_copy_alone(world: World, gives: Gives) -> None:
    gives(lambda dataset, cursor: page({"n": 1}, n="integer") if dataset == "homes" else {}, *SETS)
    address = world.made(parts=["records"])
    told = [one for one in missing(world.package(address)) if one["why"] == "answer_refused"]
    assert [one["what"] for one in told] == ["Cars"]
    assert "ars" not in str(world.row(address).missing)
    section = said(world.page(address).section("missing"))
    assert "1 set of “What bodies hold on me” Its answer broke our rules" in section
    assert "The file says which." in section


def test_a_field_that_is_left_out_is_named_in_the_copy_alone(world: World, gives: Gives) -> None:
    claim = page({"paid": 5}, paid="integer", partner="string")
    claim["fields"][1]["about"] = "other_person"
    gives(lambda dataset, _: claim)
    address = world.made(parts=["records"])
    package = world.package(address)
    assert lines(package, "records-giver-main-homes") == [{"line": 1, "paid": 5}]
    [left_out] = [one for one in missing(package) if one["why"] == "about_others"]
    assert (left_out["what"], left_out["words"]) == ("Homes", "Left out: Partner.")
    told = " ".join(package.read("index.html").decode().split())
    assert "That part is left out. Left out: Partner." in told
    assert "artner" not in str(world.row(address).missing)
    section = said(world.page(address).section("missing"))
    assert "1 set of “What bodies hold on me” Some of it is about other people." in section


def test_one_dataset_told_twice_is_refused(world: World, gives: Gives) -> None:
    gives(lambda dataset, cursor: page(n="string"), "homes", "homes")
    assert {code for code, _ in why(world, made(world))} == {"answer_refused"}


def test_long_texts_are_written_as_they_come(
    world: World, gives: Gives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few rows fit into memory at once, the page loads a thousand at a time."""
    monkeypatch.setattr(tables, "LONG", 2_000)
    monkeypatch.setattr(tables, "SHOWN", 10_000)
    monkeypatch.setattr(tables, "PART", 30)

    def says(dataset: str, cursor: str | None) -> dict[str, Any]:
        at = int(cursor or 0)
        rows = ({"n": f"{at + each} " + "x" * 900} for each in range(20))
        return page(*rows, to=str(at + 20) if at < 60 else None, n="text")

    gives(says)
    package = made(world)
    told = lines(package, "records-giver-main-homes")
    assert [one["line"] for one in told] == list(range(1, 81))
    loaded: list[Any] = []
    for number in (1, 2, 3):
        text = package.read(f"page/records-giver-main-homes-{number:04}.js").decode()
        head, rows = text.split("\n", 1)
        assert head == f'rows("records-giver-main-homes",{number},['
        loaded.append(json.loads(f"[{rows.removesuffix('])' + chr(10))}]"))
    assert [len(part) for part in loaded] == [30, 30, 20]
    assert [row for part in loaded for row in part] == told
    assert "The first 11 of 80 lines" in package.read("index.html").decode()
