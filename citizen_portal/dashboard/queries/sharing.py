"""Who shared it: accesses put together by discloser, recipient and agreement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from citizen_portal.access.queries import AccessEvent
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


def party(event: AccessEvent, directory: Directory) -> Party:
    """The recipient of an access. One that is not on our list is known by its code."""
    body = directory.bodies.get(event.recipient_id) if event.recipient_id else None
    said = event.usage.receiver_name or event.usage.receiver_code
    key = str(body.id) if body else f"code:{event.usage.receiver_code}"
    return Party(key, body, said)


def shared(events: Iterable[AccessEvent], directory: Directory) -> Shared:
    """What left the body that held it. A body's look into its own records is not sharing."""
    counts: Counter[tuple[UUID, str, str | None]] = Counter()
    parties: dict[str, Party] = {}
    terms: dict[str | None, Terms | None] = {None: None}
    for event in events:
        if event.own_use:
            continue
        recipient = party(event, directory)
        parties.setdefault(recipient.key, recipient)
        found = event.explanation.terms if event.explained else None
        terms.setdefault(found.reference if found else None, found)
        counts[event.body_id, recipient.key, found.reference if found else None] += 1
    flows = [
        DataFlow(directory.bodies[discloser], parties[recipient], terms[reference], times)
        for (discloser, recipient, reference), times in counts.items()
    ]
    return Shared(
        flows=tuple(sorted(flows, key=_rank)),
        times=counts.total(),
        unexplained=sum(each.times for each in flows if each.terms is None),
        disclosers=len({each.discloser.id for each in flows}),
        recipients=len({each.recipient.key for each in flows}),
    )


def _rank(flow: DataFlow) -> tuple[bool, int, str, str, str]:
    return (
        flow.terms is not None,
        -flow.times,
        flow.discloser.slug,
        flow.recipient.key,
        flow.terms.reference if flow.terms else "",
    )


def touched(events: Iterable[AccessEvent]) -> tuple[tuple[Terms, int], ...]:
    """The agreements that explained some access, with how often: the most used first."""
    counts: Counter[str] = Counter()
    terms: dict[str, Terms] = {}
    for event in events:
        found = event.explanation.terms
        if event.explained and found is not None:
            terms.setdefault(found.reference, found)
            counts[found.reference] += 1
    ranked = sorted(counts, key=lambda reference: (-counts[reference], reference))
    return tuple((terms[reference], counts[reference]) for reference in ranked)
