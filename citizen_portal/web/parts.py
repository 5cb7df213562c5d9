"""The portal's parts, as front doors fetch them to hand them inward, to code without Flask."""

from threading import Event
from typing import cast

from flask import Flask, current_app, g

from citizen_portal.db import Sessions
from citizen_portal.fetch import Fetcher
from citizen_portal.queue import Queue
from citizen_portal.region import Region
from citizen_portal.sealing import Envelope, FileSealer, Index, Sealer
from citizen_portal.secret_keys import SecretKeys
from citizen_portal.settings import Settings
from citizen_portal.signing import Signer
from citizen_portal.storage import Store


def sessions() -> Sessions:
    """On behalf of whoever asks in this request, once that is known."""
    found = cast(Sessions, current_app.extensions["sessions"])
    return found.of(g.reach) if g.get("reach") is not None else found


def queue() -> Queue:
    return cast(Queue, current_app.extensions["queue"])


def fetcher() -> Fetcher:
    return cast(Fetcher, current_app.extensions["fetcher"])


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def leaving() -> Event:
    """Set once this process has been told to end."""
    return cast(Event, current_app.extensions["leaving"])


def secret_keys(app: Flask) -> list[str]:
    """What signs cookies and tokens of forms, the newest last."""
    return list(cast(SecretKeys, app.extensions["secret_keys"])())


def sealer() -> Sealer:
    return cast(Sealer, current_app.extensions["sealer"])


def envelope() -> Envelope:
    """Closes withheld events."""
    return cast(Envelope, current_app.extensions["envelope"])


def file_sealer() -> FileSealer:
    return cast(FileSealer, current_app.extensions["file_sealer"])


def store() -> Store:
    """Where citizens' copies lie sealed."""
    return cast(Store, current_app.extensions["store"])


def closed_envelope() -> Envelope:
    """Closes who an account that is gone belonged to."""
    return cast(Envelope, current_app.extensions["closed_envelope"])


def index() -> Index:
    return cast(Index, current_app.extensions["index"])


def signer() -> Signer:
    return cast(Signer, current_app.extensions["signer"])


def region() -> Region:
    return cast(Region, current_app.extensions["region"])
