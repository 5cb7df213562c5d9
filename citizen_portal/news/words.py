"""The mails in words: English first, then Welsh, in each one."""

from functools import cache
from typing import cast

import yaml

from citizen_portal import places
from citizen_portal.notices import Mail

FILE = places.PACKAGE / "data" / "mails.yaml"
LANGUAGES = ("en", "cy")
Written = dict[str, dict[str, str]]


def code(code: str) -> Mail:
    """The code to confirm a mailbox. It leads nowhere, so that only who asked can use it."""
    return _mail("code", code=f"{code[:4]}-{code[4:]}")


def news(address: str) -> Mail:
    """That there is news, and at which address; neither what nor of whom."""
    return _mail("news", address=address)


def _mail(name: str, **values: str) -> Mail:
    written = _written()[name]
    return Mail(
        subject=" / ".join(written["subject"][language] for language in LANGUAGES),
        text="\n".join(written["text"][language].format(**values) for language in LANGUAGES),
    )


@cache
def _written() -> dict[str, Written]:
    return cast(dict[str, Written], yaml.safe_load(FILE.read_text(encoding="utf-8")))
