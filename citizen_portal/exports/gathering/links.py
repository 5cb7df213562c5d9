"""The bodies a person is linked to, and what came before."""

from collections.abc import Iterator
from typing import Any

from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table


def tables(known: Known) -> tuple[Table, Table]:
    language = known.language
    return (
        drawn("links", _links(known), language),
        drawn("link-history", _history(known), language),
    )


def _links(known: Known) -> Iterator[tuple[Any, ...]]:
    for link in known.links:
        name = known.name(link.organisation_id)
        yield name, link.state.value, link.proof.value, link.since


def _history(known: Known) -> Iterator[tuple[Any, ...]]:
    for change in known.history:
        name = known.name(change.organisation_id)
        yield change.at, name, change.state.value, change.proof.value
