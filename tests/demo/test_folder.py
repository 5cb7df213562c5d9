"""The folder of a demo world: kept as it is, wiped when asked, and never somebody else's."""

import json
import stat
from dataclasses import asdict
from pathlib import Path

import click
import pytest

from citizen_portal.demo.folder import SEED, SETTINGS_FILE, DemoFolder, free_ports, is_free


@pytest.fixture
def folder(tmp_path: Path) -> DemoFolder:
    return DemoFolder(tmp_path / "demo")


def test_a_world_that_is_kept_goes_on_as_it_was(folder: DemoFolder) -> None:
    first = folder.prepare(seed=None)

    assert first.seed == SEED
    assert folder.prepare(seed=None) == first


def test_another_seed_needs_a_fresh_world(folder: DemoFolder) -> None:
    folder.prepare(seed=1)

    with pytest.raises(click.ClickException, match="--fresh"):
        folder.prepare(seed=2)

    folder.wipe()
    assert folder.prepare(seed=2).seed == 2


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "letter.txt"
    mine.write_text("keep me")

    for attempt in (
        lambda: DemoFolder(tmp_path).wipe(),
        lambda: DemoFolder(tmp_path).prepare(seed=None),
    ):
        with pytest.raises(click.ClickException, match="something else"):
            attempt()

    assert mine.read_text() == "keep me"


def test_wiping_takes_the_demo_and_nothing_beside_it(folder: DemoFolder) -> None:
    folder.prepare(seed=None)
    (folder.path / "portal.db-wal").touch()
    (folder.path / "notes.txt").touch()

    folder.wipe()

    assert [path.name for path in folder.path.iterdir()] == ["notes.txt"]


def test_secrets_stay_the_same_and_are_for_the_owner_alone(folder: DemoFolder) -> None:
    folder.prepare(seed=None)

    portal = folder.secret("portal")

    assert portal == folder.secret("portal") != folder.secret("provider")
    mode = stat.S_IMODE((folder.path / "secrets.json").stat().st_mode)
    assert mode == 0o600


def test_a_world_from_before_officers_is_given_what_it_lacks_and_keeps_the_rest(
    folder: DemoFolder,
) -> None:
    made, secret = folder.prepare(seed=None), folder.secret("portal")
    older = {name: value for name, value in asdict(made).items() if name != "staff_port"}
    (folder.path / SETTINGS_FILE).write_text(json.dumps(older))
    (folder.path / "secrets.json").write_text(json.dumps({"portal": secret, "provider": "p"}))

    now = folder.prepare(seed=None)

    assert {**asdict(now), "staff_port": 0} == {**asdict(made), "staff_port": 0}
    assert now.staff_port not in (now.provider_port, now.bodies_port)
    assert folder.prepare(seed=None) == now
    assert (folder.secret("portal"), folder.secret("provider")) == (secret, "p")
    assert folder.secret("staff") == folder.secret("staff") not in (secret, "p")


def test_free_ports_are_free_and_different() -> None:
    ports = free_ports(3)

    assert len(set(ports)) == 3
    assert all(is_free(port) for port in ports)
