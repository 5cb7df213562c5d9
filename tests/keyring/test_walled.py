"""Behind the second wall the worker's login renews keys: it reaches each sealed column of anybody,
and nothing else of them."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from citizen_portal import clock, sealing, secret_keys, signing
from citizen_portal.cli import Operator
from citizen_portal.db import Base, owned_by_citizen
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.keyring.commands import ANYBODY
from citizen_portal.keyring.commands import keys as keys_group
from citizen_portal.keyring.kept import KEPT
from citizen_portal.keyring.resealing import Column, Lasting
from citizen_portal.reach import Kind
from citizen_portal.wall import rights
from citizen_portal.wall.raising import WEB, WORKER
from tests import walled as behind
from tests.classes import of
from tests.databases import Databases, opened
from tests.incidents.reporting import incident
from tests.isolation.filling import fill
from tests.isolation.people import Someone
from tests.isolation.resting import sealed
from tests.isolation.world import World, built
from tests.pages import Page

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for maker in (sealing, signing, sign_in_keys, secret_keys):
        maker.create(folder)
    return folder


@pytest.fixture(scope="module")
def world(
    postgresql_databases: Databases, tmp_path_factory: pytest.TempPathFactory, keys: Path
) -> Iterator[World]:
    wall = behind.wall_of(keys)
    with opened(postgresql_databases) as owner:
        behind.build(owner, wall)
        url = owner.engine.url.render_as_string(hide_password=False)
        with built(tmp_path_factory.mktemp("world"), keys, url, wall="filtered") as world:
            fill(world)
            _leave_waiting(world)
            yield world


def _leave_waiting(world: World) -> None:
    """What bodies said, before the worker tells people of it."""
    of_both = [each.known["clinic"] for each in world.people]
    told = incident("INC-WAITS", subjects=of_both)
    world.call("clinic", "POST", "/api/v1/incidents", told)
    known = [each.known["university"] for each in world.people]
    asked = {"agreement": "DSA-0002", "ids": known}
    world.call("university", "POST", "/api/v1/preference-checks", asked)


@pytest.fixture
def command(world: World) -> Iterator[Command]:
    """``citizen-portal``, with the settings of the worker or of another login."""
    begun: list[Operator] = []

    def run(*given: str, login: str = WORKER) -> Result:
        operator = Operator()
        url = behind.as_role(world.database, f"{behind.ROLES}_{login}")
        changed = {"database_url": url, "secret_key": ""}
        operator.__dict__["settings"] = type(world.app.extensions["settings"])(
            **world.app.extensions["settings"].model_dump() | changed
        )
        begun.append(operator)
        return CliRunner().invoke(keys_group, given, obj=operator)

    yield run
    for operator in begun:
        operator.sessions.engine.dispose()


def makes(folder: Path) -> bytes:
    """How each value begins that the newest sealing key seals."""
    said = json.loads((folder / sealing.SEALING_FILE).read_text())
    return b"\1" + int(said["primaryKeyId"]).to_bytes(4, "big")


def sealed_by(world: World, key: bytes) -> set[str]:
    """The columns in which something is that this key sealed."""
    found = set()
    with world.app.extensions["sessions"].reading() as session:
        for one in of("sealed"):
            column = Base.metadata.tables[one.table].c[one.column]
            kept = session.scalars(select(column).where(column.is_not(None)))
            if any(each[:5] == key for value in kept for each in sealed(value)):
                found.add(one.name)
    return found


def test_a_key_is_renewed_and_given_up_and_people_still_read_their_words(
    world: World, command: Command, keys: Path
) -> None:
    old, lasting = makes(keys), {each.name for each in KEPT["sealing"] if isinstance(each, Lasting)}
    assert sealed_by(world, old) >= lasting, "else nothing is shown"

    assert command("rotate", "sealing").exit_code == 0
    refused, done = command("retire", "sealing", "--now"), command("reseal")

    assert makes(keys) != old
    assert (refused.exit_code, done.exit_code) == (1, 0), done.output
    for column in lasting:
        assert f" of {column}" in refused.output
        assert f", at {column}" in done.stderr
    assert sealed_by(world, old) <= {each.name for each in KEPT["sealing"]} - lasting
    with clock.ago(-timedelta(hours=9)):  # what goes by itself: sessions, and what they fetched
        for job in ("identity.forget_sessions", "access.forget_answers"):
            world.town.work(job)
    assert sealed_by(world, old) == set()
    assert command("retire", "sealing", "--now").exit_code == 0
    assert len(json.loads((keys / sealing.SEALING_FILE).read_text())["key"]) == 1
    for someone in world.people:
        reads_their_words(world, someone)
    world.work()
    world.town.work("preferences.note_checks")
    waited = {"incident_batch.sealed", "preference_check.sealed"}
    assert not sealed_by(world, makes(keys)) & waited, "the worker opened them and is done"


def reads_their_words(world: World, someone: Someone) -> None:
    browser, canary = world.enter(someone), someone.canary
    for path, words in {
        f"/my/questions/{someone.named['question'][0]}": f"Why {canary}?",
        f"/my/choices/{someone.named['choice'][0]}": f"Because {canary}",
        f"/my/corrections/{someone.named['correction'][0]}": f"Field {canary}",
        "/my/account/mail": "@example.org",
    }.items():
        assert words in Page.get(browser, path).main, path


def test_what_was_done_with_keys_is_on_record_for_the_operator(command: Command) -> None:
    lines = [line.split("  ", 2) for line in command("log").stdout.splitlines()]

    assert [tag for _, tag, _ in lines] == ["key:retired", "key:resealed", "key:rotated"]
    (retired, resealed, rotated) = [json.loads(about) for *_, about in lines]
    assert (retired["key"], retired["withdrawn"], len(retired["ids"])) == ("sealing", False, 1)
    assert (resealed["key"], resealed["shut"]) == ("sealing", 0)
    assert resealed["rows"] > 20
    assert rotated == {"key": "sealing", "id": rotated["id"], "at_once": False}


def test_each_column_under_a_key_can_be_reached_and_nothing_beside_it() -> None:
    own = {table.name for table in owned_by_citizen()} | set(rights.HELD)
    ours = [rule for rule in rights.rules() if rule.kind is Kind.KEYS]
    found = {rule.table: set(rights.one_by_one(rule.may)) for rule in ours}
    wanted: dict[str, set[str]] = {"export": {"SELECT (asked_at)", "SELECT (state)"}}
    for kept in {one for each in KEPT.values() for one in each if isinstance(one, Column)}:
        table, column = kept.name.split(".")
        if table not in own:
            continue
        read = {column}
        if isinstance(kept, Lasting):
            model = inspect(kept.column.class_)
            read |= {key.name for key in model.primary_key} | {of.key for of in kept.of}
            wanted[table] = {f"UPDATE ({column})"}
        wanted.setdefault(table, set()).update(f"SELECT ({name})" for name in read)
    assert found == wanted


@pytest.mark.parametrize(
    "said",
    [
        "SELECT subject FROM question",
        "SELECT * FROM pushed_event",
        "UPDATE question SET state = 'answered'",
        "DELETE FROM safe_channel",
        "INSERT INTO held_event DEFAULT VALUES",
        "UPDATE held_event SET sealed = ''",
        "SELECT citizen_id FROM sign_in",
    ],
)
def test_who_renews_keys_reads_and_changes_nothing_else(world: World, said: str) -> None:
    sessions = world.app.extensions["sessions"].of(ANYBODY)
    with sessions.write() as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(said))


def test_the_web_server_cannot_become_who_renews_keys(world: World, command: Command) -> None:
    for given in (("reseal",), ("retire", "sealing", "--now")):
        command("rotate", "sealing")
        refused = command(*given, login=WEB)
        assert refused.exit_code == 1
        assert "Commands log in as the worker" in refused.output
    with (
        world.app.test_request_context(),
        world.app.extensions["sessions"].of(ANYBODY).read() as session,
        pytest.raises(DBAPIError, match="permission denied to set role"),
    ):
        session.execute(text("SELECT 1"))
