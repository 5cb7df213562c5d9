"""What the register says of the agreement that a question is about: beside it, and to answer by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.queries import Register, Terms, category
from citizen_portal.web.pages import day, plain, say


@dataclass(frozen=True, slots=True)
class Says:
    """One version of an agreement, in the words that stand on the public register."""

    reference: str
    title: str
    in_force: bool
    """Whether it was in force on the day of asking; if not, it is the newest."""
    rows: tuple[tuple[str, str | Markup], ...]
    draft: str
    """The same as an answer that an officer may begin from."""


def says(register: Register, reference: str | None, asked_on: date) -> Says | None:
    """What stood on the register when it was asked."""
    if reference is None:
        return None
    then = register.in_force(reference, asked_on)
    terms = then or register.newest(reference)
    if terms is None:
        return None
    powers = _joined(plain(power.name) for power in terms.powers)
    kinds = _joined(plain(category(name)) for name in sorted(terms.categories))
    return Says(
        reference=reference,
        title=plain(terms.title),
        in_force=then is not None,
        rows=(
            (gettext("What happens"), say(terms.what)),
            (gettext("Why"), say(terms.purpose)),
            (gettext("Legal power"), powers),
            (gettext("Kinds of data"), kinds),
            (gettext("Version"), _version(terms)),
        ),
        draft=_draft(terms, powers, kinds),
    )


def _draft(terms: Terms, powers: str, kinds: str) -> str:
    opening = gettext(
        "This was done under the agreement “%(title)s” (%(reference)s).",
        title=plain(terms.title),
        reference=terms.reference,
    )
    lines = (
        opening,
        f"{gettext('What happens')}: {plain(terms.what)}",
        f"{gettext('Why')}: {plain(terms.purpose)}",
        f"{gettext('Legal power')}: {powers}",
        f"{gettext('Kinds of data')}: {kinds}",
    )
    return "\n\n".join(str(line) for line in lines)


def _version(terms: Terms) -> str:
    if terms.in_force_from is None:
        return str(terms.number)
    return str(
        gettext(
            "%(number)s, in force from %(day)s", number=terms.number, day=day(terms.in_force_from)
        )
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names) or str(gettext("Not stated"))
