"""What is asked of the register's list: read from the address, and said again on the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar, cast

from flask import request, url_for
from flask_babel import gettext

from citizen_portal.agreements.models import Identifiability, Say, Stage
from citizen_portal.agreements.queries import (
    Order,
    Register,
    Standing,
    Wanted,
    category,
    purpose,
    sought,
)
from citizen_portal.agreements.words import wording
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.web.pages import plain, printable
from citizen_portal.web.paging import LIST, page_number

LONGEST = 200
MOST_OPTIONS = 40
MOST_BODIES = 12
FIELDS = (
    "q", "body", "purpose", "data", "power", "stage", "choice", "points", "status", "emergency",
    "answers", "sort",
)  # fmt: skip
"""What narrows or orders the list."""
Option = tuple[str, str]
Named = TypeVar("Named", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filter:
    label: str
    name: str
    options: list[Option]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is set, and the same list without it."""

    label: str
    words: str
    without: str


@dataclass(frozen=True, slots=True)
class BodyAsked:
    """What the body's field holds, and which bodies that may be."""

    text: str
    fitting: tuple[Body, ...] | None = None
    """None where nothing is asked."""

    @property
    def several(self) -> bool:
        return self.fitting is not None and len(self.fitting) > 1


def wanted(body: BodyAsked) -> Wanted:
    """What the address asks for; what is no choice of ours narrows nothing."""
    answers = _given("answers")
    known = answers if answers in {"full", "gaps"} else ""
    fitting = body.fitting
    return Wanted(
        text=_given("q"),
        organisations=None if fitting is None else frozenset(each.id for each in fitting),
        purpose=_given("purpose"),
        category=_given("data"),
        power=_given("power"),
        stage=_one_of(Stage, "stage"),
        choice=_one_of(Say, "choice"),
        identifiability=_one_of(Identifiability, "points"),
        standing=_one_of(Standing, "status"),
        emergency=_given("emergency") == "yes",
        answers=cast(Literal["", "full", "gaps"], known),
        order=_one_of(Order, "sort") or Order.BEST,
        page=page_number(_given("page")),
    )


def body_asked(bodies: Directory) -> BodyAsked:
    """A link gives the address of a body; a person types a part of its name."""
    text = _given("body")
    if not text:
        return BodyAsked("")
    exact = bodies.body_by_slug(text)
    if exact is not None:
        return BodyAsked(plain(exact.official_name), (exact,))
    fitting = bodies.named(text)
    same = [body for body in fitting if text.casefold() in map(str.casefold, _names(body))]
    return BodyAsked(text, tuple(same) if len(same) == 1 else fitting)


def _names(body: Body) -> list[str]:
    return [*body.official_name.values(), *body.name.values()]


def _given(name: str) -> str:
    """What stands in the address, fit to stand in a page again."""
    return printable(request.args.get(name, "")[:LONGEST])


def _one_of(kind: type[Named], name: str) -> Named | None:
    given = _given(name)
    return kind(given) if given in set(kind) else None


def narrowed() -> bool:
    return any(_given(name) for name in FIELDS if name != "sort")


def filters(wanted: Wanted, register: Register) -> list[Filter]:
    """The native lists of the form; of what agreements name, the most used are to choose from."""
    used = register.in_use
    powers = {slug: plain(power.name) for slug, power in register.powers.items()}
    purposes = [(iri, plain(purpose(iri))) for iri in _some(used.purposes, wanted.purpose)]
    kinds = [(name, plain(category(name))) for name in _some(used.categories, wanted.category)]
    laws = [(slug, powers.get(slug, slug)) for slug in _some(used.powers, wanted.power)]
    for options in (purposes, kinds, laws):  # the most used, in an order that can be looked through
        options.sort(key=lambda option: option[1].casefold())
    lists: list[tuple[str, str, list[Option], str]] = [
        (gettext("Purpose"), "purpose", purposes, wanted.purpose),
        (gettext("Kind of data"), "data", kinds, wanted.category),
        (gettext("Legal power"), "power", laws, wanted.power),
        *_fixed(wanted),
    ]
    anything = ("", gettext("Any"))
    return [Filter(label, name, [anything, *of], set_to) for label, name, of, set_to in lists]


def _fixed(wanted: Wanted) -> Iterator[tuple[str, str, list[Option], str]]:
    stages = [(each.value, wording.stage(each).short) for each in Stage]
    choices = [(each.value, wording.choice_short(each)) for each in Say]
    points = [(each.value, wording.points_short(each)) for each in Identifiability]
    status = [(each.value, wording.standing(each)) for each in Standing]
    answers = [
        ("full", gettext("Each question has an answer")),
        ("gaps", gettext("Some questions have none")),
    ]
    yield gettext("Stage"), "stage", stages, wanted.stage or ""
    yield gettext("Your say"), "choice", choices, wanted.choice or ""
    yield gettext("Does it point to a person?"), "points", points, wanted.identifiability or ""
    yield gettext("Does it hold now?"), "status", status, wanted.standing or ""
    yield gettext("Trust questions"), "answers", answers, wanted.answers


def _some(used: Iterable[str], chosen: str) -> list[str]:
    few = list(used)[:MOST_OPTIONS]
    return few if chosen in few or not chosen else [*few, chosen]


def orders(wanted: Wanted) -> Filter:
    names: dict[Order, str] = {
        Order.BEST: gettext("Best match"),
        Order.TITLE: gettext("Title, A to Z"),
        Order.NEWEST: gettext("Newest first"),
        Order.ENDING: gettext("Ends soonest"),
        Order.ANSWERED: gettext("Most questions answered"),
    }
    if not sought(wanted.text).words:
        del names[Order.BEST]
    options = [(order.value, words) for order, words in names.items()]
    return Filter(gettext("In which order"), "sort", options, wanted.order)


def chosen(filters: Iterable[Filter], body: BodyAsked, *, emergency: bool) -> list[Chosen]:
    """The filters that are set, the words and the order aside, each to be taken away."""
    found = [Chosen(gettext("Body"), body.text, _without("body"))] if body.text else []
    for one in filters:
        if one.chosen:
            words = dict(one.options)[one.chosen]
            found.append(Chosen(one.label.removesuffix("?"), words, _without(one.name)))
    if emergency:
        words = gettext("made in an emergency")
        found.append(Chosen(gettext("Only those"), words, _without("emergency")))
    return found


def bodies_to_choose(body: BodyAsked) -> list[tuple[str, Body]]:
    """The first bodies that the text may mean, each with the list narrowed to it."""
    fitting = body.fitting if body.several and body.fitting else ()
    return [(address(body=each.slug, page=None), each) for each in fitting[:MOST_BODIES]]


def _without(name: str) -> str:
    return address(**{name: None, "page": None})


def address(**changed: str | int | None) -> str:
    """This list with something changed; what is set to nothing is left out."""
    return _address(**changed) + LIST


def page_address(page: int) -> str:
    return _address(page=page)


def _address(**changed: str | int | None) -> str:
    given: dict[str, Any] = {name: _given(name) for name in FIELDS} | changed
    kept = {name: value for name, value in given.items() if value}
    return url_for("register.index", **kept)
