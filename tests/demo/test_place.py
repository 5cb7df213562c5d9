"""The folder of a demo world: kept as it is, wiped when asked, and never somebody else's."""

import stat
from pathlib import Path

import click
import pytest

from citizen_portal.demo.place import SEED, Place, free_ports, is_free


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "demo")


def test_a_world_that_is_kept_goes_on_as_it_was(place: Place) -> None:
    first = place.prepare(seed=None)

    assert first.seed == SEED
    assert place.prepare(seed=None) == first


def test_another_seed_needs_a_fresh_world(place: Place) -> None:
    place.prepare(seed=1)

    with pytest.raises(click.ClickException, match="--fresh"):
        place.prepare(seed=2)

    place.wipe()
    assert place.prepare(seed=2).seed == 2


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "letter.txt"
    mine.write_text("keep me")

    for attempt in (lambda: Place(tmp_path).wipe(), lambda: Place(tmp_path).prepare(seed=None)):
        with pytest.raises(click.ClickException, match="something else"):
            attempt()

    assert mine.read_text() == "keep me"


def test_wiping_takes_the_demo_and_nothing_beside_it(place: Place) -> None:
    place.prepare(seed=None)
    (place.folder / "portal.db-wal").touch()
    (place.folder / "notes.txt").touch()

    place.wipe()

    assert [path.name for path in place.folder.iterdir()] == ["notes.txt"]


def test_secrets_stay_the_same_and_are_for_the_owner_alone(place: Place) -> None:
    place.prepare(seed=None)

    portal = place.secret("portal")

    assert portal == place.secret("portal") != place.secret("provider")
    mode = stat.S_IMODE((place.folder / "secrets.json").stat().st_mode)
    assert mode == 0o600


def test_free_ports_are_free_and_different() -> None:
    ports = free_ports(3)

    assert len(set(ports)) == 3
    assert all(is_free(port) for port in ports)
