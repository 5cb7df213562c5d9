"""What can happen to answers of sources, and in ``receiving`` to events that they send."""

from citizen_portal.access.actions.answers import (
    Kept,
    forget,
    forget_expired,
    forget_session,
    keep,
)

__all__ = ["Kept", "forget", "forget_expired", "forget_session", "keep"]
