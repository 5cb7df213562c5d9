"""What the start page says in numbers: how far this portal sees, and which agreements it shows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms, question_ids
from citizen_portal.bodies.queries import Directory

ON_SHOW = 3


@dataclass(frozen=True, slots=True)
class Coverage:
    connected: int
    not_connected: int
    agreements: int
    """On the register, as its list counts them: uses inside one body are among them."""
    refusable: int
    asked: int
    """Questions that each agreement is asked in public."""
    on_show: tuple[Terms, ...]


def coverage(directory: Directory, register: Register, *, today: date) -> Coverage:
    """Counts of public bodies and of agreements, and three agreements to share as examples."""
    public = [body for body in directory.bodies.values() if body.kind.is_public]
    connected = sum(
        any(source.connected for source in directory.sources_of(body.id)) for body in public
    )
    newest = [versions[0] for versions in register.versions.values() if versions]
    sharing = [terms for terms in newest if terms.kind is AgreementKind.SHARING]
    return Coverage(
        connected=connected,
        not_connected=len(public) - connected,
        agreements=len(newest),
        asked=len(question_ids()),
        refusable=sum(terms.refusable for terms in newest),
        on_show=_on_show([terms for terms in sharing if terms.holds_on(today)]),
    )


def _on_show(sharing: Iterable[Terms]) -> tuple[Terms, ...]:
    """The best answered; the best answered that people may refuse; one that has an end."""
    left = sorted(sharing, key=lambda terms: (-terms.answered, terms.reference))
    wishes: tuple[Callable[[Terms], bool], ...] = (
        lambda terms: True,
        lambda terms: terms.refusable,
        lambda terms: terms.ends is not None,
    )
    found: list[Terms] = []
    for wish in wishes:
        chosen = next((terms for terms in left if wish(terms)), left[0] if left else None)
        if chosen is not None:
            found.append(chosen)
            left.remove(chosen)
    return tuple(found[:ON_SHOW])
