"""Which bodies' own sign-ins are open to a citizen."""

from collections.abc import Mapping
from uuid import UUID

from citizen_portal.bodies.queries import Body, clients, directory
from citizen_portal.fetch import Fault, addresses
from citizen_portal.identity import guards
from citizen_portal.records import queries as records
from citizen_portal.web import parts


def offered(who: guards.SignedIn) -> Mapping[UUID, Body]:
    """Bodies that say by their own sign-in whom they know, at addresses that may be led to."""
    with parts.sessions().reading() as reading:
        known = directory(reading)
        standing = records.standing(reading, who.citizen_id, directory=known)
        signing = {client.organisation_id for client in clients(reading)}
    bodies = records.linkable(standing, directory=known)
    return {body.id: body for body in bodies if body.id in signing and _leads(body.sign_in_url)}


def _leads(address: str | None) -> bool:
    try:
        addresses.checked(address or "", "", loopback_hosts=parts.settings().loopback_hosts)
    except Fault:
        return False
    return True
