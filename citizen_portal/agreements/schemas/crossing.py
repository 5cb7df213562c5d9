"""What entries say of one another: names used twice, and names of things that are not there.

Works on entries as written, faulty ones too, so that one fault does not hide another.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from citizen_portal.agreements.models.rights import RightsFault
from citizen_portal.agreements.queries import Law, Register, question_ids
from citizen_portal.agreements.schemas.entries import OrganisationEntry
from citizen_portal.agreements.schemas.faults import Fault, Placed
from citizen_portal.bodies.queries import Directory

Written = Placed[Mapping[str, Any]]
Lists = Mapping[str, Sequence[Written]]
PARTIES = ("disclosers", "recipients", "processors")
RULE = ("source", "receiver_code", "system", "action", "agreement", "valid_from")


RIGHTS = {
    RightsFault.OBJECTION_NEEDED: "is less than the law gives: must be at least objection, or none "
    "with an exemption",
    RightsFault.CONSENT_NEEDED: "is less than the law gives: must be consent, as the lawful_basis "
    "says",
    RightsFault.EXEMPTION_UNFIT: "does not take the right away on this lawful_basis",
}
FIELDS = {RightsFault.EXEMPTION_UNFIT: "exemption"}


@dataclass(frozen=True)
class Named:
    """Every slug and reference that may be named: in the files, or on the register already."""

    organisations: frozenset[str]
    sources: frozenset[str]
    powers: frozenset[str]
    agreements: frozenset[str]


def cross_check(
    lists: Lists, *, directory: Directory, register: Register, law: Law
) -> Iterator[Fault]:
    named = _named(lists, directory, register)
    for name in ("organisations", "sources", "legal_powers"):
        yield from _twice(lists[name], _slug, "slug")
    yield from _twice(lists["agreements"], _reference, "reference")
    yield from _twice(lists["rules"], _rule_key)
    yield from _codes(lists["organisations"], directory)
    for source in lists["sources"]:
        yield from _known(source, named.organisations, "an organisation", "organisation")
    for agreement in lists["agreements"]:
        yield from _agreement(agreement, named)
        yield from _rights(agreement, law)
    for rule in lists["rules"]:
        yield from _known(rule, named.sources, "a source", "source")
        yield from _known(rule, named.agreements, "an agreement", "agreement")


def slugs_by_name(
    organisations: Iterable[Placed[OrganisationEntry]], directory: Directory
) -> dict[str, str]:
    """Slugs by official and short name, where exactly one organisation has the name."""
    bodies = directory.bodies.values()
    called = {body.slug: (body.official_name, body.short_name) for body in bodies}
    for placed in organisations:
        entry = placed.entry
        called[entry.slug] = (entry.official_name.words(), entry.short_name.words())
    owners: dict[str, set[str]] = {}
    for slug, texts in called.items():
        for name in {name for words in texts for name in words.values()}:
            owners.setdefault(name, set()).add(slug)
    return {name: next(iter(of)) for name, of in owners.items() if len(of) == 1}


def _named(lists: Lists, directory: Directory, register: Register) -> Named:
    def given(name: str, key: Callable[[Written], str | None]) -> frozenset[str]:
        return frozenset(filter(None, map(key, lists[name])))

    bodies, sources = directory.bodies.values(), directory.sources.values()
    return Named(
        organisations=given("organisations", _slug) | {body.slug for body in bodies},
        sources=given("sources", _slug) | {source.slug for source in sources},
        powers=given("legal_powers", _slug) | register.powers.keys(),
        agreements=given("agreements", _reference) | register.versions.keys(),
    )


def _twice(
    entries: Sequence[Written], key: Callable[[Written], Hashable | None], *field: str
) -> Iterator[Fault]:
    first: dict[Hashable, Written] = {}
    for placed in entries:
        name = key(placed)
        if name is None:
            continue
        before = first.setdefault(name, placed)
        if before is not placed:
            yield placed.fault(f"is given twice; the first is at {before.place}", *field)


def _codes(organisations: Sequence[Written], directory: Directory) -> Iterator[Fault]:
    """A code belongs to one organisation, once the files have had their say."""
    given = set(map(_slug, organisations))
    bodies = directory.bodies.values()
    owners: dict[Hashable, str | None] = {
        (body.code_scheme, body.code): body.slug for body in bodies if body.slug not in given
    }
    for placed in organisations:
        code, slug = _texts(placed.entry.get("code"), ("scheme", "value")), _slug(placed)
        if code is not None and owners.setdefault(code, slug) != slug:
            yield placed.fault("is the code of another organisation", "code")


def _agreement(placed: Written, named: Named) -> Iterator[Fault]:
    for role in PARTIES:
        for position, _ in enumerate(_list(placed.entry.get(role))):
            path = (role, position, "organisation")
            yield from _known(placed, named.organisations, "an organisation", *path)
    for position, _ in enumerate(_list(placed.entry.get("powers"))):
        yield from _known(placed, named.powers, "a legal power", "powers", position)
    trust = placed.entry.get("trust")
    for question in trust.keys() - question_ids() if isinstance(trust, dict) else ():
        yield placed.fault("is not a question of the trust matrix", "trust", question)


def _rights(placed: Written, law: Law) -> Iterator[Fault]:
    """A choice that is less than the law gives. What cannot be read is another's fault."""
    said: Mapping[str, Any] = placed.entry
    cited = said.get("exemption")
    if isinstance(cited, str) and cited not in law.exemptions:
        yield placed.fault("names an exemption that the region's law does not have", "exemption")
        return
    try:
        verdict = law.judge(said)
    except (ValueError, TypeError, KeyError):
        return
    if verdict.fault is not None:
        yield placed.fault(RIGHTS[verdict.fault], FIELDS.get(verdict.fault, "choice"))


def _known(placed: Written, names: frozenset[str], what: str, *path: str | int) -> Iterator[Fault]:
    """A fault if the text at ``path`` is none of the names. What is no text is another's fault."""
    value: Any = placed.entry
    for step in path:
        if isinstance(step, str) and not isinstance(value, dict):
            return
        value = value.get(step) if isinstance(step, str) else value[step]
    if isinstance(value, str) and value not in names:
        yield placed.fault(f"names {what} that is not known", *path)


def _slug(placed: Written) -> str | None:
    return _text(placed.entry, "slug")


def _reference(placed: Written) -> str | None:
    return _text(placed.entry, "reference")


def _rule_key(placed: Written) -> Hashable | None:
    return _texts(placed.entry, RULE)


def _texts(entry: Any, names: Iterable[str]) -> tuple[str, ...] | None:
    """The texts under these names, if each is one."""
    found = tuple(_text(entry, name) for name in names)
    return tuple(filter(None, found)) if all(found) else None


def _text(entry: Any, name: str) -> str | None:
    value = entry.get(name) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
