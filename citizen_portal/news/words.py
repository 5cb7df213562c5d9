"""The mails in words: English first, then Welsh, in each one."""

from dataclasses import dataclass
from functools import cache
from typing import cast

import yaml

from citizen_portal import places
from citizen_portal.notices import Mail

FILE = places.PACKAGE / "data" / "mails.yaml"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, with what it says in each language; the first one comes first in the mail."""

    subject: dict[str, str]
    text: dict[str, str]

    @property
    def mail(self) -> Mail:
        return Mail(" / ".join(self.subject.values()), "\n".join(self.text.values()))


def code(code: str) -> Letter:
    """The code to confirm a mailbox. It leads nowhere, so that only who asked can use it."""
    return _letter("code", code=f"{code[:4]}-{code[4:]}")


def news(address: str) -> Letter:
    """That there is news, and at which address; neither what nor of whom."""
    return _letter("news", address=address)


def _letter(name: str, **values: str) -> Letter:
    written = _written()[name]
    text = {language: words.format(**values) for language, words in written["text"].items()}
    return Letter(written["subject"], text)


@cache
def _written() -> dict[str, dict[str, dict[str, str]]]:
    return cast(dict[str, dict[str, dict[str, str]]], yaml.safe_load(FILE.read_text("utf-8")))
