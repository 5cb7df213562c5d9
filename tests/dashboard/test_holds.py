"""Each source has exactly one state; emptiness is claimed only when the source claims it."""

from uuid import uuid4

import pytest

from citizen_portal.access.queries import SourceAnswer, SourceState
from citizen_portal.bodies.models import Kind, Organisation, Source
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.dashboard.queries.holds import HolderState, Holds, group, state_of
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.identity.queries import Link
from tests import make
from tests.dashboard.world import at

HOLDING = ({"dataset": "pay", "name": {"en": "Pay"}, "categories": ["Income"]},)


@pytest.mark.parametrize(
    ("state", "holdings", "link", "expected"),
    [
        (SourceState.ANSWERED, HOLDING, LinkState.LINKED, HolderState.HOLDS),
        (SourceState.ANSWERED, (), LinkState.LINKED, HolderState.LOOKS_ONLY),
        (SourceState.ANSWERED_EMPTY, (), LinkState.LINKED, HolderState.HOLDS_NONE),
        (SourceState.ASKING, HOLDING, LinkState.LINKED, HolderState.ASKING),
        (SourceState.DID_NOT_ANSWER, HOLDING, LinkState.LINKED, HolderState.NO_ANSWER),
        (SourceState.ANSWER_REFUSED, HOLDING, LinkState.LINKED, HolderState.REFUSED),
        (SourceState.NOT_CONNECTED, (), None, HolderState.NOT_CONNECTED),
        (SourceState.NOT_CONNECTED, (), LinkState.LINKED, HolderState.NOT_CONNECTED),
        (SourceState.NOT_COVERED, (), LinkState.LINKED, HolderState.NOT_COVERED),
        (SourceState.NOT_COVERED, (), None, HolderState.NOT_LINKED),
        (SourceState.NOT_COVERED, (), LinkState.UNLINKED, HolderState.NOT_LINKED),
        (SourceState.NOT_COVERED, (), LinkState.NOT_MATCHED, HolderState.NOT_MATCHED),
        (SourceState.NOT_COVERED, (), LinkState.AMBIGUOUS, HolderState.AMBIGUOUS),
    ],
)
def test_a_source_has_one_state(
    state: SourceState,
    holdings: tuple[dict[str, object], ...],
    link: LinkState | None,
    expected: HolderState,
) -> None:
    assert state_of(SourceAnswer(uuid4(), state, holdings=holdings), link) is expected


def test_each_state_of_a_source_is_a_state_of_its_holder() -> None:
    for state in SourceState:
        assert state_of(SourceAnswer(uuid4(), state), LinkState.LINKED) in set(HolderState)


def grouped(*answers: tuple[str, SourceState], linked: str = "", bare: str = "") -> Holds:
    """The groups for bodies with these states; ``bare`` ones have no source at all."""
    kinds = {"p": Kind.PRIVATE_RECIPIENT}
    bodies = {name: _body(name, kinds.get(name[0], Kind.AGENCY)) for name, _ in answers}
    sources = {name: _source(bodies[name]) for name in bodies}
    extra = [_body(name, Kind.AGENCY) for name in bare.split()]
    directory = Directory(
        bodies={one.id: one for one in [*bodies.values(), *extra]},
        sources={one.id: one for one in sources.values()},
        rules={},
    )
    links = [
        Link(bodies[name].id, "0" * 64, LinkState.LINKED, LinkProof.CLAIM, at(2026, 1, 1))
        for name in linked.split()
    ]
    told = [
        SourceAnswer(sources[name].id, state, holdings=HOLDING if name[0] == "h" else ())
        for name, state in answers
    ]
    return group(told, directory=directory, links=links)


def names(holders: tuple[object, ...]) -> list[str]:
    return [holder.body.slug for holder in holders]  # type: ignore[attr-defined]


def test_sources_are_grouped_by_what_is_known() -> None:
    holds = grouped(
        ("h1", SourceState.ANSWERED),
        ("l1", SourceState.ANSWERED),
        ("d1", SourceState.DID_NOT_ANSWER),
        ("a1", SourceState.ASKING),
        ("e1", SourceState.ANSWERED_EMPTY),
        ("u1", SourceState.NOT_COVERED),
        ("n1", SourceState.NOT_CONNECTED),
        linked="h1 l1 d1 a1 e1",
        bare="n2",
    )
    assert names(holds.holding) == ["h1"]
    assert names(holds.looks_only) == ["l1"]
    assert names(holds.unknown) == ["a1", "d1"], "still asking comes first"
    assert names(holds.none) == ["e1"]
    assert names(holds.unlinked) == ["u1"]
    assert names(holds.not_connected) == ["n1", "n2"]
    assert (len(holds.asked), holds.answered, holds.silent_bodies) == (5, 3, 5)


def test_private_recipients_are_not_said_to_be_unasked() -> None:
    holds = grouped(("p1", SourceState.NOT_CONNECTED), ("p2", SourceState.NOT_COVERED))
    assert (holds.not_connected, holds.unlinked) == ((), ())


def _body(name: str, kind: Kind) -> Body:
    row: Organisation = make.body(slug=name, kind=kind, name=make.words(name))
    return Body(
        row.id,
        row.slug,
        row.kind,
        row.name,
        row.official_name,
        row.short_name,
        row.code_scheme,
        row.code,
        row.website,
        row.contact,
    )


def _source(body: Body) -> SourceFacts:
    row: Source = make.source(make.body())
    return SourceFacts(
        id=row.id,
        body_id=body.id,
        slug=row.slug,
        name=row.name,
        description=row.description,
        protocol=row.protocol,
        base_url=row.base_url,
        connected=True,
        connected_since=None,
        not_reported=(),
        retention={},
        window_from=None,
        window_to=None,
        window_told_at=None,
        last_answer_at=None,
    )
