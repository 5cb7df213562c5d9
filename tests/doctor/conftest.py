"""A portal to which nothing is the matter, for each test to break."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from citizen_portal import clock, secret_keys
from citizen_portal.doctor.findings import Finding
from citizen_portal.doctor.rounds import examine
from citizen_portal.job import Job
from citizen_portal.sealing import CLOSED_PRIVATE_FILE, HELD_PRIVATE_FILE
from citizen_portal.settings import Settings
from tests import make
from tests.fakes import provider
from tests.fakes.mail import taking_mail
from tests.fakes.serving import served

CANARY = "canary-of-a-secret"


@dataclass
class Patient:
    app: Flask
    settings: Settings
    issuer: provider.Fake = field(default_factory=provider.Fake)
    late: timedelta = timedelta()
    """How far the machine's clock is behind."""

    def told(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        with clock.ago(self.late):
            for name, finding in examine(self.settings):
                found.setdefault(name, []).append(finding)
        return found

    def set(self, **changed: object) -> None:
        self.settings = self.settings.model_copy(update=changed)


@pytest.fixture
def own_keys(keys_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "own keys"
    shutil.copytree(keys_folder, folder)
    folder.chmod(0o700)
    secret_keys.create(folder)
    for name in (CLOSED_PRIVATE_FILE, HELD_PRIVATE_FILE):
        (folder / name).rename(tmp_path / name)
    return folder


@pytest.fixture
def patient(app: Flask, own_keys: Path, tmp_path: Path) -> Iterator[Patient]:
    found = Patient(app, app.extensions["settings"])
    file = app.extensions["sessions"].engine.url.database
    if app.extensions["sessions"].engine.dialect.name == "sqlite":
        Path(file).chmod(0o600)
    with app.extensions["sessions"].writing() as session:
        body = make.body()
        session.add_all([body, make.source(body)])
        session.add(Job(name="access.forget_session", arguments={}))
    with served(lambda url: provider.make(found.issuer, url)) as address, taking_mail() as mail:
        found.set(
            keys_folder=own_keys,
            oidc_issuer=address,
            smtp_host="localhost",
            smtp_port=mail.port,
            smtp_security="none",
            mail_from="news@portal.example",
            least_free_mb=1,
        )
        yield found
