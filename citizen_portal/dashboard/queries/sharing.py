"""Who shared it: accesses put together by discloser, recipient and agreement."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from citizen_portal.access.queries import AccessEvent, Actor, Beyond, Looks
from citizen_portal.agreements.queries import Terms
from citizen_portal.bodies.queries import Body, Directory


@dataclass(frozen=True, slots=True)
class Party:
    """Who got it: a body of our list, or what the discloser calls it."""

    key: str
    body: Body | None
    said: str
    """Name or code as the discloser wrote it; text of somebody else."""


@dataclass(frozen=True, slots=True)
class DataFlow:
    discloser: Body
    recipient: Party
    terms: Terms | None
    """None: not explained."""
    times: int


@dataclass(frozen=True, slots=True)
class Shared:
    flows: tuple[DataFlow, ...]
    """Not explained first, then by times, then by name."""
    times: int
    unexplained: int
    disclosers: int
    recipients: int
    beyond: int
    """Flows that are counted and not told one by one."""


@dataclass(frozen=True, slots=True)
class Ongoing:
    """Something that goes on by itself: a subscription to changes, or files about many people."""

    actor: Actor
    """``SUBSCRIPTION`` or ``BULK``."""
    discloser: Body
    recipient: Party
    terms: Terms | None
    times: int
    first: date
    last: date


def party(event: AccessEvent, directory: Directory) -> Party:
    """The recipient of an access. One that is not on our list is known by its code."""
    return _party(
        event.recipient_id, event.usage.receiver_code, event.usage.receiver_name, directory
    )


def _party(recipient_id: UUID | None, code: str, name: str | None, directory: Directory) -> Party:
    body = directory.bodies.get(recipient_id) if recipient_id else None
    return Party(str(body.id) if body else f"code:{code}", body, name or code)


def _of(look: Looks, directory: Directory) -> Party:
    return _party(look.recipient_id, look.receiver_code, look.receiver_name, directory)


def ongoing(looks: Iterable[Looks], directory: Directory) -> tuple[Ongoing, ...]:
    """Subscriptions and files about many, each once: the one that happened last comes first."""
    found: dict[tuple[Actor, UUID, str, str], list[Looks]] = {}
    for look in looks:
        if look.actor in (Actor.SUBSCRIPTION, Actor.BULK):
            reference = look.terms.reference if look.terms else ""
            key = look.actor, look.body_id, _of(look, directory).key, reference
            found.setdefault(key, []).append(look)
    made = [
        Ongoing(
            actor=of[0].actor,
            discloser=directory.bodies[of[0].body_id],
            recipient=_of(of[0], directory),
            terms=of[0].terms,
            times=sum(one.times for one in of),
            first=min(one.first for one in of),
            last=max(one.day for one in of),
        )
        for of in found.values()
    ]
    return tuple(sorted(made, key=lambda one: (-one.last.toordinal(), one.recipient.key)))


def shared(looks: Iterable[Looks], directory: Directory, beyond: Sequence[Beyond] = ()) -> Shared:
    """What left the body that held it. A body's look into its own records is not sharing."""
    counts: Counter[tuple[UUID, str, str | None]] = Counter()
    parties: dict[str, Party] = {}
    terms: dict[str | None, Terms | None] = {None: None}
    for look in looks:
        if look.own_use:
            continue
        recipient = _of(look, directory)
        parties.setdefault(recipient.key, recipient)
        reference = look.terms.reference if look.terms else None
        terms.setdefault(reference, look.terms)
        counts[look.body_id, recipient.key, reference] += look.times
    flows = [
        DataFlow(directory.bodies[discloser], parties[recipient], terms[reference], times)
        for (discloser, recipient, reference), times in counts.items()
    ]
    return Shared(
        flows=tuple(sorted(flows, key=_rank)),
        times=counts.total() + sum(each.times for each in beyond),
        unexplained=sum(each.times for each in flows if each.terms is None)
        + sum(each.times for each in beyond if not each.explained),
        disclosers=len({key[0] for key in counts} | {each.body_id for each in beyond}),
        recipients=len({key[1] for key in counts}) + sum(each.kinds for each in beyond),
        beyond=sum(each.kinds for each in beyond),
    )


def _rank(flow: DataFlow) -> tuple[bool, int, str, str, str]:
    return (
        flow.terms is not None,
        -flow.times,
        flow.discloser.slug,
        flow.recipient.key,
        flow.terms.reference if flow.terms else "",
    )


def touched(looks: Iterable[Looks]) -> tuple[tuple[Terms, int], ...]:
    """The agreements that explained some access, with how often: the most used first."""
    counts: Counter[str] = Counter()
    terms: dict[str, Terms] = {}
    for look in looks:
        if look.terms is not None:
            terms.setdefault(look.terms.reference, look.terms)
            counts[look.terms.reference] += look.times
    ranked = sorted(counts, key=lambda reference: (-counts[reference], reference))
    return tuple((terms[reference], counts[reference]) for reference in ranked)
