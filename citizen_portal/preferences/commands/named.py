"""What an operator names, found on the register."""

from uuid import UUID

import click
from sqlalchemy.orm import Session

from citizen_portal.bodies.queries import directory


def body_named(session: Session, slug: str) -> UUID:
    found = directory(session).body_by_slug(slug)
    if found is None:
        raise click.ClickException(f"No body on the register has the slug {slug}.")
    return found.id
