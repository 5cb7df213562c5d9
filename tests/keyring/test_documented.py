"""The table of keys names each that the code reads."""

import re
from pathlib import Path

from pydantic import SecretStr

from citizen_portal import sealing, secret_keys, signing
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.keyring.kinds import kinds
from citizen_portal.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/operations.md").read_text()
KEYS = PAGE[PAGE.index("## The portal's keys") : PAGE.index("## Accesses that are withheld")]
FILES, RENEWED = KEYS.split("### Renewing them")


def test_each_file_stands_in_the_table_of_files(tmp_path: Path) -> None:
    made = [
        path.name
        for maker in (sealing, signing, sign_in_keys, secret_keys)
        for path in maker.create(tmp_path)
    ]
    assert set(re.findall(r"^\| `([a-z.-]+)`", FILES, re.MULTILINE)) == set(made)
    assert {one.file for one in kinds(8)} <= set(made)


def test_each_key_stands_in_the_table_of_how_it_is_renewed() -> None:
    told = set(re.findall(r"`([A-Za-z_-]+)`", " ".join(re.findall(r"^\| (.+?) \|", RENEWED, re.M))))
    secret = {
        f"PORTAL_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.annotation is SecretStr or name.endswith(("_key_file", "_client_key"))
    }
    assert len(secret) > 5
    assert secret - {"PORTAL_OLD_SECRET_KEYS"} <= told
    assert {one.name for one in kinds(8)} <= told
