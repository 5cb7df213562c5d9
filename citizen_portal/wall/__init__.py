"""The second wall, on PostgreSQL: row level security that holds where our own filters fail."""

from citizen_portal.sealing import Index
from citizen_portal.settings import Settings
from citizen_portal.wall.binding import Wall

__all__ = ["KEY", "Wall", "wall_of"]
KEY = "second wall"
"""What its key is made for, of the one that makes keys."""


def wall_of(settings: Settings, index: Index) -> Wall | None:
    """The wall of this portal, where its settings name roles. Its key is made of one we have."""
    if not settings.database_roles:
        return None
    return Wall(index.derive(KEY), settings.database_roles)
