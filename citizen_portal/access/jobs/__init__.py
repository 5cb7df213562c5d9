"""What the worker does for access, by verb. Importing them registers them."""

from citizen_portal.access.jobs import (
    answers,
    checking,
    digesting,
    releasing,
    removing,
    reviewing,
)

__all__ = ["answers", "checking", "digesting", "releasing", "removing", "reviewing"]
