"""How pages are drawn: Jinja, languages, dates and words. Strict about what is undefined."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import yaml
from flask import Flask, g, request, session
from flask_babel import (
    Babel,
    Domain,
    force_locale,
    format_date,
    get_translations,
    gettext,
    to_user_timezone,
)
from jinja2 import ChainableUndefined, StrictUndefined
from markupsafe import Markup, escape

from citizen_portal import region
from citizen_portal.settings import Settings
from citizen_portal.web import lengths

LANGUAGES = ("en", "cy")


def init_app(app: Flask, settings: Settings, translations: str) -> None:
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=translations)
    zone = region.load(settings.region).timezone
    babel = Babel(app, locale_selector=language, default_timezone=zone)
    babel.domain_instance = texts = Catalogues()
    env = app.jinja_env
    env.install_gettext_callables(texts.one, texts.many, newstyle=True)  # type: ignore[attr-defined]
    env.undefined = ChainableUndefined if settings.production else StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(say=say, day=day, moment=moment, clock=clock_time)
    env.globals.update(
        brand=settings.brand, language=language, languages=LANGUAGES, leave_url=settings.leave_url
    )
    env.globals["drafts"] = drafts(Path(translations) / "review.yaml")


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The texts in each language. Flask-Babel's own finds the locale anew for each of them."""

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        if not g:  # nobody is answered
            return super().get_translations()
        wanted = language()
        if wanted not in self._by_language:
            self._by_language[wanted] = super().get_translations()
        return self._by_language[wanted]

    def one(self, text: str) -> str:
        return str(self.get_translations().ugettext(text))

    def many(self, text: str, plural: str, count: int) -> str:
        return str(self.get_translations().ungettext(text, plural, count))


def drafts(file: Path) -> frozenset[str]:
    """Languages whose words no person has read through yet, as the translators' file says."""
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    return frozenset(
        language for language, state in said.items() if not isinstance(state["reviewed"], date)
    )


def language() -> str:
    """The language of this request: what was chosen, else what the browser prefers. A page asks for
    it some hundred times."""
    found = g.get("language")
    if found is None:
        chosen = session.get("language")
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(LANGUAGES) or "en"
        found = g.language = chosen
    return cast(str, found)


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Has what is made within speak one language, whatever the request asks for."""
    before = language()
    g.language = wanted
    try:
        with force_locale(wanted):
            yield
    finally:
        g.language = before


def say(words: Mapping[str, str]) -> str | Markup:
    """Text in the reader's language; where there is none, in English and marked as English."""
    wanted = language()
    if wanted in words:
        return words[wanted]
    return Markup('<span lang="en">{}</span>').format(escape(words["en"]))


def plain(words: Mapping[str, str]) -> str:
    """Text without markup, for titles and pictures: in the reader's language, else English."""
    return words.get(language()) or words["en"]


def fill(text: str, **parts: object) -> Markup:
    """A sentence with its gaps filled: what is put in is escaped, whoever wrote it."""
    return Markup(escape(text)) % parts  # noqa: S704  (escaped, then filled with escaped parts)


def printable(text: str) -> str:
    """What somebody typed, fit to stand in a page again: other characters are spaces."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def duration(text: str) -> str:
    """How long something is kept, in the language of the request."""
    return lengths.in_words(text, get_translations())


def day(when: date | datetime | None) -> str:
    """ "4 November 2026"."""
    if when is None:
        return str(gettext("not stated"))
    if isinstance(when, datetime):
        when = to_user_timezone(when).date()
    return str(format_date(when, "d MMMM y"))


def moment(when: datetime) -> str:
    """ "Wednesday 4 November 2026, 22:41"."""
    local: datetime = to_user_timezone(when)
    return str(format_date(local.date(), "EEEE d MMMM y")) + local.strftime(", %H:%M")


def clock_time(when: datetime) -> str:
    """ "22:41"."""
    local: datetime = to_user_timezone(when)
    return local.strftime("%H:%M")
