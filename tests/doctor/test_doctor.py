"""``citizen-portal doctor`` sees what is broken, each thing by itself, and says what to do."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import select, text, update

from citizen_portal import cli, clock
from citizen_portal.bodies.models import Protocol, Source, SourceHealth
from citizen_portal.cli import Operator, main
from citizen_portal.doctor.findings import Level
from citizen_portal.doctor.rounds import CHECKS
from citizen_portal.identity.remote.keys import CLIENT_FILE
from citizen_portal.job import Job
from citizen_portal.sealing import CLOSED_PRIVATE_FILE, HELD_PRIVATE_FILE, SEALING_FILE
from tests.doctor.conftest import CANARY, Patient


def behind(patient: Patient) -> None:
    patient.late = timedelta(minutes=2)


def drifting(patient: Patient) -> None:
    patient.late = timedelta(seconds=20)


def unreadable_clocks(patient: Patient) -> None:
    patient.set(oidc_issuer="http://127.0.0.1:9")


def lost_key(patient: Patient) -> None:
    (patient.settings.keys_folder / SEALING_FILE).unlink()


def only_a_client_key(patient: Patient) -> None:
    """Officers sign in too, and a secret for citizens alone is given."""
    (patient.settings.keys_folder / CLIENT_FILE).unlink()
    patient.set(oidc_client_secret=SecretStr(CANARY), staff_issuer="http://127.0.0.1:9")


def no_keys(patient: Patient) -> None:
    patient.set(keys_folder=patient.settings.keys_folder / "nowhere")


def open_key(patient: Patient) -> None:
    (patient.settings.keys_folder / SEALING_FILE).chmod(0o644)


def open_keys(patient: Patient) -> None:
    patient.settings.keys_folder.chmod(0o755)


def closed_key_here(patient: Patient) -> None:
    (patient.settings.keys_folder / CLOSED_PRIVATE_FILE).touch(0o600)


def held_key_here(patient: Patient) -> None:
    (patient.settings.keys_folder / HELD_PRIVATE_FILE).touch(0o600)


def no_database(patient: Patient) -> None:
    patient.set(database_url=f"sqlite:///{patient.settings.keys_folder.parent}/not there.db")


def database_broken(patient: Patient) -> None:
    file = patient.settings.keys_folder.parent / f"{CANARY}.db"
    file.write_text("no database" * 500)
    patient.set(database_url=f"sqlite:///{file}")


def readable_database(patient: Patient) -> None:
    Path(str(patient.app.extensions["sessions"].engine.url.database)).chmod(0o644)


def old_schema(patient: Patient) -> None:
    with patient.app.extensions["sessions"].engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def newer_schema(patient: Patient) -> None:
    with patient.app.extensions["sessions"].engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def no_driver(patient: Patient) -> None:
    patient.set(database_url=f"postgresql+{CANARY}://portal:{CANARY}@db.example/portal")


def broken_queue(patient: Patient) -> None:
    patient.set(queue_file=patient.settings.keys_folder)


def worker_gone(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(update(Job).values(heartbeat_at=clock.now() - timedelta(hours=1)))


def no_worker(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(text("DELETE FROM job"))


def job_late(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(update(Job).values(due_at=clock.now() - timedelta(hours=1)))


def job_given_up(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(text("UPDATE job SET state = 'failed'"))


def no_sources(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(text("DELETE FROM source"))


def no_bodies(patient: Patient) -> None:
    no_sources(patient)
    with patient.app.extensions["sessions"].writing() as session:
        session.execute(text("DELETE FROM organisation"))


def source_not_connected(patient: Patient) -> None:
    with patient.app.extensions["sessions"].writing() as session:
        session.scalars(select(Source)).one().protocol = Protocol.NONE


def quiet_source(patient: Patient) -> None:
    """It may be silent for an hour, and was for two."""
    with patient.app.extensions["sessions"].writing() as session:
        source = session.scalars(select(Source)).one()
        source.last_answer_at = clock.now() - timedelta(hours=2)
        session.add(
            SourceHealth(source_id=source.id, reckoned_at=clock.now(), patience_seconds=3600)
        )


def provider_away(patient: Patient) -> None:
    patient.set(oidc_issuer="http://127.0.0.1:9")


def provider_other(patient: Patient) -> None:
    patient.issuer.metadata = lambda said: said.update(issuer="https://other.example")


def no_provider(patient: Patient) -> None:
    patient.set(oidc_issuer="")


def mail_away(patient: Patient) -> None:
    patient.set(smtp_port=9)


def mail_unsafe(patient: Patient) -> None:
    """The server offers no encryption."""
    patient.set(smtp_security="starttls")


def unproxied(patient: Patient) -> None:
    patient.set(environment="production")


def full_disk(patient: Patient) -> None:
    patient.set(least_free_mb=10**9)


def open_copies(patient: Patient) -> None:
    Path(patient.settings.export_store).mkdir(mode=0o755)


def no_store(patient: Patient) -> None:
    file = Path(patient.settings.export_store)
    file.write_text("not a folder")
    patient.set(export_store=str(file / "beneath"))


Broken = tuple[str, Callable[[Patient], None], Level, str]
FAIL, WARN = Level.FAIL, Level.WARN
BROKEN: list[Broken] = [
    ("clock", behind, FAIL, "Set it by NTP"),
    ("clock", drifting, WARN, "NTP"),
    ("clock", unreadable_clocks, WARN, "NTP"),
    ("keys", lost_key, FAIL, "the copy you kept"),
    ("keys", only_a_client_key, FAIL, "keys create"),
    ("keys", no_keys, FAIL, "keys create"),
    ("keys", open_key, FAIL, "chmod 600"),
    ("keys", open_keys, FAIL, "chmod 700"),
    ("keys", closed_key_here, WARN, "to a safe"),
    ("keys", held_key_here, WARN, "PORTAL_HELD_KEY"),
    ("database", no_database, FAIL, "db upgrade"),
    ("database", database_broken, FAIL, "PORTAL_DATABASE_URL"),
    ("database", readable_database, FAIL, "chmod 600"),
    ("database", old_schema, FAIL, "db upgrade"),
    ("database", newer_schema, WARN, "start the version that upgraded"),
    ("database", no_driver, FAIL, "PORTAL_DATABASE_URL"),
    ("queue", broken_queue, FAIL, "db upgrade"),
    ("queue", worker_gone, FAIL, "citizen-portal worker"),
    ("queue", no_worker, FAIL, "citizen-portal worker"),
    ("queue", job_late, WARN, "another worker"),
    ("queue", job_given_up, WARN, "job.failed"),
    ("sources", no_bodies, WARN, "register import"),
    ("sources", no_sources, WARN, "register import"),
    ("sources", source_not_connected, WARN, "Write their sources into the file"),
    ("sources", quiet_source, WARN, "body check"),
    ("sign-in", provider_away, FAIL, "its address"),
    ("sign-in", provider_other, FAIL, "exactly as the provider does"),
    ("sign-in", no_provider, WARN, "PORTAL_OIDC_ISSUER"),
    ("mail", mail_away, FAIL, "PORTAL_SMTP_"),
    ("mail", mail_unsafe, FAIL, "PORTAL_SMTP_"),
    ("proxies", unproxied, WARN, "PORTAL_TRUSTED_PROXIES=1"),
    ("disk", full_disk, FAIL, "Make room"),
    ("copies", open_copies, FAIL, "chmod 700"),
    ("copies", no_store, FAIL, "PORTAL_EXPORT_STORE"),
]


@pytest.mark.sqlite
def test_nothing_is_the_matter(patient: Patient) -> None:
    found = patient.told()
    assert found.pop("settings")[0].level is WARN, "it is development"
    assert set(found) == set(CHECKS)
    assert {one.level for each in found.values() for one in each} == {Level.OK}, found


@pytest.mark.sqlite
@pytest.mark.parametrize(("check", "harm", "level", "do"), BROKEN)
def test_what_is_broken_is_told_with_what_to_do(
    patient: Patient,
    check: str,
    harm: Callable[[Patient], None],
    level: Level,
    do: str,
    tmp_path: Path,
) -> None:
    harm(patient)
    found = patient.told()
    assert (level, True) in [(one.level, do in one.do) for one in found[check]], found[check]
    assert set(found) >= set(CHECKS), "the others are looked at all the same"
    assert CANARY not in str(found)
    assert not list(tmp_path.glob("not there*")), "nothing is made"


def test_each_check_has_been_seen_to_notice() -> None:
    assert {check for check, *_ in BROKEN} == set(CHECKS) - {"second wall"}, "see test_servers"


def run(monkeypatch: pytest.MonkeyPatch, patient: Patient, *options: str) -> tuple[int, str]:
    operator = Operator()
    operator.__dict__["settings"] = patient.settings
    monkeypatch.setattr(cli, "Operator", lambda: operator)
    ran = CliRunner().invoke(main, ["doctor", *options])
    return ran.exit_code, ran.output


@pytest.mark.sqlite
def test_it_ends_with_1_where_something_fails(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run(monkeypatch, patient)
    assert code == 0, said
    assert len(said.splitlines()) == len(CHECKS) + 1
    lost_key(patient)
    code, said = run(monkeypatch, patient)
    assert code == 1
    assert f"fail  keys         {SEALING_FILE} is missing. Bring it back" in said
    code, said = run(monkeypatch, patient, "--json")
    assert code == 1
    found = json.loads(said)
    assert {"check", "level", "said", "do"} == set(found[0])
    assert ["keys", "fail"] in [[one["check"], one["level"]] for one in found]


@pytest.mark.sqlite
def test_settings_that_are_wrong_or_unknown_are_named(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_TRUSTED_PROXY", "1")
    code, said = run(monkeypatch, patient)
    assert code == 0
    assert "warn  settings     PORTAL_TRUSTED_PROXY is no setting. Look for a slip" in said
    monkeypatch.setenv("PORTAL_PUBLIC_URL", f"http://{CANARY}")
    monkeypatch.setattr(cli, "Operator", Operator)
    wrong = CliRunner().invoke(main, ["doctor"])
    assert wrong.exit_code == 1
    assert (
        "fail  settings     PORTAL_DATABASE_URL: field required. See: citizen-portal settings"
        in (wrong.output)
    )
    assert CANARY not in wrong.output
