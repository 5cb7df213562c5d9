"""Asking bodies for a citizen outside requests, so that no page waits longer than it wants to."""

from citizen_portal.dashboard.remote.asker import Asker

__all__ = ["Asker"]
