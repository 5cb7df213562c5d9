"""Welsh is kept whole: every text has its Welsh, with the same placeholders, and is compiled."""

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from citizen_portal.errors import DomainError

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "translations" / "cy" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
ERRORS = dict.fromkeys(error.__name__ for error in DomainError.__subclasses__())
"""The words of errors are texts too."""


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="cy")


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else [str(form) for form in text or ()]  # type: ignore[attr-defined]


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_every_text_in_code_and_templates_is_in_the_catalogue(welsh: Catalog) -> None:
    known = {forms(message.id)[0] for message in messages(welsh)}
    used = {
        forms(text)[0]
        for folder in ("citizen_portal", "templates")
        for _, _, text, _, _ in extract_from_dir(
            ROOT / folder,
            method_map=METHODS,
            options_map={"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
            keywords=DEFAULT_KEYWORDS | {"lazy_gettext": None} | ERRORS,
        )
    }
    assert used - known == set(), "run make words, then translate"


def test_every_text_has_its_welsh(welsh: Catalog) -> None:
    missing = [
        message.id
        for message in messages(welsh)
        if message.fuzzy or not all(forms(message.string)) or not forms(message.string)
    ]
    assert missing == []


def test_placeholders_are_the_same_in_both_languages(welsh: Catalog) -> None:
    for message in messages(welsh):
        asked = set(PLACEHOLDER.findall(" ".join(forms(message.id))))
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) <= asked, message.id
        assert set(PLACEHOLDER.findall(" ".join(forms(message.string)))) == asked, message.id


@pytest.mark.parametrize(("number", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 0), (6, 4)])
def test_welsh_counts_in_five_forms(number: int, form: int) -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        translations = GNUTranslations(file)
    assert translations.plural(number) == form  # type: ignore[attr-defined]


def test_the_compiled_catalogue_is_the_catalogue(welsh: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, welsh)
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()
